// The shared vectors, run by this evaluator; crates/forms runs the same files. Whoever changes the language changes them first.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Answers, type Json } from "./answers";
import { parse_moment } from "./date";
import type { Scene, Value } from "./evaluate";
import { ExpressionFault } from "./fault";
import type { Form } from "./form";
import { text_of_number } from "./number";
import { Plan } from "./plan";

type Expected = string | number | boolean | string[] | { number?: string; near?: number; within?: number; fails?: string };

interface Expressions {
  now: string;
  language: string;
  seed: number;
  forms: Record<string, { form: Form; answers: Json }>;
  groups: { why: string; form: string; at: string; language?: string; cases: [string, Expected][] }[];
}

const UTC = { days: 0, millis: 0, offset: 0 };

function read<T>(name: string): T {
  return JSON.parse(readFileSync(`../crates/forms/vectors/${name}.json`, "utf8")) as T;
}

function given(answers: Answers, expression: string, at: string, scene: Scene): Value | ExpressionFault {
  try {
    return answers.evaluate(expression, at, scene);
  } catch (fault) {
    if (fault instanceof ExpressionFault) return fault;
    throw fault;
  }
}

/** In the words of the vectors, so that what differs can be read. */
function told(value: Value | ExpressionFault, expected: Expected): Expected {
  if (value instanceof ExpressionFault) return { fails: value.code };
  if (Array.isArray(value)) return value.map((node) => node.whole_text());
  if (typeof value !== "number") return value;
  const near = typeof expected === "object" && !Array.isArray(expected) ? expected.near : undefined;
  if (near !== undefined && Math.abs(value - near) <= (expected as { within: number }).within) return expected;
  return Number.isFinite(value) ? value + 0 : { number: text_of_number(value) };
}

const vectors = read<Expressions>("expressions");
const scene: Scene = { now: parse_moment(vectors.now, UTC)!, language: vectors.language, seed: vectors.seed };
const forms = new Map(
  Object.entries(vectors.forms).map(([name, { form, answers }]) => {
    const read_answers = Answers.of_json(new Plan(form), answers);
    read_answers.settle_whole(scene);
    return [name, read_answers];
  }),
);

for (const group of vectors.groups) {
  it(group.why, () => {
    const here = { ...scene, language: group.language ?? scene.language };
    for (const [expression, expected] of group.cases) {
      const value = given(forms.get(group.form)!, expression, group.at, here);
      expect({ expression: expression.slice(0, 100), gives: told(value, expected) }).toEqual({ expression: expression.slice(0, 100), gives: expected });
    }
  });
}
