// Months of the diary, and what is looked for in it: that outlives a look at one day, and not the page.
import { ref } from "vue";
import { is_english } from "../../../lib/words";

export const looked_for = ref("");

/** 2026-03 → 2026-04 */
export function month_after(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const at = new Date(Date.UTC(year, number - 1 + months, 1));
  return at.toISOString().slice(0, 7);
}

/** 2026年3月 · March 2026 */
export function month_words(month: string): string {
  return new Intl.DateTimeFormat(is_english() ? "en-GB" : "zh-CN", { timeZone: "UTC", year: "numeric", month: "long" }).format(new Date(`${month}-01T00:00:00Z`));
}
