// What was filled in with a form: listed without its inside, opened for a purpose, taken along masked.
import { Answers, type Json } from "../../../forms/answers";
import { text_in } from "../../../forms/form";
import { Plan } from "../../../forms/plan";
import type { TreeNode } from "../../../forms/tree";
import { api, ask, type Schema } from "../../../client/api";
import { tr } from "../../../lib/words";
import { save_file } from "../../registry/desk/files";
import { answer_words, is_file } from "../fill/answer_words";
import type { FormVersion } from "./forms";

export type SubmissionLine = Schema["SubmissionLine"];
export type SubmissionView = Schema["SubmissionView"];

const path = (id: string) => ({ path: { id } });

export function list_submissions(form: string, area: string, after: string) {
  return ask(api.GET("/api/fieldwork/forms/{id}/submissions", { params: { ...path(form), query: { ...(area && { area }), ...(after && { after }) } } }));
}

/** A look, on record before its answer. */
export const show_submission = (id: string, purpose: string): Promise<SubmissionView> => ask(api.GET("/api/fieldwork/submissions/{id}", { params: { ...path(id), query: { purpose } } }));

export async function export_submissions(form: string, area: string, purpose: string, name: string): Promise<void> {
  const call = api.POST("/api/fieldwork/forms/{id}/exports", { params: path(form), body: { purpose, ...(area && { area }) }, parseAs: "blob" });
  save_file(await ask(call as never as Promise<{ data?: Blob; error?: unknown; response: Response }>), name);
}

/** Where a photo or a recording is opened: a look of its own, on record. */
export const file_address = (id: string, name: string, purpose: string): string => `/api/fieldwork/submissions/${id}/files/${encodeURIComponent(name)}?${new URLSearchParams({ purpose })}`;

/** A question and what was said, or the heading of a group or of one instance of a repeat. */
export interface AnswerRow {
  address: string;
  depth: number;
  label: string;
  /** Nothing for a heading; empty where nothing was answered. */
  answer: string | undefined;
  /** Nothing was answered, nor below a heading. */
  is_empty: boolean;
  /** The name of a photo, a recording or a signature. */
  file?: string;
}

/** The answers as they are read: every question that was asked, in the order of its form. */
export function rows_of(version: FormVersion, answers: unknown, language: string): AnswerRow[] {
  const read = Answers.of_json(new Plan(version.definition), answers as Json);
  return read.root.children().flatMap((node) => rows_below(read, node, language, 0));
}

function rows_below(read: Answers, node: TreeNode, language: string, depth: number): AnswerRow[] {
  const definition = node.item?.node;
  if (!definition || definition.type === "note") return [];
  const label = text_in(definition.label, language) || definition.name;
  if (!definition.nodes) {
    const answer = answer_words(read, node, language);
    return [{ address: node.address(), depth, label, answer, is_empty: answer === "", ...(is_file(definition.type) && node.text && { file: node.text }) }];
  }
  const inner = node.children().flatMap((child) => rows_below(read, child, language, depth + 1));
  const heading = definition.type === "repeat" ? tr(`${label} 第 ${node.position()} 个`, `${label} no. ${node.position()}`) : label;
  return inner.length > 0 ? [{ address: node.address(), depth, label: heading, answer: undefined, is_empty: inner.every((row) => row.is_empty) }, ...inner] : [];
}
