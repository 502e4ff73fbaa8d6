// Periods, recipients and kept values as the administration reads them.
import type { Basis } from "../shared/basis";
import { told, tr } from "../../../lib/words";

/** 注销后 5 年 · 注销即删除 */
export function kept_words(months: number): string {
  if (months === 0) return tr("注销即删除", "removed when it ends");
  if (months % 12 === 0) return tr(`注销后 ${months / 12} 年`, `${months / 12} years after its end`);
  return tr(`注销后 ${months} 个月`, `${months} months after its end`);
}

/** 每 12 个月核对一次 */
export const age_words = (months: number | null | undefined): string => (months == null ? tr("不需要核对", "stays as it is") : tr(`每 ${months} 个月`, `every ${months} months`));

/** Who is told of a value; departments by the names of their keys. */
export function told_words(to: readonly string[], departments: ReadonlyMap<string, string>): string {
  const name = (one: string) => (one === "grid" ? tr("本网格网格员", "the worker of the grid") : one === "desk" ? tr("街道、社区窗口", "the desks") : departments.get(one) ?? one);
  return to.map(name).join(tr("、", ", "));
}

/** “人：电话” for `person.phones`. */
export function value_words(basis: Basis, path: string): string {
  const [kind, field] = path.split(".");
  const book = basis.kept.kinds.find((one) => one.kind === kind);
  const words = told(book?.fields.find((one) => one.key === field)?.words);
  return book && words ? `${told(book.words)}${tr("：", ": ")}${words}` : path;
}
