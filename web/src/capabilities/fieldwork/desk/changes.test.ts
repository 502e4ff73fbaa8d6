// Two versions side by side, a row a kind of difference.
import { expect, test } from "vitest";
import type { Form } from "../../../forms/form";
import type { Change } from "./forms";
import { side_by_side } from "./changes";

const words = { zh: "", en: "" };
const form = (nodes: Form["nodes"], lists: Form["lists"] = {}): Form => ({ format: 1, id: "f", version: "1", lists, nodes });
const older = form([{ name: "g", type: "group", nodes: [{ name: "age", type: "integer", label: { zh: "几岁" }, constraint: ". > 0" }] }, { name: "old", type: "note", label: { zh: "旧说明" } }], { yn: [{ name: "y", label: { zh: "是" } }, { name: "n", label: { zh: "否" } }] });
const newer = form([{ name: "g", type: "group", nodes: [{ name: "age", type: "decimal", label: { zh: "年龄" }, constraint: ". >= 0" }] }, { name: "fresh", type: "text", label: { zh: "新题" } }], { yn: [{ name: "y", label: { zh: "有" } }, { name: "x", label: { zh: "不清楚" } }, { name: "n", label: { zh: "否" } }] });

test.each<[Change["what"], string, string, string[], string[]]>([
  ["added", "/fresh", "新题", [], ["新题（文字）"]],
  ["removed", "/old", "旧说明", ["旧说明（说明（只读））"], []],
  ["words", "/g/age", "年龄", ["几岁"], ["年龄"]],
  ["rules", "/g/age", "年龄", ["回答要满足：这一题的回答 大于 0"], ["回答要满足：这一题的回答 不小于 0"]],
  ["type", "/g/age", "年龄", ["几岁（整数）"], ["年龄（小数）"]],
  ["choices", "yn", "yn", ["是"], ["有", "不清楚"]],
])("%s %s", (what, path, where, before, after) => {
  expect(side_by_side([{ what, path, words }], older, newer)).toEqual([{ what, path, where, words, before, after }]);
});
