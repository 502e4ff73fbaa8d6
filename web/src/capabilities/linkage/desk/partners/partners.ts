// Partners: the organisations cases are given to, how each is reached, how its lane is, and what waits there for a person.
import { api, ask, type Schema } from "../../../../client/api";
import { scope_of, unit_of } from "../../../../lib/session";
import { clock, figure, moment, day_of } from "../../../../lib/time";
import { is_english, told, tr } from "../../../../lib/words";

export type Partner = Schema["PartnerView"];
export type Rung = Schema["Rung"];
export type StateTable = Schema["StateTableView"];
export type PartnerBody = Schema["PartnerBody"];
export type DeadDelivery = Schema["DeadDelivery"];
export type Question = Schema["QuestionView"];
export type LaneVerb = "pause" | "resume" | "try";

export const RUNGS: readonly Rung[] = ["console", "mail", "open311", "webhook"];
/** Who handles cases with systems of its own. */
export const KINDS: readonly Schema["OrganisationKind"][] = ["operator", "department"];

/** An organisation that can be a partner, and the partner it is, where somebody set how it is reached. */
export interface Unit {
  id: string;
  name: string;
  kind: Schema["OrganisationKind"] | undefined;
  partner: Partner | undefined;
}

export interface Units {
  items: Unit[];
  may_manage: boolean;
}

/** All that somebody sees: the district's, or one's own. What needs a look comes first, then what is connected. */
export async function list_units(): Promise<Units> {
  const [partners, organisations] = await Promise.all([ask(api.GET("/api/linkage/partners")), ask(api.GET("/api/territory/organisations"))]);
  const own = scope_of("linkage.view_partners") ? undefined : unit_of("linkage.view_partners");
  const of = new Map(partners.items.map((one) => [one.organisation, one]));
  const items = organisations
    .filter((one) => (own ? one.id === own : KINDS.includes(one.kind) || of.has(one.id)))
    .map((one): Unit => ({ id: one.id, name: (is_english() && one.name_en) || one.name, kind: one.kind, partner: of.get(one.id) }));
  return { items: in_order(items), may_manage: partners.may_manage };
}

/** Whether somebody should look at it: it is held, does not answer, or something waits for a person. */
export const needs_a_look = ({ partner }: Unit): boolean => partner !== undefined && (waits_for_person(partner) > 0 || ["bad", "warn"].includes(look_of(partner, 0)?.tone ?? ""));
export const is_connected = ({ partner }: Unit): boolean => partner !== undefined && partner.rung !== "console";

export function in_order(units: readonly Unit[]): Unit[] {
  const rank = (one: Unit) => (needs_a_look(one) ? 0 : is_connected(one) ? 1 : 2 + KINDS.indexOf(one.kind ?? "department"));
  return [...units].sort((a, b) => rank(a) - rank(b));
}

const place = (organisation: string) => ({ params: { path: { organisation } } });

export const list_tables = async (): Promise<StateTable[]> => (await ask(api.GET("/api/linkage/state-tables"))).items;
export const set_partner = (organisation: string, body: PartnerBody): Promise<Partner> => ask(api.PUT("/api/linkage/partners/{organisation}", { ...place(organisation), body }));
export const read_partner = (organisation: string): Promise<Partner> => ask(api.GET("/api/linkage/partners/{organisation}", place(organisation)));
export const exchange_secret = async (organisation: string): Promise<string> => (await ask(api.POST("/api/linkage/partners/{organisation}/secret", place(organisation)))).secret;
export const work_on_lane = (organisation: string, verb: LaneVerb): Promise<unknown> => ask(api.POST("/api/linkage/partners/{organisation}/lane/{verb}", { params: { path: { organisation, verb } } }));
export const list_dead = async (organisation: string): Promise<DeadDelivery[]> => (await ask(api.GET("/api/linkage/partners/{organisation}/dead", place(organisation)))).items;
export const decide_delivery = (organisation: string, delivery: string, again: boolean): Promise<unknown> => ask(api.POST("/api/linkage/partners/{organisation}/dead/{delivery}", { params: { path: { organisation, delivery } }, body: { again } }));
export const list_questions = async (organisation: string): Promise<Question[]> => (await ask(api.GET("/api/linkage/partners/{organisation}/questions", place(organisation)))).items;
export const settle_question = (question: string): Promise<unknown> => ask(api.POST("/api/linkage/questions/{question}/settle", { params: { path: { question } } }));

