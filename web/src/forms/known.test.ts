// What is known and fresh is put in and not asked; what is stale is put in and asked; repeats and given answers are left alone.
import { expect, test } from "vitest";
import { Answers } from "./answers";
import type { Scene } from "./evaluate";
import type { Form } from "./form";
import { fill_known, type Known } from "./known";
import { Plan } from "./plan";

const SCENE: Scene = { now: { days: 20_000, millis: 0, offset: 480 }, language: "zh", seed: 1 };
const FORM: Form = {
  format: 1,
  id: "f",
  version: "1",
  nodes: [
    { name: "phone", type: "text", register: { prefill: "person.phones" } },
    { name: "use", type: "text", register: { prefill: "dwelling.use" } },
    { name: "gas", type: "text", register: { prefill: "dwelling.gas", fresh_days: 7 } },
    { name: "twice", type: "text", calculation: "concat(${use}, '!')" },
    { name: "one", type: "repeat", nodes: [{ name: "inner", type: "text", register: { prefill: "person.phones" } }] },
  ],
};
const known = (text: string, age_days: number, is_fresh: boolean): Known => ({ text, at: "2026-11-19T00:00:00Z", age_days, is_fresh });
const REGISTER: Record<string, Known> = {
  "person.phones": known("13900000001", 3, true),
  "dwelling.use": known("rented", 500, false),
  "dwelling.gas": known("bottle", 8, true),
};

test("fresh is shown, stale is asked with what was known, a form may ask for fewer days", () => {
  const plan = new Plan(FORM);
  const answers = Answers.begin(plan, SCENE);
  const prefilled = fill_known(answers, SCENE, (field) => REGISTER[field]);
  const asked = Object.fromEntries([...prefilled].map(([item, one]) => [item.node.name, one.is_asked]));
  expect(asked).toEqual({ phone: false, use: true, gas: true });
  expect(answers.to_json(true)).toEqual({ phone: "13900000001", use: "rented", gas: "bottle", twice: "rented!", one: [{}] });
});

test("what somebody has answered stays", () => {
  const answers = Answers.begin(new Plan(FORM), SCENE);
  answers.set("/phone", "13900000002", SCENE);
  fill_known(answers, SCENE, (field) => REGISTER[field]);
  expect(answers.text("/phone")).toBe("13900000002");
});
