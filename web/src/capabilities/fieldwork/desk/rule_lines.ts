// The rules of a question as lines: what each is for, in words where there are words, else as written.
import type { FormNode } from "../../../forms/form";
import { tr } from "../../../lib/words";
import { is_always, words_of_rule, type Named } from "./rule_words";

/** What may be written about a question besides its words, in the order it is read. */
const RULES = {
  relevant: () => tr("什么时候问", "Asked when"),
  required: () => tr("必填", "Required"),
  constraint: () => tr("回答要满足", "An answer must keep"),
  calculation: () => tr("算出", "Worked out as"),
  default: () => tr("起初是", "At first"),
  filter: () => tr("只给这些选项", "Choices offered"),
  count: () => tr("重复几次", "How often"),
  read_only: () => tr("只读", "Read only"),
  appearance: () => tr("样子", "Looks"),
} satisfies Partial<Record<keyof FormNode, () => string>>;
export type RuleKey = keyof typeof RULES;
export const RULE_KEYS = Object.keys(RULES) as RuleKey[];

export interface RuleLine {
  key: RuleKey;
  name: string;
  /** The rule in words; none where it can only be read as it is written. */
  words: string | undefined;
  expression: string;
  /** It holds always: its name says all. */
  always: boolean;
}

export function rule_line(node: FormNode, key: RuleKey, named: Named): RuleLine | undefined {
  const expression = node[key];
  if (expression === undefined || expression === "") return undefined;
  const words = key === "appearance" ? undefined : words_of_rule(expression, named, node);
  return { key, name: RULES[key](), words, expression, always: (key === "required" || key === "read_only") && is_always(expression) };
}

/** In one sentence: “必填”, “什么时候问：《养犬吗》 是 有”. */
export const sentence_of = (line: RuleLine): string => (line.always ? line.name : `${line.name}${tr("：", ": ")}${line.words ?? line.expression}`);
