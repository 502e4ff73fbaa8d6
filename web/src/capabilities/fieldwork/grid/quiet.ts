// A time in which nobody is to come, in words.
import type { Schema } from "../../../client/api";
import { tr } from "../../../lib/words";

export type Quiet = Schema["Quiet"];

const DAYS: readonly (() => string)[] = [
  () => tr("周一", "Mon"),
  () => tr("周二", "Tue"),
  () => tr("周三", "Wed"),
  () => tr("周四", "Thu"),
  () => tr("周五", "Fri"),
  () => tr("周六", "Sat"),
  () => tr("周日", "Sun"),
];

/** Days of the week, Monday is 1. */
export const day_words = (day: number): string => DAYS[day - 1]?.() ?? "";

export function quiet_words(quiet: Quiet): string {
  const days = (quiet.days ?? []).map(day_words).join(tr("、", ", "));
  return `${days || tr("每天", "every day")} ${quiet.from}–${quiet.to}`;
}
