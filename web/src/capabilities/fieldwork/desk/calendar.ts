// Days of the calendar as the server writes them (2026-11-24), in Shanghai.
import { server_now } from "../../../lib/server_clock";
import { day_of } from "../../../lib/time";
import { is_english } from "../../../lib/words";

const DAY_MS = 86_400_000;

export const today = (): string => day_of(server_now());

/** So many days after a day; a negative number goes back. Counted from noon, so that no change of the clock moves it. */
export const days_after = (day: string, days: number): string => day_of(Date.parse(`${day}T12:00:00+08:00`) + days * DAY_MS);

/** What may be a day: an address is typed by anybody. */
export const is_day = (text: unknown): text is string => typeof text === "string" && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** 11月24日 周二 · Tue 24 Nov */
export function day_words(day: string): string {
  const options = { timeZone: "Asia/Shanghai", day: "numeric", weekday: "short" } as const;
  return new Intl.DateTimeFormat(is_english() ? "en-GB" : "zh-CN", { ...options, month: is_english() ? "short" : "long" }).format(new Date(`${day}T12:00:00+08:00`));
}
