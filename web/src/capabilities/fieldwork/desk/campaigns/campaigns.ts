// Campaigns on the desk: the way to the server, and what their states, targets and figures are called.
import { api, ask, type Schema } from "../../../../client/api";
import { read_all_pages } from "../../../../client/pages";
import { day_of } from "../../../../lib/time";
import { told, tr } from "../../../../lib/words";
import { server_now } from "../../../../lib/server_clock";

export type CampaignView = Schema["CampaignView"];
export type CampaignContent = Schema["CampaignContent"];
export type CampaignState = Schema["CampaignState"];
export type Template = Schema["TemplateEntry"];
export type Target = Schema["Target"];
export type Goal = Schema["Goal"];
export type DryRun = Schema["DryRun"];
export type Coverage = Schema["CoverageView"];
export type Tally = Schema["DoorTally"];
export type Report = Schema["CampaignReport"];

const at = (id: string) => ({ path: { id } });

/** All campaigns of one's area, the newest first; a page may be empty and yet not the last. */
export async function list_campaigns(): Promise<CampaignView[]> {
  return read_all_pages((after) => ask(api.GET("/api/fieldwork/campaigns", { params: { query: { after } } })));
}

export const list_templates = (): Promise<Template[]> => ask(api.GET("/api/fieldwork/campaign-templates"));
export const show_campaign = (id: string): Promise<CampaignView> => ask(api.GET("/api/fieldwork/campaigns/{id}", { params: at(id) }));
export const make_campaign = (content: CampaignContent, area: string): Promise<CampaignView> => ask(api.POST("/api/fieldwork/campaigns", { body: { content, ...(area && { area }) } }));
export const amend_campaign = (id: string, version: number, content: CampaignContent): Promise<CampaignView> => ask(api.PUT("/api/fieldwork/campaigns/{id}", { params: at(id), body: { version, content } }));
export const dry_run_campaign = (id: string): Promise<DryRun> => ask(api.GET("/api/fieldwork/campaigns/{id}/dry-run", { params: at(id) }));
export const publish_campaign = (id: string, reason: string): Promise<CampaignView> => ask(api.POST("/api/fieldwork/campaigns/{id}/publish", { params: at(id), body: { ...(reason && { beyond_reason: reason }) } }));
export const end_campaign = (id: string): Promise<CampaignView> => ask(api.POST("/api/fieldwork/campaigns/{id}/end", { params: at(id) }));
export const show_coverage = (id: string, area: string): Promise<Coverage> => ask(api.GET("/api/fieldwork/campaigns/{id}/coverage", { params: { ...at(id), query: { ...(area && { area }) } } }));
export const report_campaign = (id: string): Promise<Report> => ask(api.GET("/api/fieldwork/campaigns/{id}/report", { params: at(id) }));
export const report_address = (id: string, format: "xlsx" | "csv"): string => `/api/fieldwork/campaigns/${id}/report/table?format=${format}`;

export function state_words(state: CampaignState): string {
  switch (state) {
    case "draft": return tr("草稿", "draft");
    case "dropped": return tr("作废的草稿", "dropped");
    case "opening": return tr("正在逐户打开", "its doors are being opened");
    case "running": return tr("进行中", "running");
    case "closing": return tr("正在收尾", "being closed");
    case "closed": return tr("已结束", "closed");
  }
}

export const is_under_way = (state: CampaignState): boolean => state === "opening" || state === "closing";

export function goal_words(goal: Goal): string {
  switch (goal) {
    case "homes": return tr("房屋（入户）", "Homes");
    case "organisations": return tr("单位", "Organisations");
    case "things": return tr("设施部件", "Things");
  }
}

/** Fields of the register a target may name, by its goal: as the server offers them. */
export const GOAL_FIELDS: Record<Goal, { kind: Schema["Kind"]; fields: readonly string[] }> = {
  homes: { kind: "dwelling", fields: ["use", "occupancy", "gas"] },
  organisations: { kind: "organisation", fields: ["kind"] },
  things: { kind: "thing", fields: ["component", "state"] },
};

/** A day some days after another, as dates are sent. */
export function days_after(day: string, days: number): string {
  const at_noon = new Date(`${day}T12:00:00+08:00`);
  return day_of(at_noon.getTime() + days * 24 * 3_600_000);
}

/** A campaign as its template begins it, from tomorrow on. */
export function content_of(template: Template): CampaignContent {
  const from_on = days_after(day_of(server_now()), 1);
  return {
    name: told(template), reason: template.reason, basis: template.basis, purpose: template.purpose, target: template.target,
    minutes: template.minutes, from_on, due_on: days_after(from_on, template.days - 1), again_days: template.again_days, calls_max: template.calls_max, template: template.key,
  };
}

/** What of a campaign may change while it is a draft. */
export function content_in(one: CampaignView): CampaignContent {
  const { name, reason, basis, purpose, target, form, minutes, from_on, due_on, again_days, calls_max, template } = one;
  return { name, reason, basis, purpose, target, minutes, from_on, due_on, again_days, calls_max, ...(form && { form }), ...(template && { template }) };
}

/** The parts of a tally that add up to its doors, in the order they are drawn. */
export const PARTS: readonly { key: Exclude<keyof Tally, "doors">; words: () => string; shape: string }[] = [
  { key: "done", words: () => tr("完成", "done"), shape: "part-done" },
  { key: "refused", words: () => tr("不愿接受", "refused"), shape: "part-refused" },
  { key: "absent", words: () => tr("没人在，会再去", "absent, called again"), shape: "part-absent" },
  { key: "not_reached", words: () => tr("多次没遇到", "never met"), shape: "part-missed" },
  { key: "left", words: () => tr("还没去", "not yet"), shape: "part-left" },
];

/** Of all doors, those of which it is known what became of them, in whole percent; none of none. */
export function share_settled(tally: Tally): number {
  return tally.doors === 0 ? 0 : Math.floor((100 * (tally.done + tally.refused + tally.not_reached)) / tally.doors);
}
