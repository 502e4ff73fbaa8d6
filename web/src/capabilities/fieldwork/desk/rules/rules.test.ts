// What the rules ask of a grid, in words a desk understands.
import { expect, test } from "vitest";
import { loads_of, type Trial, type VisitRule } from "./rules";

const words = (zh: string) => ({ zh, en: zh });
const rule = (key: string, zh: string): VisitRule => ({ key, words: words(zh), reason: words(""), asks: words(""), service: words(""), needs_consent: false, every: "week", minutes: 20 });
const trial: Trial = {
  area: "430203",
  minutes_per_week: 60,
  workers: [{ account: "a", name: "李俊涵", grids: ["430203/1"], visits: 7, asked: 140, planned: 40, minutes: 60, over: true }],
  grids: [
    { path: "430203/1", name: "一网格", worker: "a", asked: 140, planned: 40, minutes: 60, over: true, rules: [{ key: "old", visits: 2, minutes: 40, fits: true }, { key: "baby", visits: 5, minutes: 100, fits: false }, { key: "none", visits: 0, minutes: 0, fits: false }] },
    { path: "430203/2", name: "二网格", worker: null, asked: 0, planned: 0, minutes: 0, over: false, rules: [] },
  ],
  over: ["李俊涵"],
};

test("what does not fit is named by its rule; a rule that concerns nobody is not named", () => {
  const [first, second] = loads_of(trial, [rule("old", "高龄独居"), rule("baby", "新生儿")]);
  expect(first!.left_out).toEqual(["排不下：新生儿，5 户，平均每周 100 分钟"]);
  expect(first!.worker).toBe("李俊涵");
  expect(first!.count).toBe("7 户次");
  expect(second!.left_out).toEqual([]);
  expect(second!.worker).toBeUndefined();
});
