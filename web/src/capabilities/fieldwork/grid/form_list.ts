// Forms that can be filled in: those the phone carries, else the server's.
import { api, ask } from "../../../client/api";
import { read_all_pages } from "../../../client/pages";
import type { Words } from "../../../lib/words";
import { forms, standing } from "../../../offline";
import type { FormRow } from "../../../offline/wire";

export interface FormLine {
  id: string;
  number: number;
  title: Words;
}

export interface FillableForm extends FormLine {
  definition: Record<string, unknown>;
}

/** Pages of the server's list; one may be empty and not the last. */

export async function list_forms(): Promise<FormLine[]> {
  if (standing.carries) return forms().map(line_of);
  const found = await read_all_pages((after) => ask(api.GET("/api/fieldwork/forms", { params: { query: { after } } })));
  return found.flatMap((one) => (one.live == null ? [] : [{ id: one.id, number: one.live, title: words_of(one.title) }]));
}

export async function find_form(id: string): Promise<FillableForm> {
  const carried = forms().find((one) => one.id === id);
  if (carried) return { ...line_of(carried), definition: carried.definition };
  const form = await ask(api.GET("/api/fieldwork/forms/{id}", { params: { path: { id } } }));
  const number = form.live ?? 1;
  const version = await ask(api.GET("/api/fieldwork/forms/{id}/versions/{number}", { params: { path: { id, number } } }));
  return { id, number, title: words_of(version.title), definition: version.definition };
}

function line_of({ id, number, title }: FormRow): FormLine {
  return { id, number, title: words_of(title) };
}

/** A title in the languages its workbook has. */
export function words_of(title: Record<string, string>): Words {
  const [first = ""] = Object.values(title);
  return { zh: title.zh ?? title.und ?? first, en: title.en ?? title.und ?? first };
}
