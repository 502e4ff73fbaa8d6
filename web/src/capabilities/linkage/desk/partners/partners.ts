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
export type Trial = Schema["TrialView"];
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
export const send_trial = (organisation: string): Promise<unknown> => ask(api.POST("/api/linkage/partners/{organisation}/trial", place(organisation)));
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

/** What became of a trial, in a word and a shape. */
export function look_of_trial({ state, error }: Trial, rung: Rung): Omit<Look, "key"> {
  switch (state) {
    case "taken": return { tone: "good", icon: "check", words: rung === "mail" ? tr("邮件服务器已收下", "The mail server took it") : tr("对方已收下", "They took it") };
    case "refused": return { tone: "bad", icon: "alert", words: tr("没有送到", "It did not arrive") };
    case "given_up": return { tone: "", icon: "info", words: tr("没有送到，已放弃", "It did not arrive, and was given up") };
    case "waiting": return error ? { tone: "warn", icon: "clock", words: tr("还没有送出去，过一会儿再试", "Not sent yet: it is tried again") } : { tone: "", icon: "clock", words: tr("正在送", "On its way") };
  }
}

/** Whether something has arrived after what went wrong last: one that was refused says nothing about the next. */
export const is_well_since = ({ troubles, last_error_at, last_sent_at }: Schema["LaneView"]): boolean => troubles === 0 && !!last_sent_at && !!last_error_at && Date.parse(last_sent_at) > Date.parse(last_error_at);

function silent_words(retry_at: string | null | undefined, now: number): string {
  if (!retry_at || Date.parse(retry_at) <= now) return tr("连不上，正在重试", "Not reached, trying again");
  return tr(`连不上，下次重试 ${when(retry_at, now)}`, `Not reached, next try ${when(retry_at, now)}`);
}

/** What a delivery tells them. */
export function kind_words(kind: string): string {
  switch (kind) {
    case "case.assigned": return tr("新件", "A new case");
    case "case.updated": return tr("办理进展", "Progress of a case");
    case "case.withdrawn": return tr("撤回", "A case taken back");
    case "photo.fetch": return tr("取对方的照片", "Fetching a photo of theirs");
    case "trial": return tr("试发", "A trial");
    case "states.fetch": return tr("查询办理状态", "Asking for states");
    default: return kind;
  }
}
/** A round of asking is about all cases, a trial about none; whatever else is sent is about one. */
export const is_of_case = (one: DeadDelivery): boolean => !["states.fetch", "trial"].includes(one.kind);

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
