// What is searched for in the register, in the address where it may be seen there; and all that one box finds, by kind.
import type { RouteLocationNormalizedLoaded, RouteLocationRaw } from "vue-router";
import { api, ask, type Schema } from "../../../client/api";
import { holds } from "../../../lib/session";
import { is_private } from "../../../lib/private";
import { told, tr } from "../../../lib/words";
import { find_in_register, type Found } from "../shared/find";
import type { Kind } from "../shared/record";

/** A kind of record, or of thing, the box is narrowed to; empty: all. */
export type Wanted = "" | "person" | "dwelling" | "organisation" | "thing" | "case";

export const KINDS: readonly { key: Wanted; words: () => string }[] = [
  { key: "", words: () => tr("全部", "All") },
  { key: "person", words: () => tr("人", "People") },
  { key: "dwelling", words: () => tr("房", "Homes") },
  { key: "organisation", words: () => tr("单位", "Organisations") },
  { key: "thing", words: () => tr("设施", "Things") },
  { key: "case", words: () => tr("事件", "Cases") },
];

export function kind_of(route: RouteLocationNormalizedLoaded): Wanted {
  return KINDS.find((one) => one.key === route.query.kind)?.key ?? "";
}

/** Where a search is shown. A telephone or document stays in the page's state. */
export function place_of(text: string, kind: Wanted): RouteLocationRaw {
  const narrowed = kind && { kind };
  if (!is_private(text)) return { path: "/register", query: { ...(text && { q: text }), ...narrowed } };
  return { path: "/register", query: { by: "number", ...narrowed }, state: { number: text, asked: Date.now() }, force: true };
}

/** What the address or the page's state asks for. */
export function asked_in(route: RouteLocationNormalizedLoaded): string {
  if (route.query.by === "number") return String((history.state as { number?: unknown } | null)?.number ?? "");
  return typeof route.query.q === "string" ? route.query.q : "";
}

export interface FoundAll {
  items: readonly Found[];
  cases: readonly Schema["CaseLine"][];
  count: number;
  more: boolean;
}

/** Before anything was asked. */
export const NOTHING: FoundAll = { items: [], cases: [], count: 0, more: false };

const CASES_MAX = 10;

export async function find_everything(q: string, kind: Wanted): Promise<FoundAll> {
  const wants_cases = (kind === "" || kind === "case") && holds("cases.view");
  const [register, cases] = await Promise.all([
    kind === "case" ? { hits: [], more: false } : find_in_register(q, kind || undefined),
    wants_cases ? ask(api.GET("/api/cases/search", { params: { query: { q, limit: CASES_MAX } } })) : [],
  ]);
  return { items: register.hits, cases, count: register.hits.length + cases.length, more: register.more };
}

/** By kind, in the order of the answer's first of each. */
export function groups_of({ items }: FoundAll): { kind: Kind; words: string; items: Found[] }[] {
  const groups = new Map<Kind, Found[]>();
  for (const one of items) groups.set(one.kind, [...(groups.get(one.kind) ?? []), one]);
  return [...groups].map(([kind, of_kind]) => ({ kind, words: told(of_kind[0]?.kind_words), items: of_kind }));
}
