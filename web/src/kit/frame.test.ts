// What of a group of places stands in the bar.
import { expect, test } from "vitest";
import { grouped } from "./frame";

test("a word stands only over two places and more", () => {
  const [one, two] = [{ to: "/a", words: "a" }, { to: "/b", words: "b" }];
  const group = (...places: { to: string; words: string }[]) => ({ key: "k", words: "k", places });
  expect(grouped(group())).toEqual([]);
  expect(grouped(group(one))).toEqual([one]);
  expect(grouped(group(one, two))).toEqual([group(one, two)]);
});
