import { expect, test } from "vitest";
import { read_all_pages } from "./pages";

test("all pages in their order, also behind an empty one; each is asked for after the one before", async () => {
  const pages = new Map<string | undefined, { items: number[]; next?: string | null }>([
    [undefined, { items: [1, 2], next: "a" }],
    ["a", { items: [], next: "b" }],
    ["b", { items: [3], next: null }],
  ]);
  expect(await read_all_pages((after) => Promise.resolve(pages.get(after)!))).toEqual([1, 2, 3]);
});

test("a list that never ends is a fault, and not cut in silence", async () => {
  await expect(read_all_pages(() => Promise.resolve({ items: [1], next: "again" }))).rejects.toThrow("does not end");
});
