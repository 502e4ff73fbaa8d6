// Forms on the desk: the way to the server, and what states and titles are called.
import { api, ask, Refusal, type Schema } from "../../../client/api";
import { read_all_pages } from "../../../client/pages";
import type { Form, Text } from "../../../forms/form";
import { text_in } from "../../../forms/form";
import { is_english, tr } from "../../../lib/words";

export type FormLine = Schema["FormView"];
export type FormWithVersions = Schema["FormWithVersions"];
export type VersionLine = Schema["FormVersionLine"];
export type FormState = Schema["FormState"];
export type Finding = Schema["FormFinding"];
export type KnownField = Schema["KnownField"];
export type Change = Schema["ChangeFinding"];
export type Burden = Schema["Burden"];
/** A version whose definition is read as the forms' own engine does. */
export type FormVersion = Omit<Schema["FormVersionView"], "definition"> & { definition: Form };


/** All forms one works with; a page may be empty and yet not the last. */
export async function list_forms(): Promise<FormLine[]> {
  return read_all_pages((after) => ask(api.GET("/api/fieldwork/forms", { params: { query: { after } } })));
}

const at = (id: string, number: number) => ({ params: { path: { id, number } } });

export const show_form = (id: string): Promise<FormWithVersions> => ask(api.GET("/api/fieldwork/forms/{id}", { params: { path: { id } } }));

export async function show_version(id: string, number: number): Promise<FormVersion> {
  return (await ask(api.GET("/api/fieldwork/forms/{id}/versions/{number}", at(id, number)))) as FormVersion;
}

export const list_changes = (id: string, number: number, against: number): Promise<Change[]> =>
  ask(api.GET("/api/fieldwork/forms/{id}/versions/{number}/changes", { params: { path: { id, number }, query: { against } } }));

export async function publish_version(id: string, number: number): Promise<void> {
  await ask(api.POST("/api/fieldwork/forms/{id}/versions/{number}/publish", at(id, number)));
}

export async function withdraw_version(id: string, number: number): Promise<void> {
  await ask(api.POST("/api/fieldwork/forms/{id}/versions/{number}/withdraw", at(id, number)));
}

/** Sends a workbook; the newest version sent again is answered, not doubled. */
export async function upload_workbook(file: File, area_path: string): Promise<FormVersion> {
  const body = new FormData();
  if (area_path) body.append("area", area_path);
  body.append("file", file, file.name);
  const sent = api.POST("/api/fieldwork/forms", { body: body as never, bodySerializer: (form: unknown) => form as FormData });
  return (await ask(sent)) as FormVersion;
}

/** Keeps a definition as the form's next version, a draft; with an area where the form is new. */
export async function save_definition(definition: Form, area_path: string): Promise<FormVersion> {
  const query = { ...(area_path && { area: area_path }) };
  return (await ask(api.POST("/api/fieldwork/forms/definition", { params: { query }, body: definition as never }))) as FormVersion;
}

/** What was found in a form that was refused for it. */
export function findings_of(refusal: unknown): { faults: Finding[]; told: Finding[] } | undefined {
  const extra = refusal instanceof Refusal ? (refusal.body.extra as { faults?: Finding[]; told?: Finding[] } | undefined) : undefined;
  return extra?.faults && { faults: extra.faults, told: extra.told ?? [] };
}

/** The language of the page, as forms name it. */
export const form_language = (): string => (is_english() ? "en" : "zh");

/** A form's own words in the language of the page. */
export const said = (text: unknown): string => text_in(text as Text | undefined, form_language());

export function title_of(form: { title: unknown; key?: string }): string {
  return said(form.title) || form.key || tr("没有标题", "Untitled");
}

export function state_words(state: FormState): string {
  switch (state) {
    case "draft": return tr("草稿", "draft");
    case "live": return tr("在用", "in use");
    case "withdrawn": return tr("已停用", "withdrawn");
  }
}

export const version_words = (number: number): string => tr(`第 ${number} 版`, `version ${number}`);
