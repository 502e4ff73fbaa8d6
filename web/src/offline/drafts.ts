// What is being typed and is not a command yet: kept sealed on the phone at every pause, through reloads, kills and new versions of the app.
import { onScopeDispose, ref, shallowRef, toRaw, watch, type Ref } from "vue";
import { deed, got, look, StorageFull } from "./database";
import { phone, PhoneLocked } from "./phone";
import { open, seal, type Sealed } from "./seal";
import { standing } from "./standing";
import { tell_tabs } from "./tabs";

const SAVE_WAIT_MS = 200;

interface SealedDraft {
  key: string;
  /** When it was last typed in. */
  at: number;
  sealed: Sealed;
}

export interface KeptDraft<T> {
  key: string;
  at: number;
  value: T;
}

/** The drafts with unsaved keystrokes, of all screens: a new version of the app waits for them. */
const typing = new Set<() => Promise<void>>();

/** Whether somebody is in the middle of something. */
export const open_drafts = shallowRef(0);

export async function read_draft<T>(key: string): Promise<T | undefined> {
  const { database, key: data_key } = phone();
  const kept = await look(database, ["drafts"], (stores) => got(stores("drafts").get(key) as IDBRequest<SealedDraft | undefined>));
  return kept && open<T>(data_key, kept.sealed, place_of(key));
}

/** All drafts whose key begins so, the latest first. */
export async function list_drafts<T>(beginning: string): Promise<KeptDraft<T>[]> {
  const { database, key: data_key } = phone();
  const all = await look(database, ["drafts"], (stores) => got(stores("drafts").getAll() as IDBRequest<SealedDraft[]>));
  const found = all.filter((draft) => draft.key.startsWith(beginning)).sort((a, b) => b.at - a.at);
  return Promise.all(found.map(async ({ key, at, sealed }) => ({ key, at, value: await open<T>(data_key, sealed, place_of(key)) })));
}

/** How often each draft was let go of: a write that was under way then must not bring it back. */
const let_go = new Map<string, number>();

/** From now on nothing that was begun to be written of this draft before is kept. */
export function let_go_of_draft(key: string): void {
  let_go.set(key, (let_go.get(key) ?? 0) + 1);
}

export async function write_draft(key: string, value: unknown): Promise<void> {
  const { database, key: data_key } = phone();
  const before = let_go.get(key);
  const sealed = await seal(data_key, value, place_of(key));
  if (let_go.get(key) !== before) return;
  await deed(database, ["drafts"], (stores) => got(stores("drafts").put({ key, at: Date.now(), sealed } satisfies SealedDraft)));
  tell_tabs("drafts");
}

export async function forget_draft(key: string): Promise<void> {
  const { database } = phone();
  let_go_of_draft(key);
  await deed(database, ["drafts"], async (stores) => { stores("drafts").delete(key); });
  tell_tabs("drafts");
}

function place_of(key: string): string {
  return `drafts:${key}`;
}

export interface Draft<T> {
  draft: Ref<T>;
  /** Answers whether an earlier one was found. What is typed before that stays, and is kept from then on. */
  ready: Promise<boolean>;
  /** Writes what stands there now. */
  save: () => Promise<void>;
  /** Forgets it, and puts the beginning back. */
  clear: () => Promise<void>;
}

/** A value that outlives the page, for as long as the component stands. */
export function draft<T extends object>(key: string, beginning: () => T): Draft<T> {
  const value = ref(beginning()) as Ref<T>;
  const empty = JSON.stringify(beginning());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let loading = true;
  const save = async () => {
    clearTimeout(timer);
    typing.delete(save);
    if (loading) return;
    if (JSON.stringify(value.value) === empty) await forget_draft(key);
    else await write_draft(key, toRaw(value.value));
  };
  const save_quietly = () => void save().catch(say_unsaved);
  const save_soon = () => {
    typing.add(save);
    clearTimeout(timer);
    timer = setTimeout(save_quietly, SAVE_WAIT_MS);
  };
  const ready = read_draft<T>(key).then((earlier) => {
    const typed = changed_fields(value.value, beginning());
    if (earlier) value.value = { ...beginning(), ...earlier, ...typed };
    loading = false;
    if (Object.keys(typed).length > 0) save_soon();
    return earlier !== undefined;
  });
  watch(value, () => { if (!loading) save_soon(); }, { deep: true });
  const clear = async () => {
    clearTimeout(timer);
    typing.delete(save);
    await forget_draft(key);
    loading = true;
    value.value = beginning();
    // The watcher sees this change after us: it is not something typed.
    queueMicrotask(() => { loading = false; });
  };
  open_drafts.value += 1;
  addEventListener("pagehide", save_quietly);
  onScopeDispose(() => {
    open_drafts.value -= 1;
    removeEventListener("pagehide", save_quietly);
    if (typing.has(save)) save_quietly();
  });
  return { draft: value, ready, save, clear };
}

/** What a quick hand has filled in before the earlier draft was read: it is the newer. */
function changed_fields<T extends object>(now: T, before: T): Partial<T> {
  const names = (Object.keys(now) as (keyof T)[]).filter((name) => JSON.stringify(now[name]) !== JSON.stringify(before[name]));
  return Object.fromEntries(names.map((name) => [name, now[name]])) as Partial<T>;
}

/** Nobody waits for a save in a pause: what hinders it stands at the head of the face. Behind a lock the text was saved before. */
function say_unsaved(fault: unknown): void {
  if (fault instanceof PhoneLocked) return;
  if (!(fault instanceof StorageFull)) throw fault;
  standing.trouble = fault.message;
}

/** Writes everything that is not yet on the disk. */
export async function save_all_drafts(): Promise<void> {
  await Promise.all([...typing].map((save) => save()));
}
