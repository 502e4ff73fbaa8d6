// Rows and expressions into each other, a row a case; what is more than rows stays an expression.
import { describe, expect, test } from "vitest";
import { conditions_of, expression_of, type Conditions } from "./conditions";

const TYPES: Record<string, string> = { age: "integer", dog: "select_one", kinds: "select_many", born: "date", ".": "integer" };
const type_of = (about: string) => TYPES[about];

describe("rows and expressions", () => {
  test.each<[string, Conditions]>([
    ["${dog} = 'y'", { joint: "and", rows: [{ about: "dog", compared: "=", value: "y" }] }],
    ["${age} >= 18 and ${dog} != ''", { joint: "and", rows: [{ about: "age", compared: ">=", value: "18" }, { about: "dog", compared: "filled", value: "" }] }],
    ["selected(${kinds}, 'a') or not(selected(${kinds}, 'b'))", { joint: "or", rows: [{ about: "kinds", compared: "selected", value: "a" }, { about: "kinds", compared: "not_selected", value: "b" }] }],
    [". >= -5 and . <= 150", { joint: "and", rows: [{ about: ".", compared: ">=", value: "-5" }, { about: ".", compared: "<=", value: "150" }] }],
    ["string-length(.) = 11", { joint: "and", rows: [{ about: ".length", compared: "=", value: "11" }] }],
    ["${born} <= today()", { joint: "and", rows: [{ about: "born", compared: "<=", value: "today()" }] }],
    ["${born} < date('2000-01-01')", { joint: "and", rows: [{ about: "born", compared: "<", value: "2000-01-01" }] }],
    ["${dog} = \"it's\"", { joint: "and", rows: [{ about: "dog", compared: "=", value: "it's" }] }],
  ])("%s", (text, rows) => {
    expect(conditions_of(text)).toEqual(rows);
    expect(expression_of(rows, type_of)).toBe(text);
  });

  test.each(["${a} = 1 and (${b} = 1 or ${c} = 1)", "regex(., '[0-9]+')", "${a} + 1 > 2", "${a} >", "true()"])("%s is more than rows", (text) => {
    expect(conditions_of(text)).toBeUndefined();
  });

  test("no rule is no row, and no row is no rule", () => {
    expect(conditions_of(undefined)).toEqual({ joint: "and", rows: [] });
    expect(expression_of({ joint: "or", rows: [] }, type_of)).toBeUndefined();
  });
});
