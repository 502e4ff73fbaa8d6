// Asking nothing twice: answers that the register has are put in, and those that are fresh are shown instead of asked. Twin of
// crates/forms/src/answers/known.rs; the server counts what was not asked.
import type { Answers } from "./answers";
import type { Scene } from "./evaluate";
import type { Item } from "./plan";

/** What the register says of a field, for the subject the form is about. */
export interface Known {
  /** As an answer is written. */
  text: string;
  /** When it was last confirmed, ISO 8601. */
  at: string;
  /** Days since then. */
  age_days: number;
  /** Whether the register's own rule takes it for fresh; a form may ask for less or more days. */
  is_fresh: boolean;
}

/** What was put in for a question, and whether it is fresh enough not to ask. */
export interface Prefilled extends Known {
  is_asked: boolean;
}

/**
 * Puts what is known into the questions that declare a prefill and are empty. Nodes in repeats are not touched: a field has one
 * value, not one an instance. A draft that is taken up again is only compared (`puts_in` false): what was emptied stays empty.
 */
export function fill_known(answers: Answers, scene: Scene, look: (field: string) => Known | undefined, puts_in = true): Map<Item, Prefilled> {
  const prefilled = new Map<Item, Prefilled>();
  for (const item of answers.plan.items) {
    const register = item.node.register;
    const in_repeat = answers.plan.upwards(item).some((up) => up.node.type === "repeat");
    const known = register?.prefill === undefined || in_repeat ? undefined : look(register.prefill);
    if (!known) continue;
    const address = `/${item.names.join("/")}`;
    if (puts_in && answers.text(address) === "") answers.set(address, known.text, scene);
    const is_fresh = register?.fresh_days === undefined ? known.is_fresh : known.age_days <= register.fresh_days;
    prefilled.set(item, { ...known, is_asked: !is_fresh });
  }
  return prefilled;
}
