// Stops change places, and none is lost.
import { expect, test } from "vitest";
import { moved } from "./patrols";

test.each([
  [0, 2, "bca"],
  [2, 0, "cab"],
  [1, 1, "abc"],
  [0, -1, "abc"],
  [2, 9, "abc"],
])("from %i to %i", (from, to, after) => {
  expect(moved(["a", "b", "c"], from, to).join("")).toBe(after);
});
