// What was searched for, in the address where it may be seen there. A phone number never stands in an address: it stays in the page's state.
import type { RouteLocationNormalizedLoaded, RouteLocationRaw } from "vue-router";
import { is_private } from "../../../lib/private";

const CASE_NUMBER = /^\d{6}-?\d{4}-?\d{4}$/;

/** A telephone or a document, and not the number of a case. */
export function is_of_somebody(text: string): boolean {
  return is_private(text) && !CASE_NUMBER.test(text.trim());
}

/** Where a search is shown. */
export function keep_private(text: string): RouteLocationRaw {
  if (!is_of_somebody(text)) return { path: "/search", query: text ? { q: text } : {} };
  return { path: "/search", query: { by: "phone" }, state: { phone: text, asked: Date.now() }, force: true };
}

/** What the address or the page's state asks for. */
export function typed_search(route: RouteLocationNormalizedLoaded): string {
  if (route.path !== "/search") return "";
  if (route.query.by === "phone") return String((history.state as { phone?: unknown } | null)?.phone ?? "");
  return typeof route.query.q === "string" ? route.query.q : "";
}
