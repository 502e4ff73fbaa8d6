// What was searched for, in the address where it may be seen there. A phone number never stands in an address: it stays in the page's state.
import type { RouteLocationNormalizedLoaded, RouteLocationRaw } from "vue-router";

/** Digits enough to be somebody's number: 11 of a mobile, 10 to 12 of a fixed line. A case number has hyphens or 14 digits. */
const PHONE = /^[+\d][\d\s-]{6,15}$/;
const CASE_NUMBER = /^\d{6}-?\d{4}-?\d{4}$/;

export function is_phone(text: string): boolean {
  const bare = text.trim();
  return PHONE.test(bare) && !CASE_NUMBER.test(bare);
}

/** Where a search is shown. */
export function keep_private(text: string): RouteLocationRaw {
  if (!is_phone(text)) return { path: "/search", query: text ? { q: text } : {} };
  return { path: "/search", query: { by: "phone" }, state: { phone: text, asked: Date.now() }, force: true };
}

/** What the address or the page's state asks for. */
export function typed_search(route: RouteLocationNormalizedLoaded): string {
  if (route.path !== "/search") return "";
  if (route.query.by === "phone") return String((history.state as { phone?: unknown } | null)?.phone ?? "");
  return typeof route.query.q === "string" ? route.query.q : "";
}
