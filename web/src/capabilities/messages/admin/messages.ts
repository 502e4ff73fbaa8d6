// Messages in the administration: the way to the server, and what channels, states and lanes are called.
import { api, ask, type Schema } from "../../../client/api";
import { tr } from "../../../lib/words";

export type Gateway = Schema["MessageGateway"];
export type Gateways = Schema["MessageGateways"];
export type Templates = Schema["MessageTemplates"];
export type Template = Schema["MessageTemplateView"];
export type Count = Schema["SentCount"];
export type Channel = Gateway["channel"];
export type Verb = "pause" | "resume" | "try";

const at = (channel: Channel) => ({ path: { channel } });

export const list_gateways = (): Promise<Gateways> => ask(api.GET("/api/messages/gateways"));
export const list_templates = (): Promise<Templates> => ask(api.GET("/api/messages/templates"));
export const set_gateway = (channel: Channel, body: Schema["MessageGatewayBody"]): Promise<unknown> => ask(api.PUT("/api/messages/gateways/{channel}", { params: at(channel), body }));
export const remove_gateway = (channel: Channel): Promise<unknown> => ask(api.DELETE("/api/messages/gateways/{channel}", { params: at(channel) }));
export const try_gateway = (channel: Channel, to: string): Promise<unknown> => ask(api.POST("/api/messages/gateways/{channel}/trial", { params: at(channel), body: { to } }));
export const work_on_lanes = (channel: Channel, verb: Verb): Promise<unknown> => ask(api.POST("/api/messages/gateways/{channel}/lane/{verb}", { params: { path: { channel, verb } } }));
export const list_refused = async (channel: Channel): Promise<Schema["RefusedMessage"][]> => (await ask(api.GET("/api/messages/gateways/{channel}/refused", { params: at(channel) }))).items;
export const decide_refused = (channel: Channel, delivery: string, again: boolean): Promise<unknown> => ask(api.POST("/api/messages/gateways/{channel}/refused/{delivery}", { params: { path: { channel, delivery } }, body: { again } }));
export const count_messages = (day: string): Promise<Schema["SentCounts"]> => ask(api.GET("/api/messages/counts", { params: { query: { day } } }));
export const list_messages = async (day: string, template: string, state: Count["state"]): Promise<Schema["SentRow"][]> => (await ask(api.GET("/api/messages/sent", { params: { query: { day, template, state } } }))).items;

export function state_words(state: Count["state"]): string {
  switch (state) {
    case "waiting": return tr("等待中", "Waiting");
    case "leaving": return tr("正在发送", "On its way");
    case "sent": return tr("已发出", "Sent");
    case "failed": return tr("被拒收", "Refused");
    case "dropped": return tr("不发了", "Not sent");
  }
}

/** What is typed until it is sent. */
export interface Typed {
  address: string;
  secret: string;
  gateway: string;
  signature: string;
  account: string;
  from: string;
  site: string;
  templates: Record<string, string>;
}

export function typed_of(one: Gateway, kinds: Gateways["kinds"], site: string): Typed {
  const { gateway, signature, account, from, templates } = one.settings;
  return {
    address: one.address, secret: "", gateway: gateway || (kinds.find((it) => it.channel === one.channel)?.key ?? ""), signature: signature ?? "", account: account ?? "",
    from: from ?? "", site: one.settings.site || site, templates: { ...templates },
  };
}

export function body_of(typed: Typed, version: number | null | undefined): Schema["MessageGatewayBody"] {
  const { address, secret, ...settings } = typed;
  const templates = Object.fromEntries(Object.entries(settings.templates).filter(([, number]) => number.trim() !== ""));
  return { address, settings: { ...settings, templates }, ...(secret && { secret }), ...(version != null && { version }) };
}
