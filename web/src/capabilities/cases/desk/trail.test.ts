// The neighbours of a case in its queue, and what a live list says about changes.
import { expect, test } from "vitest";
import type { CaseLine } from "../shared/case";
import { compare } from "./queue";
import { is_of_somebody } from "./search";
import { around } from "./trail";

const line = (id: string, version: number) => ({ id, version }) as CaseLine;

test("a case knows the one before and after it", () => {
  const trail = { from: "/mine", numbers: ["a", "b", "c"] };
  expect(around("b", trail)).toEqual({ at: 2, of: 3, before: "a", next: "c" });
  expect(around("a", trail)).toEqual({ at: 1, of: 3, next: "b" });
  expect(around("z", trail)).toBeUndefined();
  expect(around("a", undefined)).toBeUndefined();
});

test("what came, changed and left is counted, and nothing else", () => {
  const shown = [line("a", 1), line("b", 1), line("c", 1)];
  expect(compare(shown, [line("d", 1), line("a", 1), line("b", 2)])).toEqual({ come: 1, changed: 1, gone: 1 });
  expect(compare(shown, shown)).toEqual({ come: 0, changed: 0, gone: 0 });
});

test("a phone or a document is told from a case number", () => {
  for (const number of ["13812345678", "+86 138 1234 5678", "0733-2860 1234", "430204195203021234", "43020419520302123X"]) expect(is_of_somebody(number), number).toBe(true);
  for (const other of ["261122-0610-4315", "26112206104315", "水管"]) expect(is_of_somebody(other), other).toBe(false);
});
