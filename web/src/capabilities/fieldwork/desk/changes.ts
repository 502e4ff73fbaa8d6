// Two versions of a form side by side: what stood there, what stands there now, for each difference the server found.
import type { Choice, Form, FormNode } from "../../../forms/form";
import { tr } from "../../../lib/words";
import { said, type Change } from "./forms";
import { type_words } from "./question_types";
import { rule_line, RULE_KEYS, sentence_of, type RuleKey } from "./rule_lines";
import { named_in, nodes_of } from "./rule_words";

/** One difference, as a row with two sides. */
export interface SideBySide {
  path: string;
  /** The question in its words; of choices, the questions that offer them. */
  where: string;
  what: Change["what"];
  words: Change["words"];
  before: string[];
  after: string[];
}

const WORDED: (keyof FormNode)[] = ["label", "hint", "guidance", "required_message", "constraint_message"];

export function side_by_side(changes: readonly Change[], older: Form, newer: Form): SideBySide[] {
  return changes.map((change) => ({ path: change.path, where: where_of(change, older, newer), what: change.what, words: change.words, ...sides(change, older, newer) }));
}

function where_of(change: Change, older: Form, newer: Form): string {
  if (change.what === "choices") {
    const offering = nodes_of(newer).filter((node) => node.list === change.path).map((node) => said(node.label) || node.name);
    return offering.join(tr("、", ", ")) || change.path;
  }
  const node = node_at(newer, change.path) ?? node_at(older, change.path);
  return (node && said(node.label)) || change.path;
}

function sides(change: Change, older: Form, newer: Form): Pick<SideBySide, "before" | "after"> {
  if (change.what === "choices") return choice_sides(older.lists?.[change.path] ?? [], newer.lists?.[change.path] ?? []);
  const [was, is] = [node_at(older, change.path), node_at(newer, change.path)];
  switch (change.what) {
    case "added": return { before: [], after: is ? whole(is) : [] };
    case "removed": return { before: was ? whole(was) : [], after: [] };
    case "words": return { before: differing(was, is, WORDED, words_line), after: differing(is, was, WORDED, words_line) };
    case "rules": return { before: differing(was, is, RULE_KEYS, rules_in(older)), after: differing(is, was, RULE_KEYS, rules_in(newer)) };
    default: return { before: was ? whole(was) : [], after: is ? whole(is) : [] };
  }
}

/** A node by its path, `/household/age`. */
export function node_at(form: Form, path: string): FormNode | undefined {
  let nodes: readonly FormNode[] | undefined = form.nodes;
  let found: FormNode | undefined;
  for (const name of path.split("/").filter(Boolean)) {
    found = nodes?.find((node) => node.name === name);
    nodes = found?.nodes;
  }
  return found;
}

const whole = (node: FormNode): string[] => [`${said(node.label) || node.name}${tr("（", " (")}${type_words(node.type)}${tr("）", ")")}`];

type Line = (node: FormNode, key: keyof FormNode) => string;
const words_line: Line = (node, key) => said(node[key]);
function rules_in(form: Form): Line {
  const named = named_in(form);
  return (node, key) => {
    const line = rule_line(node, key as RuleKey, named);
    return line ? sentence_of(line) : "";
  };
}

/** The lines of one side whose value the other has not. */
function differing(one: FormNode | undefined, other: FormNode | undefined, keys: (keyof FormNode)[], line: Line): string[] {
  if (!one) return [];
  const differs = (key: keyof FormNode) => JSON.stringify(one[key]) !== JSON.stringify(other?.[key]);
  return keys.filter(differs).map((key) => line(one, key)).filter(Boolean);
}

/** Only what was added, removed or reworded, choice by choice. */
function choice_sides(was: readonly Choice[], is: readonly Choice[]): Pick<SideBySide, "before" | "after"> {
  const line = (choice: Choice) => said(choice.label) || choice.name;
  const unlike = (all: readonly Choice[], others: readonly Choice[]) => all.filter((choice) => {
    const other = others.find((one) => one.name === choice.name);
    return !other || line(other) !== line(choice);
  }).map(line);
  return { before: unlike(was, is), after: unlike(is, was) };
}
