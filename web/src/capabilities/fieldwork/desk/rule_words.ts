// A rule of a form as a sentence, for the usual cases: “《是否养犬》是 是”. What it cannot say it leaves to the expression itself.
import type { Expression, Operator } from "../../../forms/expression";
import { ExpressionFault } from "../../../forms/fault";
import { text_in, type Form, type FormNode } from "../../../forms/form";
import { parse } from "../../../forms/parse";
import { tr } from "../../../lib/words";
import { form_language } from "./forms";

/** What a rule names, by the names of questions. */
export interface Named {
  question: (name: string) => FormNode | undefined;
  form: Form;
}

/** All questions and groups of a form, the outer ones first. */
export function nodes_of(form: Form): FormNode[] {
  const below = (node: FormNode): FormNode[] => [node, ...(node.nodes ?? []).flatMap(below)];
  return form.nodes.flatMap(below);
}

export function named_in(form: Form): Named {
  const known = new Map(nodes_of(form).map((node) => [node.name, node]));
  return { question: (name) => known.get(name), form };
}

/** The sentence; nothing where the rule is too much for one, or no rule at all. */
export function words_of_rule(text: string, named: Named, own?: FormNode): string | undefined {
  try {
    return sentence(parse(text), { named, own });
  } catch (fault) {
    if (fault instanceof ExpressionFault) return undefined;
    throw fault;
  }
}

/** Always so, or never: what `true()` and `yes` say. */
export function is_always(text: string | undefined): boolean {
  return text !== undefined && /^(true\(\)|yes|true|1)$/i.test(text.trim());
}

interface Around {
  named: Named;
  own: FormNode | undefined;
}

const COMPARED: Partial<Record<Operator, () => string>> = {
  "=": () => tr("是", "is"),
  "!=": () => tr("不是", "is not"),
  "<": () => tr("小于", "is less than"),
  "<=": () => tr("不大于", "is at most"),
  ">": () => tr("大于", "is more than"),
  ">=": () => tr("不小于", "is at least"),
};

function sentence(one: Expression, around: Around): string | undefined {
  if (one.is === "pair") return pair(one, around);
  if (one.is === "call") return call(one, around);
  return undefined;
}

function pair({ operator, left, right }: Extract<Expression, { is: "pair" }>, around: Around): string | undefined {
  if (operator === "and" || operator === "or") {
    const [one, other] = [sentence(left, around), sentence(right, around)];
    const joint = operator === "and" ? tr("，并且 ", " and ") : tr("，或者 ", " or ");
    return one && other && `${one}${joint}${other}`;
  }
  const compared = COMPARED[operator]?.();
  const subject = thing(left, around);
  const other = right.is === "text" ? choice_words(subject?.node, right.text, around) : thing(right, around)?.words;
  if (!compared || !subject || other === undefined) return undefined;
  if (other === "" && operator === "=") return tr(`${subject.words} 没有填`, `${subject.words} is not answered`);
  if (other === "" && operator === "!=") return tr(`${subject.words} 已填`, `${subject.words} is answered`);
  return `${subject.words} ${compared} ${other}`;
}

function call({ name, arguments: given }: Extract<Expression, { is: "call" }>, around: Around): string | undefined {
  const [first, second] = given;
  if (name === "true") return tr("总是", "always");
  if (name === "false") return tr("从不", "never");
  if (name === "selected" && first && second?.is === "text") {
    const subject = thing(first, around);
    return subject && tr(`${subject.words} 选了 ${choice_words(subject.node, second.text, around)}`, `${subject.words} has ${choice_words(subject.node, second.text, around)} chosen`);
  }
  if (name === "not" && first) {
    const inner = sentence(first, around);
    return inner && tr(`不是（${inner}）`, `not (${inner})`);
  }
  return undefined;
}

interface Thing {
  words: string;
  node?: FormNode | undefined;
}

/** A question, a number, or a text: what a comparison is about. */
function thing(one: Expression, around: Around): Thing | undefined {
  switch (one.is) {
    case "number": return { words: String(one.number) };
    case "text": return { words: one.text };
    case "negative": {
      const inner = thing(one.inner, around);
      return inner && { words: `-${inner.words}` };
    }
    case "path": return question(one, around);
    case "call": return counted(one, around);
    default: return undefined;
  }
}

function question({ path }: Extract<Expression, { is: "path" }>, { named, own }: Around): Thing | undefined {
  if (path.start.is === "named" && path.steps.length === 0) {
    const node = named.question(path.start.name);
    return node && { words: title(node), node };
  }
  const is_own = path.start.is === "here" && path.steps.length === 1 && path.steps[0]!.axis === "own";
  return is_own && own ? { words: tr("这一题的回答", "this answer"), node: own } : undefined;
}

function counted({ name, arguments: given }: Extract<Expression, { is: "call" }>, around: Around): Thing | undefined {
  if (name === "today") return { words: tr("今天", "today") };
  if (name === "now") return { words: tr("现在", "now") };
  const subject = given[0] && thing(given[0], around);
  if (!subject) return undefined;
  if (name === "string-length") return { words: tr(`${subject.words}的字数`, `the length of ${subject.words}`) };
  if (name === "count-selected") return { words: tr(`${subject.words}选了几项`, `the number chosen in ${subject.words}`) };
  if (name === "number" || name === "int") return subject;
  return undefined;
}

/** A choice by its label; everything else as it stands. */
function choice_words(node: FormNode | undefined, value: string, { named }: Around): string {
  const choice = node?.list ? named.form.lists?.[node.list]?.find((known) => known.name === value) : undefined;
  return choice ? text_in(choice.label, form_language()) || value : value;
}

function title(node: FormNode): string {
  const label = text_in(node.label, form_language());
  return tr(`《${label || node.name}》`, `“${label || node.name}”`);
}
