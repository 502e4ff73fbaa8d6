// Lines that become questions.
import { expect, test } from "vitest";
import { empty_form } from "./making";
import { questions_from } from "./pasting";

test("a table of questions: types by their words, choices make a choice, the rest is text", () => {
  const { form, nodes } = questions_from("户主姓名\n养犬吗\t有、没有\n\n几只\t整数\n犬种\t多选\t田园犬/金毛/其他\n入户照片\tphoto", empty_form());
  expect(nodes.map((node) => [node.name, node.type, node.label!.zh])).toEqual([
    ["q_1", "text", "户主姓名"],
    ["q_2", "select_one", "养犬吗"],
    ["q_3", "integer", "几只"],
    ["q_4", "select_many", "犬种"],
    ["q_5", "photo", "入户照片"],
  ]);
  expect(form.lists![nodes[3]!.list!]!.map((one) => one.label!.zh)).toEqual(["田园犬", "金毛", "其他"]);
});
