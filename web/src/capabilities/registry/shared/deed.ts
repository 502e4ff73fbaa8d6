// Doing something to the register: once at a time, said when done, taken back as one where the person wants it.
import { Refusal } from "../../../client/api";
import { say_done, say_failed, say_undoable } from "../../../lib/notices";
import { tr } from "../../../lib/words";
import { undo_act, type Given, type Source } from "./record";

/** Seconds in which a deed is offered to be taken back at once; later it stands in the history of the record. */
const UNDO_SECONDS = 30;

/** Where values come from, for a person to choose; imports name themselves. */
export const SOURCES: readonly [Source, () => string][] = [
  ["door", () => tr("入户登记", "At the door")],
  ["desk", () => tr("窗口登记", "At a desk")],
  ["self", () => tr("本人提供", "By the person")],
  ["department", () => tr("部门共享", "From a department")],
];

/** At the door on the worker's phone, else at the desk. */
export function usual_source(): Source {
  return document.documentElement.dataset.face === "grid" ? "door" : "desk";
}

export function given_by(source: Source = usual_source(), evidence = ""): Given {
  return { source, evidence: evidence.trim() || null };
}

/** Says a deed that was done, and offers to take it back; `renew` shows what is then. */
export function say_deed(words: string, acts: readonly string[], renew: () => unknown): void {
  say_undoable(words, UNDO_SECONDS, () => void take_back(acts, renew));
}

/** Takes deeds back, the latest first. */
export async function take_back(acts: readonly string[], renew: () => unknown): Promise<void> {
  try {
    for (const act of [...acts].reverse()) await undo_act(act);
    say_done(tr("已撤销，恢复成原来的样子。", "Undone: it is as it was."));
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    say_failed(refusal.message);
  }
  await renew();
}
