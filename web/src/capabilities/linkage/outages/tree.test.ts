// What is ticked on the tree of a grid, and what of it is sent.
import { expect, test } from "vitest";
import { choose, share_of, tree_of, type Place } from "./tree";

const listed = [
  { place: "e", level: "estate", label: "田心里" },
  ...["10", "2"].map((number) => ({ place: `b${number}`, above: "e", level: "building", label: `田心里${number}栋` })),
  ...["1", "2", "3"].map((number) => ({ place: `u${number}`, above: "b2", level: "unit", label: `田心里2栋${number}单元` })),
  { place: "lone", level: "building", label: "水厂宿舍" },
  { place: "village", level: "estate", label: "茶亭坳" },
];
const tree = tree_of(listed);
const [village, lone, estate] = ["village", "lone", "e"].map((place) => tree.find((one) => one.place === place)!) as [Place, Place, Place];
const [second, tenth] = estate.below as [Place, Place];
const ids = (picked: { place: string }[]) => picked.map((one) => one.place);

test("what is part of nothing listed stands at the top; below, names are short and in the order of their numbers", () => {
  expect(tree.map((one) => one.place).sort()).toEqual(["e", "lone", "village"]);
  expect(estate.below.map((one) => one.short)).toEqual(["2栋", "10栋"]);
  expect(second.below.map((one) => one.short)).toEqual(["1单元", "2单元", "3单元"]);
});

test("an estate is all of its buildings, one without buildings itself", () => {
  const all = choose([], estate, true);
  expect(ids(all)).toEqual(["b2", "b10"]);
  expect(share_of(all, estate)).toBe("all");
  expect(share_of(choose(all, tenth, false), estate)).toBe("some");
  expect(choose(all, estate, false)).toEqual([]);
  expect(ids(choose([], village, true))).toEqual(["village"]);
  expect(ids(choose([], lone, true))).toEqual(["lone"]);
});

test("an estate ticked as a whole keeps what was said of a building", () => {
  const riser = [{ place: "b10", label: "田心里10栋", risers: "东立管" }];
  expect(choose(riser, estate, true)).toEqual([...riser, { place: "b2", label: "田心里2栋", risers: "" }]);
});

test("a building without one of its units is the others, and all of its units are the building", () => {
  const whole = choose([], second, true);
  const [one, two, three] = second.below as [Place, Place, Place];
  expect(share_of(whole, two)).toBe("all");
  const part = choose(whole, two, false);
  expect(ids(part)).toEqual(["u1", "u3"]);
  expect([share_of(part, second), share_of(part, one), share_of(part, two), share_of(part, three)]).toEqual(["some", "all", "none", "all"]);
  expect(ids(choose(part, two, true))).toEqual(["b2"]);
  expect(ids(choose(part, second, true))).toEqual(["b2"]);
  expect(choose(part, second, false)).toEqual([]);
});

test("units on one riser do not become the whole building", () => {
  const [one, two, three] = second.below as [Place, Place, Place];
  const part = [{ place: one.place, label: one.label, risers: "西立管" }, { place: two.place, label: two.label, risers: "" }];
  expect(ids(choose(part, three, true))).toEqual(["u1", "u2", "u3"]);
});
