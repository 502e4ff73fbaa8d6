// An expression while it is written: what is wrong with it, in words, before the server says it.
import type { Expression } from "../../../../forms/expression";
import { ExpressionFault } from "../../../../forms/fault";
import { parse } from "../../../../forms/parse";
import { tr } from "../../../../lib/words";

/** By the codes of the forms' engine; those that stand nowhere here are told by `otherwise`. */
const WORDS: Record<string, (detail: string) => string> = {
  "expression.empty": () => tr("表达式是空的。", "The expression is empty."),
  "expression.ends_early": () => tr("没有写完，例如少了括号或另一半。", "It ends too early: a bracket or a second half is missing."),
  "expression.unexpected": () => tr("有个字符或词放错了位置。", "A sign or word does not belong where it stands."),
  "expression.open_text": () => tr("引号没有配对。", "A quotation mark is not closed."),
  "expression.too_long": () => tr("太长，请拆成几个计算。", "Too long: split it into several calculations."),
  "expression.too_deep": () => tr("嵌套太深，请拆成几个计算。", "Nested too deep: split it into several calculations."),
  "expression.unknown_function": (name) => tr(`没有函数 ${name}()。`, `There is no function ${name}().`),
  "expression.unsupported_function": (name) => tr(`不支持函数 ${name}()。`, `The function ${name}() is not supported.`),
  "expression.unsupported_axis": (name) => tr(`不支持路径轴 ${name}。`, `The axis ${name} is not supported.`),
  "expression.arguments": (name) => tr(`函数 ${name}() 的参数个数不对。`, `${name}() does not take so many arguments.`),
  "expression.needs_nodes": (name) => tr(`函数 ${name}() 里要写题目。`, `${name}() needs a question.`),
  "expression.bad_pattern": () => tr("正则表达式不能用。", "The regular expression cannot be used."),
};
const otherwise = (code: string) => tr(`表达式有误（${code}）。`, `Something is wrong with the expression (${code}).`);

/** What is wrong with an expression, where something is: how it is written, then what it names. */
export function trouble_of(text: string, names: ReadonlySet<string>): string | undefined {
  try {
    const unknown = references_of(parse(text)).find((name) => !names.has(name));
    return unknown === undefined ? undefined : tr(`没有题目 ${unknown}。`, `There is no question ${unknown}.`);
  } catch (fault) {
    if (!(fault instanceof ExpressionFault)) throw fault;
    return (WORDS[fault.code] ?? (() => otherwise(fault.code)))(fault.detail);
  }
}

/** The questions an expression names with `${…}`. */
export function references_of(one: Expression): string[] {
  switch (one.is) {
    case "call": return one.arguments.flatMap(references_of);
    case "pair": return [...references_of(one.left), ...references_of(one.right)];
    case "negative": return references_of(one.inner);
    case "path": {
      const { start, steps } = one.path;
      const at_start = start.is === "named" ? [start.name] : start.is === "of" ? [start.inner, ...start.predicates].flatMap(references_of) : [];
      return [...at_start, ...steps.flatMap((step) => step.predicates.flatMap(references_of))];
    }
    default: return [];
  }
}