export function rung_words(rung: Rung): string {
  switch (rung) {
    case "console": return tr("在本平台办理", "Works at this console");
    case "open311": return tr("Open311 接口", "Open311 server");
    case "webhook": return tr("消息推送（webhook）", "Messages (webhook)");
    case "mail": return tr("发邮件，点链接答复", "Mail with a link to answer");
  }
}

export function rung_hint(rung: Rung): string {
  switch (rung) {
    case "console": return tr("对方的人登录本平台接件、办理，什么都不往外送。", "Their people sign in here and handle cases; nothing leaves.");
    case "open311": return tr("件送到对方的 Open311 服务器，办理状态每分钟取回一次。", "Cases go to their Open311 server; states are fetched every minute.");
    case "webhook": return tr("双方互发带签名的消息，办理情况由对方推送过来。", "Signed messages both ways; they send how a case stands.");
    case "mail": return tr("没有系统的单位：每件事发一封邮件，对方点开链接就能接下、报办结，不用账号。", "For an office without a system: each case is a mail, answered by its link without an account.");
  }
}

/** What is written beside a count of things that a person decides. */
export const waits_for_person = (partner: Partner): number => (partner.lane?.dead ?? 0) + partner.questions;

export interface Look {
  tone: "" | "good" | "warn" | "bad";
  icon: string;
  words: string;
  key: "well" | "waiting" | "paused" | "silent";
}

/** 17:30, with its day where that is another. */
const when = (iso: string, now: number): string => (day_of(iso) === day_of(now) ? clock(iso) : moment(iso));

/** How a lane is, in a word and a shape; nothing where nothing leaves. */
export function look_of(partner: Partner | undefined, now: number): Look | undefined {
  return partner?.lane ? look_of_lane(partner.lane, now) : undefined;
}

/** The same of any lane of the courier's. */
export function look_of_lane(lane: Schema["LaneView"], now: number): Look {
  if (lane.paused) return { key: "paused", tone: "warn", icon: "info", words: tr("暂停", "Paused") };
  if (lane.troubles > 0) return { key: "silent", tone: "bad", icon: "alert", words: silent_words(lane.retry_at, now) };
  if (lane.waiting > 0) return { key: "waiting", tone: "", icon: "clock", words: tr(`等待中 ${figure(lane.waiting)} 件`, `${figure(lane.waiting)} waiting`) };
  return { key: "well", tone: "good", icon: "check", words: tr("正常", "Well") };
}

function silent_words(retry_at: string | null | undefined, now: number): string {
  if (!retry_at || Date.parse(retry_at) <= now) return tr("连不上，正在重试", "Not reached, trying again");
  return tr(`连不上，下次重试 ${when(retry_at, now)}`, `Not reached, next try ${when(retry_at, now)}`);
}

