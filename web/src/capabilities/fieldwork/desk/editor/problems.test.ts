// What is wrong with a form while it is written, a row a case.
import { expect, test } from "vitest";
import type { Form, FormNode } from "../../../../forms/form";
import { problems_of } from "./problems";

const whole = (...nodes: FormNode[]): Form => ({ format: 1, id: "dogs", version: "", title: { zh: "养犬" }, lists: { yn: [{ name: "y", label: { zh: "有" } }], bare: [{ name: "1", label: {} }] }, nodes });
const asked = (more: Partial<FormNode>): FormNode => ({ name: "q", type: "text", label: { zh: "问" }, ...more });

test.each<[string, Form, string[]]>([
  ["nothing", whole(asked({}), asked({ name: "r", relevant: "${q} != ''" })), []],
  ["no words", whole(asked({ label: {} })), ["label"]],
  ["a name twice", whole(asked({}), asked({})), ["name", "name"]],
  ["a name that is none", whole(asked({ name: "1 a" })), ["name"]],
  ["a rule about nobody", whole(asked({ relevant: "${x} = 1" })), ["relevant"]],
  ["a rule that ends early", whole(asked({ constraint: ". >" })), ["constraint"]],
  ["a choice without words", whole(asked({ type: "select_one", list: "bare" })), ["choices"]],
  ["a choice without a list", whole(asked({ type: "select_one", list: "none" })), ["choices"]],
  ["an empty group", whole({ name: "g", type: "group", nodes: [] }), ["nodes"]],
  ["a scale that goes nowhere", whole(asked({ type: "range", start: 5, end: 1, step: 1 })), ["range"]],
  ["no title, no key, no question", { ...whole(), title: {}, id: "" }, ["title", "id", "nodes"]],
])("%s", (_, form, fields) => {
  expect(problems_of(form).map((one) => one.field)).toEqual(fields);
});
