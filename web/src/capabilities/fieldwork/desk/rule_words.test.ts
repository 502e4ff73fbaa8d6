// What rules are called in words, a row a case; what has no sentence stays an expression.
import { describe, expect, test } from "vitest";
import type { Form, FormNode } from "../../../forms/form";
import { is_always, named_in, words_of_rule } from "./rule_words";

const age: FormNode = { name: "age", type: "integer", label: { zh: "年龄" } };
const form: Form = {
  format: 1, id: "dogs", version: "1",
  lists: { yn: [{ name: "y", label: { zh: "有" } }, { name: "n", label: { zh: "没有" } }] },
  nodes: [{ name: "dog", type: "select_one", list: "yn", label: { zh: "养犬吗" } }, { name: "kinds", type: "select_many", list: "yn", label: { zh: "哪些" } }, age],
};

describe("a rule in words", () => {
  test.each([
    ["${dog} = 'y'", "《养犬吗》 是 有"],
    ["${dog} != ''", "《养犬吗》 已填"],
    ["${age} >= 18 and ${dog} = 'n'", "《年龄》 不小于 18，并且 《养犬吗》 是 没有"],
    ["selected(${kinds}, 'y') or ${age} < 3", "《哪些》 选了 有，或者 《年龄》 小于 3"],
    ["not(selected(${kinds}, 'y'))", "不是（《哪些》 选了 有）"],
    [". <= today()", "这一题的回答 不大于 今天"],
    ["string-length(.) = 11", "这一题的回答的字数 是 11"],
    ["count-selected(${kinds}) <= 2", "《哪些》选了几项 不大于 2"],
    [". > -1", "这一题的回答 大于 -1"],
  ])("%s", (rule, words) => {
    expect(words_of_rule(rule, named_in(form), age)).toBe(words);
  });

  test.each(["regex(., '[0-9]+')", "${nobody} = 1", "${age} +", "sum(${age}) div 2 > 3"])("%s has none", (rule) => {
    expect(words_of_rule(rule, named_in(form), age)).toBeUndefined();
  });

  test("what is always so is known as such", () => {
    expect(["true()", "yes", "false()", "${age} > 1", undefined].map(is_always)).toEqual([true, true, false, false, false]);
  });
});
