// The shared vectors, run by this evaluator; crates/forms runs the same files. Whoever changes the language changes them first.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Answers, type Json } from "./answers";
import { check } from "./check";
import { parse_moment } from "./date";
import type { Scene, Value } from "./evaluate";
import { ExpressionFault } from "./fault";
import type { Form } from "./form";
import { text_of_number } from "./number";
import { offered, sentence } from "./offer";
import { Plan } from "./plan";

type Expected = string | number | boolean | string[] | { number?: string; near?: number; within?: number; fails?: string };

interface Expressions {
  now: string;
  language: string;
  seed: number;
  forms: Record<string, { form: Form; answers: Json }>;
  groups: { why: string; form: string; at: string; language?: string; cases: [string, Expected][] }[];
}

interface Fillings {
  now: string;
  language: string;
  seed: number;
  stories: { why: string; form: Form; steps: Step[]; gives: Json }[];
}

interface Step {
  set?: [address: string, text: string];
  add?: string;
  remove?: string;
  changed?: string[];
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

const fillings = read<Fillings>("fillings");

function take(answers: Answers, { set, add, remove }: Step): string[] {
  const changed = set ? answers.set(...set, scene) : add ? answers.add_instance(add, scene) : answers.remove_instance(remove!, scene);
  return changed.map((node) => node.address());
}

for (const story of fillings.stories) {
  it(story.why, () => {
    const answers = Answers.begin(new Plan(story.form), scene);
    for (const step of story.steps) {
      const changed = take(answers, step);
      if (!step.changed) continue;
      expect(changed[0], JSON.stringify(step)).toEqual(step.changed[0]);
      expect(changed.sort(), JSON.stringify(step)).toEqual(step.changed.slice().sort());
    }
    const { id: _by_chance, ...gives } = answers.to_json(true) as { [name: string]: Json };
    expect(gives).toEqual(story.gives);
    const again = Answers.of_json(answers.plan, answers.to_json(false));
    expect(again.to_json(false)).toEqual(answers.to_json(false));
  });
}

/** Every question depends on the one before it, so that the first sets all going. */
function long_form(questions: number): Form {
  const nodes = [{ name: "q0", type: "integer" }];
  const chain = Array.from({ length: questions - 1 }, (_, index) => ({
    name: `q${index + 1}`,
    type: "integer",
    calculation: `\${q${index}} + 1`,
    relevant: `\${q${index}} > 0`,
  }));
  return { format: 1, id: "long", version: "1", nodes: [...nodes, ...chain, { name: "single", type: "integer" }, { name: "after", type: "integer", calculation: "${single} * 2" }] };
}

it("a key costs what depends on it", () => {
  const answers = Answers.begin(new Plan(long_form(10_000)), scene);
  const begin = performance.now();
  expect(answers.set("/single", "4", scene).map((node) => node.name)).toEqual(["single", "after"]);
  const one = performance.now() - begin;
  expect(answers.set("/q0", "1", scene)).toHaveLength(10_000);
  const all = performance.now() - begin - one;
  console.log(`of 10,000 questions: one that depends ${one.toFixed(1)} ms, all that depend ${all.toFixed(0)} ms`);
  expect(one).toBeLessThan(100);
});

interface Checks {
  stories: {
    why: string;
    language: string;
    form: Form;
    answers: Json;
    faults: [address: string, code: string, message: string][];
    offers: Record<string, string[]>;
    sentences: Record<string, string>;
  }[];
}

for (const story of read<Checks>("checks").stories) {
  it(story.why, () => {
    const here = { ...scene, language: story.language };
    const answers = Answers.of_json(new Plan(story.form), story.answers);
    answers.settle_whole(here);
    expect(check(answers, here).map(({ node, code, message }) => [node.address(), code, message])).toEqual(story.faults);
    for (const [address, expected] of Object.entries(story.offers)) {
      const choices = offered(answers, answers.root.find(address)!, answers.world(here));
      expect(choices.map((choice) => choice.name)).toEqual(expected);
    }
    for (const [address, expected] of Object.entries(story.sentences)) {
      const node = answers.root.find(address)!;
      expect(sentence(answers, node.item!.node.label, node, here)).toBe(expected);
    }
  });
}
