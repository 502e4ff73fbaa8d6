// The usual rules as rows one chooses: a question, a comparison, a value. Whatever is more than that stays an expression.
import type { Expression } from "../../../../forms/expression";
import { ExpressionFault } from "../../../../forms/fault";
import type { FormNode } from "../../../../forms/form";
import { parse } from "../../../../forms/parse";
import { tr } from "../../../../lib/words";

export type Compared = "=" | "!=" | "<" | "<=" | ">" | ">=" | "selected" | "not_selected" | "empty" | "filled";
/** The question itself in its own rule; how long its answer is. */
export const OWN = ".";
export const LENGTH = ".length";

export interface Condition {
  /** The name of a question, or [`OWN`], or [`LENGTH`]. */
  about: string;
  compared: Compared;
  value: string;
}

export interface Conditions {
  joint: "and" | "or";
  rows: Condition[];
}

const NUMBERS = new Set(["integer", "decimal", "range"]);
const MOMENTS = new Set(["date", "time", "date_time"]);
export const TODAY = "today()";

/** The comparisons that mean something for a question. */
export function compared_with(node: FormNode | undefined, about: string): Compared[] {
  if (about === LENGTH) return ["=", "<=", ">="];
  switch (node?.type) {
    case "select_many": return ["selected", "not_selected", "empty", "filled"];
    case "select_one": return ["=", "!=", "empty", "filled"];
    case "integer": case "decimal": case "range": case "date": case "time": case "date_time": return [">=", "<=", "=", "!=", ">", "<", "empty", "filled"];
    case "text": case "barcode": return ["=", "!=", "empty", "filled"];
    default: return ["filled", "empty"];
  }
}

export function compared_words(compared: Compared): string {
  switch (compared) {
    case "=": return tr("等于", "is");
    case "!=": return tr("不等于", "is not");
    case "<": return tr("小于", "is less than");
    case "<=": return tr("不大于", "is at most");
    case ">": return tr("大于", "is more than");
    case ">=": return tr("不小于", "is at least");
    case "selected": return tr("选了", "has chosen");
    case "not_selected": return tr("没选", "has not chosen");
    case "empty": return tr("没有填", "is empty");
    case "filled": return tr("已填", "is answered");
  }
}

export const takes_value = (compared: Compared): boolean => compared !== "empty" && compared !== "filled";

/** The expression of the rows; nothing where there is none. `type_of` tells what a question's value is. */
export function expression_of({ joint, rows }: Conditions, type_of: (about: string) => string | undefined): string | undefined {
  const parts = rows.map((row) => part_of(row, type_of(row.about)));
  return parts.length > 0 ? parts.join(` ${joint} `) : undefined;
}

function part_of({ about, compared, value }: Condition, type: string | undefined): string {
  const subject = about === OWN ? "." : about === LENGTH ? "string-length(.)" : `\${${about}}`;
  switch (compared) {
    case "empty": return `${subject} = ''`;
    case "filled": return `${subject} != ''`;
    case "selected": return `selected(${subject}, ${quoted(value)})`;
    case "not_selected": return `not(selected(${subject}, ${quoted(value)}))`;
    default: return `${subject} ${compared} ${literal(value, about === LENGTH ? "integer" : type)}`;
  }
}

function literal(value: string, type: string | undefined): string {
  if (type !== undefined && NUMBERS.has(type) && /^-?\d+(\.\d+)?$/.test(value)) return value;
  if (type !== undefined && MOMENTS.has(type)) return value === TODAY ? TODAY : `date(${quoted(value)})`;
  return quoted(value);
}

/** XPath 1.0 has no way to write both quotation marks in one text; the second kind is left out. */
function quoted(value: string): string {
  return value.includes("'") ? `"${value.replaceAll('"', "")}"` : `'${value}'`;
}

/** The rows an expression is made of; nothing where it is more than rows. */
export function conditions_of(text: string | undefined): Conditions | undefined {
  if (text === undefined || text.trim() === "") return { joint: "and", rows: [] };
  try {
    const read = parse(text);
    const joint = read.is === "pair" && read.operator === "or" ? "or" : "and";
    const rows = joined(read, joint).map(row_of);
    return rows.every((row) => row !== undefined) ? { joint, rows } : undefined;
  } catch (fault) {
    if (fault instanceof ExpressionFault) return undefined;
    throw fault;
  }
}

function joined(one: Expression, joint: "and" | "or"): Expression[] {
  return one.is === "pair" && one.operator === joint ? [...joined(one.left, joint), ...joined(one.right, joint)] : [one];
}

function row_of(one: Expression): Condition | undefined {
  if (one.is === "call" && one.name === "not" && one.arguments[0]) {
    const inner = row_of(one.arguments[0]);
    return inner?.compared === "selected" ? { ...inner, compared: "not_selected" } : undefined;
  }
  if (one.is === "call" && one.name === "selected") {
    const [subject, value] = [one.arguments[0] && about_of(one.arguments[0]), one.arguments[1]];
    return subject && value?.is === "text" ? { about: subject, compared: "selected", value: value.text } : undefined;
  }
  return one.is === "pair" ? comparison_of(one) : undefined;
}

function comparison_of({ operator, left, right }: Extract<Expression, { is: "pair" }>): Condition | undefined {
  const about = about_of(left);
  const value = value_of(right);
  if (about === undefined || value === undefined || !["=", "!=", "<", "<=", ">", ">="].includes(operator)) return undefined;
  if (value === "" && operator === "=") return { about, compared: "empty", value: "" };
  if (value === "" && operator === "!=") return { about, compared: "filled", value: "" };
  return { about, compared: operator as Compared, value };
}

function about_of(one: Expression): string | undefined {
  if (one.is === "call" && one.name === "string-length") return one.arguments[0] && about_of(one.arguments[0]) === OWN ? LENGTH : undefined;
  if (one.is !== "path") return undefined;
  const { start, steps } = one.path;
  if (start.is === "named" && steps.length === 0) return start.name;
  return start.is === "here" && steps.length === 1 && steps[0]!.axis === "own" && steps[0]!.predicates.length === 0 ? OWN : undefined;
}

function value_of(one: Expression): string | undefined {
  if (one.is === "number") return String(one.number);
  if (one.is === "negative" && one.inner.is === "number") return String(-one.inner.number);
  if (one.is === "text") return one.text;
  if (one.is === "call" && one.name === "today") return TODAY;
  if (one.is === "call" && one.name === "date" && one.arguments[0]?.is === "text") return one.arguments[0].text;
  return undefined;
}
