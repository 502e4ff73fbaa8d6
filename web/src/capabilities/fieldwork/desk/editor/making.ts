// Parts of a form as they begin, and choices as they come out of a table.
import type { Choice, Form, FormNode, Text } from "../../../../forms/form";
import { is_holder, takes_choices, type QuestionType } from "../question_types";
import { free_name, names_of } from "./outline";

export const LANGUAGES = [{ code: "zh", name: "中文" }, { code: "en", name: "English" }];

/** A form nobody has written in yet. */
export const empty_form = (): Form => ({ format: 1, id: "", version: "", title: {}, languages: [...LANGUAGES], lists: {}, nodes: [] });

/** The languages a form is written in: of one that names none, the text without a language. */
export const languages_of = (form: Form): { code: string; name: string }[] => (form.languages?.length ? form.languages : [{ code: "und", name: "" }]);

/** A question of a type with a free name, and the form with the list it needs. */
export function begin_node(form: Form, type: QuestionType): { form: Form; node: FormNode } {
  const name = free_name(is_holder(type) ? "group_1" : "q_1", names_of(form));
  return shaped(form, { name, type, label: {} });
}

/** The same question as another type: its words and rules stay, what only the old type had goes. */
export function as_type(form: Form, node: FormNode, type: QuestionType): { form: Form; node: FormNode } {
  const { list, filter, nodes, count, shape: _shape, start: _start, end: _end, step: _step, what: _what, field: _field, pixels_max: _pixels, ...kept } = node;
  return shaped(form, { ...kept, type, ...(takes_choices(type) && { ...(list && { list }), ...(filter && { filter }) }), ...(is_holder(type) && { nodes: nodes ?? [] }), ...(type === "repeat" && count && { count }) });
}

/** What a type cannot be without. */
function shaped(form: Form, node: FormNode): { form: Form; node: FormNode } {
  switch (node.type) {
    case "select_one":
    case "select_many":
    case "rank": return node.list ? { form, node } : with_list(form, node);
    case "group":
    case "repeat": return { form, node: { ...node, nodes: node.nodes ?? [] } };
    case "place": return { form, node: { ...node, shape: "point" } };
    case "range": return { form, node: { ...node, start: 1, end: 5, step: 1 } };
    case "look_up": return { form, node: { ...node, field: "person.name" } };
    case "calculate": return { form, node: { ...node, calculation: node.calculation ?? "''" } };
    default: return { form, node };
  }
}

function with_list(form: Form, node: FormNode): { form: Form; node: FormNode } {
  const list = free_name(`${node.name}_list`, new Set(Object.keys(form.lists ?? {})));
  const choices = [{ name: "1", label: { [languages_of(form)[0]!.code]: "" } }, { name: "2", label: { [languages_of(form)[0]!.code]: "" } }];
  return { form: { ...form, lists: { ...form.lists, [list]: choices } }, node: { ...node, list } };
}

/** A text with one language set; an empty one is not kept. */
export function with_text(text: Text | undefined, language: string, words: string): Text {
  const { [language]: _before, ...others } = text ?? {};
  return words === "" ? others : { ...others, [language]: words };
}

/**
 * Choices from a table as Excel and WPS copy it, or from lines: one column is the label in the first language, further ones those of the next
 * languages. A label that was there keeps its name, so that answers given before still mean the same.
 */
export function choices_from(pasted: string, before: readonly Choice[], languages: readonly { code: string }[]): Choice[] {
  const first = languages[0]!.code;
  const taken = new Set<string>();
  const rows = pasted.split(/\r?\n/).map((line) => line.split("\t").map((cell) => cell.trim())).filter((cells) => cells[0]);
  const kept = (cells: string[]) => before.find((one) => one.label?.[first] === cells[0] && !taken.has(one.name));
  const names = rows.map((cells) => {
    const name = kept(cells)?.name;
    if (name) taken.add(name);
    return name;
  });
  const all = new Set([...taken, ...before.map((one) => one.name)]);
  return rows.map((cells, at) => {
    const name = names[at] ?? next_name(all);
    all.add(name);
    const label: Text = Object.fromEntries(languages.flatMap(({ code }, column) => (cells[column] ? [[code, cells[column]]] : [])));
    return { ...kept_columns(before, name), name, label };
  });
}

const kept_columns = (before: readonly Choice[], name: string): Partial<Choice> => {
  const columns = before.find((one) => one.name === name)?.columns;
  return columns ? { columns } : {};
};

/** The first number no choice has. */
function next_name(taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) if (!taken.has(String(number))) return String(number);
}

/** Choices as the lines one may paste again. */
export function lines_of(choices: readonly Choice[], languages: readonly { code: string }[]): string {
  return choices.map((choice) => languages.map(({ code }) => choice.label?.[code] ?? "").join("\t").trimEnd()).join("\n");
}

/** Lists no question uses go with the question that did. */
export function without_orphans(form: Form): Form {
  const used = new Set<string>();
  const look = (nodes: readonly FormNode[]): void => nodes.forEach((node) => {
    if (node.list) used.add(node.list);
    look(node.nodes ?? []);
  });
  look(form.nodes);
  return { ...form, lists: Object.fromEntries(Object.entries(form.lists ?? {}).filter(([name]) => used.has(name))) };
}

/** How many questions use a list. */
export function users_of(form: Form, list: string): number {
  const below = (nodes: readonly FormNode[]): number => nodes.reduce((sum, node) => sum + Number(node.list === list) + below(node.nodes ?? []), 0);
  return below(form.nodes);
}
