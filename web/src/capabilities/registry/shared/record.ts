// The register as the screens know it: looks at its records, and the deeds done to them. Every look names its purpose; every deed can be undone.
import { api, ask, type Schema } from "../../../client/api";
import { new_id } from "../../../lib/ids";
import { told, type Words } from "../../../lib/words";

// What is about a person is marked in the description of the API and has no type there: here it has.
export type FieldView = Omit<Schema["FieldView"], "shown"> & { shown: Words };
export type RecordView = Omit<Schema["RecordView"], "label" | "fields"> & { label: string; fields: FieldView[] };
export type FieldChangeView = Omit<Schema["FieldChangeView"], "before" | "after"> & { before: Words | null; after: Words | null };
export type ChangeView = Omit<Schema["ChangeView"], "fields"> & { fields: FieldChangeView[] };

/** Somebody who lives in a home, and how. */
export interface MemberView {
  residence: RecordView;
  person: RecordView;
}

export interface HomeView {
  dwelling: RecordView;
  /** The place of its building. */
  building: string | null;
  households: RecordView[];
  members: MemberView[];
  shares: RecordView[];
}

export interface PersonView {
  person: RecordView;
  residences: { residence: RecordView; address: string }[];
  /** Nothing where the look does not open them. */
  facts: RecordView[] | null;
}

export type BuildingView = Schema["BuildingView"];
export type Deed = Schema["Deed"];
export type Given = Schema["GivenBody"];
export type Source = Schema["Source"];
export type Kind = Schema["Kind"];
/** Values by the catalogue's keys; null takes one out. */
export type Values = Record<string, unknown>;
/** The description of the API has no type for what the catalogue decides. */
const sent = (values: Values): Record<string, never> => values as Record<string, never>;

/** Why one looks, and which sealed values are to be open. */
export interface Look {
  purpose: string;
  open: readonly string[];
}

const query_of = (look: Look) => ({ purpose: look.purpose, open: look.open.join(",") });
/** Sent twice, done once. */
const once = () => ({ "idempotency-key": new_id() });

export function find_record(id: string, look: Look): Promise<RecordView> {
  return ask(api.GET("/api/registry/records/{id}", { params: { path: { id }, query: query_of(look) } })) as Promise<unknown> as Promise<RecordView>;
}

export function find_person(id: string, look: Look): Promise<PersonView> {
  return ask(api.GET("/api/registry/people/{id}", { params: { path: { id }, query: query_of(look) } })) as Promise<unknown> as Promise<PersonView>;
}

export function find_home(id: string, look: Look): Promise<HomeView> {
  return ask(api.GET("/api/registry/dwellings/{id}/home", { params: { path: { id }, query: query_of(look) } })) as Promise<unknown> as Promise<HomeView>;
}

export function find_building(id: string): Promise<BuildingView> {
  return ask(api.GET("/api/registry/places/{id}/building", { params: { path: { id } } }));
}

export function find_history(id: string, look: Look): Promise<ChangeView[]> {
  return ask(api.GET("/api/registry/records/{id}/history", { params: { path: { id }, query: query_of(look) } })) as Promise<unknown> as Promise<ChangeView[]>;
}

export function enter({ values, ...body }: Omit<Schema["EnterBody"], "id" | "values"> & { values: Values }): Promise<Deed> {
  return ask(api.POST("/api/registry/records", { body: { id: new_id(), values: sent(values), ...body }, headers: once() }));
}

export function amend(record: Pick<RecordView, "id" | "version">, values: Values, given: Given): Promise<Deed> {
  return ask(api.POST("/api/registry/records/{id}/amend", { params: { path: { id: record.id } }, body: { version: record.version, values: sent(values), given }, headers: once() }));
}

export function confirm(record: Pick<RecordView, "id" | "version">, fields: string[], given: Given): Promise<Deed> {
  return ask(api.POST("/api/registry/records/{id}/confirm", { params: { path: { id: record.id } }, body: { version: record.version, fields, given }, headers: once() }));
}

export function end(record: Pick<RecordView, "id" | "version">, on: string, given: Given): Promise<Deed> {
  return ask(api.POST("/api/registry/records/{id}/end", { params: { path: { id: record.id } }, body: { version: record.version, on: on || null, given }, headers: once() }));
}

export function move_in(person: string, { values, ...body }: Omit<Schema["MoveInBody"], "values"> & { values: Values }): Promise<Deed> {
  return ask(api.POST("/api/registry/people/{id}/move-in", { params: { path: { id: person } }, body: { values: sent(values), ...body }, headers: once() }));
}

export function move_out(residence: string, to_on: string): Promise<Deed> {
  return ask(api.POST("/api/registry/residences/{id}/move-out", { params: { path: { id: residence } }, body: { to_on: to_on || null }, headers: once() }));
}

export function merge(body: Schema["MergeBody"]): Promise<Deed> {
  return ask(api.POST("/api/registry/merges", { body, headers: once() }));
}

export function undo_act(act: string): Promise<Schema["UndoneView"]> {
  return ask(api.POST("/api/registry/acts/{act}/undo", { params: { path: { act } }, headers: once() }));
}

export function field_of(record: RecordView, key: string): FieldView | undefined {
  return record.fields.find((field) => field.key === key);
}

export type RecordAction = Schema["RecordAction"];

/** Whether the reader may do this with the record: as the server said when it was read. */
export function can(record: RecordView, action: RecordAction): boolean {
  return record.actions.some((one) => one.action === action && one.can);
}

/** Why the reader may not, in words; nothing where it may be done. */
export function why_not(record: RecordView, action: RecordAction): string {
  return told(record.actions.find((one) => one.action === action && !one.can)?.why);
}

/** Where a record is shown, below the face. */
export function address_of(kind: Kind, id: string): string {
  switch (kind) {
    case "person": return `/register/people/${id}`;
    case "dwelling": return `/register/homes/${id}`;
    default: return `/register/records/${id}`;
  }
}
