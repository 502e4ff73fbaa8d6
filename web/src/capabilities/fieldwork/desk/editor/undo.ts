// What is written, and the way back: each step remembers the form before it; what is typed in one field within a moment is one step.
import { computed, shallowRef, type ComputedRef, type Ref } from "vue";

/** Letters typed within this time into the same field are undone together. */
const TYPING_MS = 1500;
const STEPS_MAX = 200;

export interface Undo<T> {
  now: Readonly<Ref<T>>;
  /** Sets the next state; `field` names where somebody types. */
  write: (next: T, field?: string) => void;
  undo: () => void;
  redo: () => void;
  can_undo: ComputedRef<boolean>;
  can_redo: ComputedRef<boolean>;
}

/** `written` hears of every state, the clock is the caller's. */
export function use_undo<T>(beginning: T, written: (now: T) => void, clock: () => number = Date.now): Undo<T> {
  const now = shallowRef(beginning) as Ref<T>;
  const before = shallowRef<readonly T[]>([]);
  const after = shallowRef<readonly T[]>([]);
  let typing: { field: string; at: number } | undefined;

  function show(state: T): void {
    now.value = state;
    written(state);
  }
  function write(next: T, field = ""): void {
    const goes_on = field !== "" && typing?.field === field && clock() - typing.at < TYPING_MS;
    typing = field === "" ? undefined : { field, at: clock() };
    if (!goes_on) before.value = [...before.value, now.value].slice(-STEPS_MAX);
    after.value = [];
    show(next);
  }
  function undo(): void {
    const last = before.value.at(-1);
    if (last === undefined) return;
    [before.value, after.value] = [before.value.slice(0, -1), [now.value, ...after.value]];
    typing = undefined;
    show(last);
  }
  function redo(): void {
    const [next, ...rest] = after.value;
    if (next === undefined) return;
    [before.value, after.value] = [[...before.value, now.value], rest];
    show(next);
  }
  return { now, write, undo, redo, can_undo: computed(() => before.value.length > 0), can_redo: computed(() => after.value.length > 0) };
}
