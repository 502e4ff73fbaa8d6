// Forms that can be filled in: those the phone carries, else the server's.
import { api, ask } from "../../../client/api";
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
const PAGES_MAX = 20;

export async function list_forms(): Promise<FormLine[]> {
  if (standing.carries) return forms().map(line_of);
  const found: FormLine[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const part = await ask(api.GET("/api/fieldwork/forms", { params: { query: { ...(after && { after }) } } }));
    for (const one of part.items) if (one.live != null) found.push({ id: one.id, number: one.live, title: words_of(one.title) });
    if (!part.next) break;
    after = part.next;
  }
  return found;
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