/** What the house notes of a failed call, as people say it; what nobody foresaw stands as it was noted. */
const ERRORS: readonly [RegExp, (found: RegExpExecArray) => string][] = [
  [/^no answer within (\d+) s$/, ([, seconds]) => tr(`${seconds} 秒内没有回应`, `no answer within ${seconds} seconds`)],
  [/^not reached: ([\s\S]*)$/, ([, why]) => tr(`连不到对方服务器（${reach_words(why ?? "")}）`, `their server is not reached (${reach_words(why ?? "")})`)],
  [/^(.*) is an address within this network/, ([, host]) => tr(`${host} 是内网地址，本系统不许访问；要访问请系统管理员放行`, `${host} lies within this network, which is not called; the system administrator can allow it`)],
  [/^(.*) is no address of http or https$/, ([, address]) => tr(`${address} 不是网址`, `${address} is no address`)],
  [/^the answer is longer than/, () => tr("对方的回答太长，没有读完", "their answer is too long to be read")],
  [/^the secret that signs is missing$/, () => tr("没有设置签名密钥，消息签不了名", "the key that signs is not set")],
  [/^it took the request and gave neither/, () => tr("对方收了件，却没有给编号", "they took the case and gave no number")],
  [/^their number is not known/, () => tr("对方还没有给这件事编号，进展送不过去", "they have given no number yet, so progress cannot be sent")],
  [/^its answer is no list of Open311: ([\s\S]*)$/, ([, said]) => tr("对方的回答不是 Open311 的格式", "their answer is not Open311") + quoted(said)],
  [/^the district has set no mail server$/, () => tr("区里还没有设置发邮件的服务器，请系统管理员在“管理 → 消息”里设置", "the district has no mail server yet: the system administrator sets it under Administration, Messages")],
  [/^the district's mail server is paused$/, () => tr("系统管理员暂停了发邮件，恢复后接着送", "the system administrator has paused mail; what waits leaves once it goes on")],
  [/^the mail server says (\d{3}): ?([\s\S]*)$/, ([, status, said]) => (Number(status) >= 500 ? tr(`邮件服务器退回（${status}）`, `the mail server refuses it (${status})`) : tr(`邮件服务器现在不收（${status}）`, `the mail server does not take it now (${status})`)) + quoted(said)],
  [/^(\d{3}): it sends us elsewhere/, ([, status]) => tr(`对方让转到别的地址（${status}），请核对地址`, `they send us to another address (${status}): please check the address`)],
  [/^(\d{3}):\s*([\s\S]*)$/, ([, status, said]) => status_words(Number(status)) + quoted(said)],
];

/** Why no connection came about, as far as the house's words for it are known. */
function reach_words(why: string): string {
  if (/refused/i.test(why)) return tr("对方服务器没有开着，或者端口不对", "nothing answers at that port");
  if (/dns|lookup|resolve|name or service/i.test(why)) return tr("找不到这个域名", "nobody knows that name");
  if (/certificate|tls|ssl/i.test(why)) return tr("对方的证书不可信", "their certificate is not trusted");
  if (/timed? ?out/i.test(why)) return tr("等太久没有接通", "it took too long to connect");
  return why;
}

function status_words(status: number): string {
  if (status === 401 || status === 403) return tr(`对方不认我们的密钥（${status}）`, `they do not accept our key (${status})`);
  if (status === 404) return tr("对方没有这个地址（404）", "there is no such address (404)");
  if (status === 429) return tr("对方说我们发得太快（429）", "they say we are too fast (429)");
  if (status >= 500) return tr(`对方服务器出错或正在维护（${status}）`, `their server is broken or under repair (${status})`);
  return tr(`对方不收（${status}）`, `they refuse it (${status})`);
}

const quoted = (said: string | undefined): string => (said?.trim() ? tr(`：“${said.trim()}”`, `: “${said.trim()}”`) : "");

export function error_words(noted: string | null | undefined): string {
  if (!noted) return "";
  for (const [pattern, words] of ERRORS) {
    const found = pattern.exec(noted);
    if (found) return words(found);
  }
  return noted;
}

/** What a delivery tells them. */
export function kind_words(kind: string): string {
  switch (kind) {
    case "case.assigned": return tr("新件", "A new case");
    case "case.updated": return tr("办理进展", "Progress of a case");
    case "case.withdrawn": return tr("撤回", "A case taken back");
    case "photo.fetch": return tr("取对方的照片", "Fetching a photo of theirs");
    case "states.fetch": return tr("查询办理状态", "Asking for states");
    default: return kind;
  }
}
/** A round of asking is about all cases; whatever else is sent is about one. */
export const is_of_case = (one: DeadDelivery): boolean => one.kind !== "states.fetch";

export interface Deed {
  action: LaneVerb;
  words: string;
  /** Why it cannot be done now; empty where it can. */
  why: string;
}

/** What may be done to a lane, and why not. */
export function deeds_of({ rung, lane }: Partner): Deed[] {
  const is_held = lane?.paused ?? false;
  const idle = (rung === "webhook" || rung === "mail") && lane?.waiting === 0 ? tr("没有等着送的", "Nothing waits") : "";
  const whys: Record<LaneVerb, string> = {
    try: is_held ? tr("已经暂停，先恢复", "It is paused: resume it first") : idle,
    pause: is_held ? tr("已经暂停", "It is paused already") : "",
    resume: is_held ? "" : tr("没有暂停", "It is not paused"),
  };
  const words: Record<LaneVerb, string> = { try: tr("立即重试", "Try now"), pause: tr("暂停", "Pause"), resume: tr("恢复", "Resume") };
  const no_lane = tr("在本平台办理，没有对外投递", "Nothing leaves: it works at this console");
  return (["try", "pause", "resume"] as const).map((action) => ({ action, words: words[action], why: lane ? whys[action] : no_lane }));
}

/** Where a partner with messages sends what it has to say. */
export const messages_address = (organisation: string): string => `${location.origin}/api/linkage/partners/${organisation}/messages`;

export const table_words = (tables: readonly StateTable[], key: string): string => told(tables.find((one) => one.key === key)?.name) || key;
