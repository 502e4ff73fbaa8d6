// Saying what became of a task: kept on the phone at once, held back for as long as it can be undone, then sent.
import { enqueue, take_back } from "../../../offline";
import { new_id } from "../../../lib/ids";
import { server_now } from "../../../lib/server_clock";
import { say_done, say_failed, say_undoable } from "../../../lib/notices";
import { tr } from "../../../lib/words";
import { outcome_words } from "./task_words";
import type { Outcome, TaskLine } from "./today";

/** In so many seconds a slip of the thumb is taken back before anybody hears of it. */
const UNDO_SECONDS = 10;

export interface Ending {
  outcome: Outcome;
  note?: string;
  /** Names of kept voices. */
  files?: readonly string[];
  /** What was filled in at it: the id of its command. */
  submission?: string;
}

/** Resolves when it is safe on the phone. `undone` is called where it was taken back. */
export async function finish_task(task: Pick<TaskLine, "id" | "label">, ending: Ending, undone: () => void = () => undefined): Promise<void> {
  const { outcome, note, files = [], submission } = ending;
  const words = outcome_words(outcome);
  const id = await enqueue({
    id: new_id(server_now()),
    kind: "finish",
    body: { task: task.id, outcome, ...(note && { note }), ...(submission && { submission }) },
    label: `${task.label} · ${words}`,
    files: files.map((hash) => ({ hash, question: "note" })),
    ...(submission && { parent: submission }),
    undo_ms: UNDO_SECONDS * 1000,
  });
  say_undoable(tr(`${task.label}：${words}，已记下。`, `${task.label}: ${words}. Kept.`), UNDO_SECONDS, () => void undo(id, undone));
}

async function undo(id: string, undone: () => void): Promise<void> {
  if (!(await take_back(id))) {
    say_failed(tr("已经发出去了，撤不回来。", "It was sent already and cannot be undone."));
    return;
  }
  say_done(tr("已撤销，什么都没有发出。", "Undone. Nothing was sent."));
  undone();
}
