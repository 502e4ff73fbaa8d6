// The way back: steps one by one, typing as one step, and nothing to redo after something new.
import { expect, test } from "vitest";
import { use_undo } from "./undo";

test("steps are undone one by one and come back", () => {
  const seen: number[] = [];
  const { now, write, undo, redo, can_undo, can_redo } = use_undo(0, (value) => seen.push(value));
  [1, 2, 3].forEach((value) => write(value));
  undo();
  undo();
  expect([now.value, can_undo.value, can_redo.value]).toEqual([1, true, true]);
  redo();
  write(9);
  redo();
  expect(now.value).toBe(9);
  undo();
  undo();
  undo();
  undo();
  expect([now.value, can_undo.value]).toEqual([0, false]);
  expect(seen).toEqual([1, 2, 3, 2, 1, 2, 9, 2, 1, 0]);
});

test("what is typed in one field within a moment is one step", () => {
  let clock = 0;
  const { now, write, undo } = use_undo("", () => undefined, () => clock);
  for (const text of ["多", "多少", "多少人"]) write(text, "label");
  clock += 5000;
  write("多少人？", "label");
  write("提示", "hint");
  undo();
  expect(now.value).toBe("多少人？");
  undo();
  expect(now.value).toBe("多少人");
  undo();
  expect(now.value).toBe("");
});
