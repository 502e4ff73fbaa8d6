// Values that two people changed differently, as the worker chooses between them.
import { tr } from "../../../lib/words";

export type Side = "mine" | "theirs";

/** A value of the register in words; a list as its parts. */
export function say_value(value: unknown): string {
  if (value === null || value === undefined || value === "") return tr("（空）", "(empty)");
  if (typeof value === "boolean") return value ? tr("是", "yes") : tr("否", "no");
  if (Array.isArray(value)) return value.map(say_value).join(tr("、", ", "));
  if (typeof value !== "object") return String(value);
  const shown = (value as { shown?: { zh: string; en: string } }).shown;
  return shown ? tr(shown.zh, shown.en) : Object.values(value).map(say_value).join(tr("，", ", "));
}
