// Moments and numbers as people here say them: Shanghai time whatever the computer believes its zone to be.
import { server_now } from "./server_clock";
import { is_english, tr } from "./words";

const ZONE = "Asia/Shanghai";

function part(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(is_english() ? "en-GB" : "zh-CN", { timeZone: ZONE, ...options });
}

/** 11月24日 周二 17:30 · Tue 24 Nov 17:30 */
export function moment(iso: string | null | undefined): string {
  if (!iso) return "";
  const at = new Date(iso);
  const day = part({ month: is_english() ? "short" : "long", day: "numeric" }).format(at);
  const weekday = part({ weekday: "short" }).format(at);
  const clock = part({ hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
  return tr(`${day} ${weekday} ${clock}`, `${weekday} ${day} ${clock}`);
}

/** 2026-11-24, the day in Shanghai. */
export function day_of(iso: string | number | Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date(iso));
}

/** 11月24日 周二 · Tue 24 Nov, with the year where it is another; of a day: 2026-11-24. */
export function day_words(day: string): string {
  const at = new Date(`${day}T12:00:00+08:00`);
  const is_this_year = day.slice(0, 4) === day_of(server_now()).slice(0, 4);
  const date = part({ month: is_english() ? "short" : "long", day: "numeric", ...(!is_this_year && { year: "numeric" }) }).format(at);
  const weekday = part({ weekday: "short" }).format(at);
  return tr(`${date} ${weekday}`, `${weekday} ${date}`);
}

/** The day so many days later. */
export function day_after(day: string, days: number): string {
  return day_of(Date.parse(`${day}T12:00:00+08:00`) + days * 24 * 3_600_000);
}

/** 17:30 of today, else the whole moment: what is older than it looks misleads. */
export function as_of(at: number): string {
  return day_of(at) === day_of(server_now()) ? clock(at) : moment(new Date(at).toISOString());
}

/** 17:30 */
export function clock(at: string | number | Date): string {
  return part({ hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(at));
}

/** 60,231 */
export function figure(count: number): string {
  return new Intl.NumberFormat(is_english() ? "en-GB" : "zh-CN").format(count);
}

/** How long ago, from one minute on: 3 分钟 · 3 min */
export function span(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return tr(`${minutes} 分钟`, `${minutes} min`);
  const hours = Math.round(minutes / 60);
  if (hours < 48) return tr(`${hours} 小时`, `${hours} h`);
  return tr(`${Math.round(hours / 24)} 天`, `${Math.round(hours / 24)} days`);
}
