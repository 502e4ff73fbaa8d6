// What is still wrong with a form while it is written. The server has the last word; this says the usual things at once.
import type { Form, FormNode } from "../../../../forms/form";
import { is_question, text_in } from "../../../../forms/form";
import { tr } from "../../../../lib/words";
import { takes_choices } from "../question_types";
import { trouble_of } from "./expressions";
import { names_of, node_of, outline_of, type Spot } from "./outline";

export interface Problem {
  /** Where; none: the form itself. */
  spot: Spot | undefined;
  /** The field it concerns, as the editor names it. */
  field: string;
  words: string;
  /** Only not written yet: told when somebody wants to save, not while they write. */
  is_pending: boolean;
}

/** As XLSForm has it: a letter or `_`, then letters, digits, `_`, `-` and `.`. */
const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
/** Fields that are empty at first. */
const PENDING = new Set(["label", "choices", "nodes"]);
export const RULES = ["relevant", "required", "constraint", "calculation", "filter", "count", "read_only"] as const;

export function problems_of(form: Form): Problem[] {
  const names = names_of(form);
  return [...of_form(form), ...outline_of(form).flatMap(({ node, spot }) => of_node(form, node, spot, names))];
}

function of_form(form: Form): Problem[] {
  const found: Problem[] = [];
  const add = (field: string, words: string) => found.push({ spot: undefined, field, words, is_pending: true });
  if (text_in(form.title, "zh") === "") add("title", tr("表单还没有名字。", "The form has no title."));
  if (!NAME.test(form.id)) add("id", tr("标识要以字母开头，只用字母、数字、_ - .。", "The key begins with a letter and has only letters, digits, _ - and ."));
  if (form.nodes.length === 0) add("nodes", tr("还没有题目。", "There are no questions."));
  return found;
}

function of_node(form: Form, node: FormNode, spot: Spot, names: ReadonlySet<string>): Problem[] {
  const found: Problem[] = [];
  const add = (field: string, words: string) => found.push({ spot, field, words, is_pending: PENDING.has(field) });
  if (!NAME.test(node.name)) add("name", tr("变量名要以字母开头，只用字母、数字、_ - .。", "The name begins with a letter and has only letters, digits, _ - and ."));
  else if (siblings_of(form, spot).filter((one) => one.name === node.name).length > 1) add("name", tr(`变量名 ${node.name} 用了两次。`, `The name ${node.name} is used twice.`));
  if ((is_question(node) || node.type === "note") && text_in(node.label, "zh") === "") add("label", tr("还没有写题目。", "The question has no words."));
  if (takes_choices(node.type)) for (const words of choice_troubles(form, node)) add("choices", words);
  if (node.nodes?.length === 0) add("nodes", tr("组里还没有题目。", "The group is empty."));
  for (const rule of RULES) {
    const trouble = node[rule] === undefined ? undefined : trouble_of(node[rule], names);
    if (trouble) add(rule, trouble);
  }
  if (node.type === "range" && !(node.start! < node.end! && node.step! > 0)) add("range", tr("刻度要从小到大，步长大于 0。", "A scale goes upwards by a step above 0."));
  return found;
}

function choice_troubles(form: Form, node: FormNode): string[] {
  const choices = form.lists?.[node.list ?? ""] ?? [];
  if (choices.length === 0) return [tr("还没有选项。", "There are no choices.")];
  if (choices.some((one) => text_in(one.label, "zh") === "")) return [tr("有的选项还没有写字。", "A choice has no words.")];
  return [];
}

function siblings_of(form: Form, spot: Spot): readonly FormNode[] {
  return spot.length === 1 ? form.nodes : node_of(form, spot.slice(0, -1))?.nodes ?? [];
}
