// Many questions at once from a table or from lines: the question, its type, its choices. What is not said is guessed from what is there.
import type { Form, FormNode } from "../../../../forms/form";
import { MADE_TYPES, takes_choices, type_words, type QuestionType } from "../question_types";
import { begin_node, choices_from, languages_of } from "./making";

const SEPARATORS = /[、;；/|]/;

export interface Pasted {
  form: Form;
  nodes: FormNode[];
}

/** Each line a question: `题目<TAB>题型<TAB>选项、选项`. A line without a type is a choice where it has choices, else text. */
export function questions_from(pasted: string, form: Form): Pasted {
  let made: Pasted = { form, nodes: [] };
  for (const line of pasted.split(/\r?\n/)) {
    const cells = line.split("\t").map((cell) => cell.trim()).filter(Boolean);
    if (cells[0]) made = with_question(made, cells[0], cells.slice(1));
  }
  return made;
}

function with_question(made: Pasted, label: string, others: readonly string[]): Pasted {
  const named = others.map(type_of).find((type) => type !== undefined);
  const choices = others.find((cell) => SEPARATORS.test(cell));
  const type = named ?? (choices ? "select_one" : "text");
  const [language] = languages_of(made.form);
  const begun = begin_node({ ...made.form, nodes: [...made.form.nodes, ...made.nodes] }, type);
  const node: FormNode = { ...begun.node, label: { [language!.code]: label } };
  const lists = choices && takes_choices(type) ? { ...begun.form.lists, [node.list!]: choices_from(choices.split(SEPARATORS).join("\n"), [], languages_of(made.form)) } : begun.form.lists;
  return { form: { ...made.form, ...(lists && { lists }) }, nodes: [...made.nodes, node] };
}

function type_of(cell: string): QuestionType | undefined {
  return MADE_TYPES.find((type) => type === cell || type_words(type) === cell);
}
