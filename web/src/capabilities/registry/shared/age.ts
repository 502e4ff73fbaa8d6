// How old a value is, as people say it.
import { day_of } from "../../../lib/time";
import { server_now } from "../../../lib/server_clock";
import { tr } from "../../../lib/words";

const DAY_MS = 86_400_000;
const MONTH_DAYS = 30.44;

/** 今天 · 昨天 · 12 天前 · 3 个月前 · 2 年前 */
export function ago(iso: string, now: number = server_now()): string {
  if (day_of(iso) === day_of(now)) return tr("今天", "today");
  const days = Math.round((Date.parse(day_of(now)) - Date.parse(day_of(iso))) / DAY_MS);
  if (days === 1) return tr("昨天", "yesterday");
  if (days < 60) return tr(`${days} 天前`, `${days} days ago`);
  const months = Math.floor(days / MONTH_DAYS);
  if (months < 24) return tr(`${months} 个月前`, `${months} months ago`);
  const years = Math.floor(months / 12);
  return tr(`${years} 年前`, `${years} years ago`);
}
