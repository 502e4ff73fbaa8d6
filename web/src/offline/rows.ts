// What is carried: rows of the server, sealed one by one on the phone, open in memory while it is unlocked.
import { shallowRef, triggerRef, type ShallowRef } from "vue";
import { deed, got, look } from "./database";
import { phone } from "./phone";
import { open, seal, type Sealed } from "./seal";
import { tell_tabs } from "./tabs";

/** A row of any kind; what else is in it is its reader's affair. */
export interface Row {
  id: string;
}

interface SealedRow {
  kind: string;
  id: string;
  sealed: Sealed;
}

const tables = new Map<string, ShallowRef<Map<string, Row>>>();

function table(kind: string): ShallowRef<Map<string, Row>> {
  let found = tables.get(kind);
  if (!found) tables.set(kind, (found = shallowRef(new Map())));
  return found;
}

/** All rows of a kind; whoever reads them in a template or a computed value is told of changes. */
export function rows<T extends Row>(kind: string): ReadonlyMap<string, T> {
  return table(kind).value as Map<string, T>;
}

/** What came down at once, and how far this brings the phone. */
export interface Page {
  /** New, or in the place of the row of the same id. */
  put: Record<string, readonly Row[]>;
  /** All rows there are of a kind. */
  whole: Record<string, readonly Row[]>;
  gone: readonly string[];
  /** `meta` values that hold with these rows and not without them. */
  meta: Record<string, unknown>;
}

/** Keeps a page, all of it or nothing, and then shows it. */
export async function keep_page(page: Page): Promise<void> {
  const { database, key } = phone();
  const coming = [...Object.entries(page.put), ...Object.entries(page.whole)];
  const sealed = await Promise.all(coming.flatMap(([kind, list]) => list.map((row) => seal_row(key, kind, row))));
  const gone = new Set(page.gone);
  await deed(database, ["rows", "meta"], async (stores) => {
    for (const place of await places_of(stores("rows"), gone)) stores("rows").delete(place);
    for (const kind of Object.keys(page.whole)) stores("rows").delete(IDBKeyRange.bound([kind], [kind, []]));
    for (const row of sealed) stores("rows").put(row);
    for (const [name, value] of Object.entries(page.meta)) stores("meta").put(value, name);
  });
  for (const kind of tables.keys()) drop(kind, gone);
  for (const [kind, list] of Object.entries(page.put)) show(kind, list);
  for (const [kind, list] of Object.entries(page.whole)) table(kind).value = new Map(list.map((row) => [row.id, row]));
  tell_tabs("rows");
}

async function seal_row(key: CryptoKey, kind: string, row: Row): Promise<SealedRow> {
  return { kind, id: row.id, sealed: await seal(key, row, place_of(kind, row.id)) };
}

function place_of(kind: string, id: string): string {
  return `rows:${kind}:${id}`;
}

/** The keys of the rows that are gone, whatever their kind. */
async function places_of(store: IDBObjectStore, gone: ReadonlySet<string>): Promise<IDBValidKey[]> {
  if (gone.size === 0) return [];
  const keys = (await got(store.getAllKeys())) as [string, string][];
  return keys.filter(([, id]) => gone.has(id));
}

function drop(kind: string, gone: ReadonlySet<string>): void {
  const shown = table(kind);
  let changed = false;
  for (const id of gone) changed = shown.value.delete(id) || changed;
  if (changed) triggerRef(shown);
}

function show(kind: string, list: readonly Row[]): void {
  if (list.length === 0) return;
  const shown = table(kind);
  for (const row of list) shown.value.set(row.id, row);
  triggerRef(shown);
}

/** Opens everything that is carried. */
export async function load_rows(): Promise<void> {
  const { database, key } = phone();
  const all = await look(database, ["rows"], (stores) => got(stores("rows").getAll() as IDBRequest<SealedRow[]>));
  const opened = await Promise.all(all.map(async ({ kind, id, sealed }) => ({ kind, row: await open<Row>(key, sealed, place_of(kind, id)) })));
  const fresh = new Map<string, Map<string, Row>>();
  for (const { kind, row } of opened) {
    let rows_of_kind = fresh.get(kind);
    if (!rows_of_kind) fresh.set(kind, (rows_of_kind = new Map()));
    rows_of_kind.set(row.id, row);
  }
  for (const kind of new Set([...tables.keys(), ...fresh.keys()])) table(kind).value = fresh.get(kind) ?? new Map();
}

/** Closes what is open in memory. */
export function close_rows(): void {
  for (const shown of tables.values()) shown.value = new Map();
}

/** Deletes everything that is carried, and where the next pull goes on from. */
export async function delete_rows(database: IDBDatabase): Promise<void> {
  await deed(database, ["rows", "meta"], async (stores) => {
    stores("rows").clear();
    stores("meta").delete(SINCE);
  });
  close_rows();
  tell_tabs("rows");
}

/** The name in `meta` of how far the last page brought this phone. */
export const SINCE = "since";

