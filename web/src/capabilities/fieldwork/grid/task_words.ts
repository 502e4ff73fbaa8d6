// Tasks in words: what can become of one, and until when it is to be done.
import { tr } from "../../../lib/words";
import type { Outcome, TaskLine } from "./today";

const OUTCOMES: Record<Outcome, () => string> = {
  unchanged: () => tr("无变化", "No change"),
  changed: () => tr("有变化", "Changed"),
  fine: () => tr("正常", "Fine"),
  trouble: () => tr("有问题", "Something is wrong"),
  delivered: () => tr("已送达", "Delivered"),
  absent: () => tr("无人在家", "Nobody at home"),
  refused: () => tr("不愿接受", "Does not want it"),
};
export const outcome_words = (outcome: Outcome): string => OUTCOMES[outcome]();

const KINDS: Record<TaskLine["kind"], string> = { visit: "home", campaign: "neighbours", patrol: "map", notice: "inbox" };
/** The picture of a kind of task. */
export const icon_of = (task: Pick<TaskLine, "kind">): string => KINDS[task.kind];

/** 今天 · 3 月 8 日前 · 逾期 2 天 */
export function due_words(task: Pick<TaskLine, "due_on">, today: string): string {
  const days = Math.round((Date.parse(task.due_on) - Date.parse(today)) / 86_400_000);
  if (days < 0) return tr(`逾期 ${-days} 天`, `${-days} days late`);
  if (days === 0) return tr("今天", "today");
  if (days === 1) return tr("明天前", "by tomorrow");
  const [, month, day] = task.due_on.split("-").map(Number);
  return tr(`${month} 月 ${day} 日前`, `by ${task.due_on}`);
}

/** 约 120 米 */
export function metres_words(metres: number): string {
  if (metres < 1000) return tr(`约 ${Math.max(10, Math.round(metres / 10) * 10)} 米`, `about ${Math.max(10, Math.round(metres / 10) * 10)} m`);
  return tr(`约 ${(metres / 1000).toFixed(1)} 公里`, `about ${(metres / 1000).toFixed(1)} km`);
}
