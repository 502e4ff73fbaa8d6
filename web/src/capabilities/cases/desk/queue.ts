// The queues of the desk: who reaches which, what narrows them, and how a screen's address says it.
import type { LocationQuery } from "vue-router";
import { api, ask, type Schema } from "../../../client/api";
import { holds, posts, scope_of, unit_of } from "../../../lib/session";
import { tr } from "../../../lib/words";
import type { CaseLine } from "../shared/case";

/** In the order of the bar. */
export const QUEUES = ["mine", "unit", "area", "overdue", "waiting", "all"] as const;
export type QueueName = (typeof QUEUES)[number];
export type Page = Schema["Page_CaseLine"];

/** Cases of one page: what can be handled together is less than twice that. */
export const PAGE_ROWS = 50;

/** What the address narrows a queue to. */
export interface Narrowed {
  area: string;
  type: string;
  state: string;
  after: string;
}

export function queue_words(name: QueueName): string {
  switch (name) {
    case "mine": return tr("我的", "Mine");
    case "unit": return tr("本单位", "My unit");
    case "area": return tr("在办", "Open");
    case "overdue": return tr("超时", "Overdue");
    case "waiting": return tr("等群众回话", "Waiting for the reporter");
    case "all": return tr("全部", "All");
  }
}

/** The queues this person may open. */
export function reachable_queues(): QueueName[] {
  if (!holds("cases.view")) return [];
  const area: QueueName[] = scope_of("cases.view") ? ["area", "overdue", "waiting", "all"] : [];
  return [...(posts.value.length > 0 ? ["mine" as const] : []), ...(unit_of("cases.view") ? ["unit" as const] : []), ...area];
}

export function has_area(name: QueueName): boolean {
  return name !== "mine" && name !== "unit";
}

const text_of = (value: LocationQuery[string] | undefined): string => (typeof value === "string" ? value : "");

export function narrowed_by(query: LocationQuery): Narrowed {
  return { area: text_of(query.area), type: text_of(query.type), state: text_of(query.state), after: text_of(query.after) };
}

/** A page of a queue. */
export function list_cases(name: QueueName, by: Narrowed, limit = PAGE_ROWS): Promise<Page> {
  const area = by.area || scope_of("cases.view");
  const organisation = unit_of("cases.view");
  const query = {
    queue: name === "area" ? "due" : name,
    limit,
    ...(has_area(name) && area && { area }),
    ...(name === "unit" && organisation && { organisation }),
    ...(by.type && { type: by.type }),
    ...(by.state && { state: by.state }),
    ...(by.after && { after: by.after }),
  };
  return ask(api.GET("/api/cases", { params: { query } }));
}

/** What differs between what is shown and what the server has now. */
export interface Changes {
  come: number;
  changed: number;
  gone: number;
}

export function compare(shown: readonly CaseLine[], fresh: readonly CaseLine[]): Changes {
  const before = new Map(shown.map((line) => [line.id, line.version]));
  const now = new Set(fresh.map((line) => line.id));
  return {
    come: fresh.filter((line) => !before.has(line.id)).length,
    changed: fresh.filter((line) => before.has(line.id) && before.get(line.id) !== line.version).length,
    gone: shown.filter((line) => !now.has(line.id)).length,
  };
}

export function changes_words({ come, changed, gone }: Changes): string {
  return [
    come > 0 ? tr(`新来 ${come} 件`, `${come} new`) : "",
    changed > 0 ? tr(`${changed} 件有变化`, `${changed} changed`) : "",
    gone > 0 ? tr(`${gone} 件已离开这一页`, `${gone} no longer on this page`) : "",
  ].filter(Boolean).join(tr("，", ", "));
}
