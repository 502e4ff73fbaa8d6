// Short sentences about what has just been done, read out by screen readers; one that can be undone waits before it is sent.
import { reactive } from "vue";
import { tr } from "./words";

export interface Notice {
  id: number;
  kind: "good" | "bad";
  words: string;
  undo: (() => void) | undefined;
  /** Seconds left to undo. */
  left: number | undefined;
}

const SHOWN_MS = 8000;
export const notices = reactive<Notice[]>([]);
let last = 0;

function add(kind: Notice["kind"], words: string, undo?: () => void, left?: number): Notice {
  last += 1;
  notices.push({ id: last, kind, words, undo, left });
  return notices[notices.length - 1]!;
}

export function dismiss(id: number): void {
  const at = notices.findIndex((one) => one.id === id);
  if (at >= 0) notices.splice(at, 1);
}

/** Says what was done; it goes by itself. */
export function say_done(words: string): void {
  const { id } = add("good", words);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

/** Says what did not work; it stays until somebody has read it. */
export function say_failed(words: string): void {
  add("bad", words);
}

/** Says what was done, and takes it back if told so within `seconds`. */
export function say_undoable(words: string, seconds: number, take_back: () => void): void {
  const notice = add("good", words, undo, seconds);
  const timer = setInterval(() => {
    notice.left = (notice.left ?? 1) - 1;
    if (notice.left <= 0) end();
  }, 1000);
  function end(): void {
    clearInterval(timer);
    dismiss(notice.id);
  }
  function undo(): void {
    end();
    take_back();
  }
}

/** Does a thing after `seconds`, unless it is undone. Whoever leaves the page before has not undone it: it is done at once. */
export function do_unless_undone(words: string, seconds: number, act: () => void, undone: () => void = () => undefined): void {
  const notice = add("good", words, stop, seconds);
  const timer = setInterval(() => {
    notice.left = (notice.left ?? 1) - 1;
    if (notice.left <= 0) finish();
  }, 1000);
  const finish = () => {
    end();
    act();
  };
  function end(): void {
    clearInterval(timer);
    removeEventListener("pagehide", finish);
    dismiss(notice.id);
  }
  function stop(): void {
    end();
    undone();
    say_done(tr("已撤销，什么都没有改动。", "Undone. Nothing was changed."));
  }
  addEventListener("pagehide", finish);
}
