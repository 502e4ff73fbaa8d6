// Choices from pasted tables, and types that change into each other.
import { describe, expect, test } from "vitest";
import type { Form } from "../../../../forms/form";
import { as_type, begin_node, choices_from, empty_form, lines_of, with_text, without_orphans } from "./making";

const ZH_EN = [{ code: "zh" }, { code: "en" }];

describe("choices from a table", () => {
  test("lines become choices, a second column their English", () => {
    expect(choices_from("有\tyes\n没有\tno\n\n不清楚", [], ZH_EN)).toEqual([
      { name: "1", label: { zh: "有", en: "yes" } },
      { name: "2", label: { zh: "没有", en: "no" } },
      { name: "3", label: { zh: "不清楚" } },
    ]);
  });

  test("a label that was there keeps its name, a new one gets a free one", () => {
    const before = [{ name: "1", label: { zh: "有" } }, { name: "9", label: { zh: "没有" }, columns: { area: "a" } }];
    expect(choices_from("没有\n不清楚\n有", before, ZH_EN)).toEqual([
      { name: "9", label: { zh: "没有" }, columns: { area: "a" } },
      { name: "2", label: { zh: "不清楚" } },
      { name: "1", label: { zh: "有" } },
    ]);
  });

  test("the same label twice is two choices", () => {
    expect(choices_from("有\n有", [{ name: "1", label: { zh: "有" } }], ZH_EN).map((one) => one.name)).toEqual(["1", "2"]);
  });

  test("what is written out is read back", () => {
    const choices = choices_from("有\tyes\n没有", [], ZH_EN);
    expect(choices_from(lines_of(choices, ZH_EN), choices, ZH_EN)).toEqual(choices);
  });
});

describe("types", () => {
  test("a choice brings its list, which goes when no question uses it", () => {
    const one = begin_node(empty_form(), "select_one");
    const form: Form = { ...one.form, nodes: [one.node] };
    expect(form.lists![one.node.list!]).toHaveLength(2);
    const changed = as_type(form, { ...one.node, label: { zh: "养犬吗" }, relevant: "true()" }, "integer");
    expect(changed.node).toEqual({ name: one.node.name, type: "integer", label: { zh: "养犬吗" }, relevant: "true()" });
    expect(without_orphans({ ...changed.form, nodes: [changed.node] }).lists).toEqual({});
  });

  test("one choice to several keeps the list", () => {
    const one = begin_node(empty_form(), "select_one");
    expect(as_type(one.form, one.node, "select_many").node.list).toBe(one.node.list);
  });

  test("an empty text is not kept", () => {
    expect(with_text({ zh: "问题", en: "q" }, "en", "")).toEqual({ zh: "问题" });
  });
});
