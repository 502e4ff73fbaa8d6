// What was done on the phone and has to reach the server: commands in their order, each kept until the server has answered it.
import { computed, shallowRef } from "vue";
import { new_id } from "../lib/ids";
import { server_now } from "../lib/server_clock";
import { deed, got, look, type Stores } from "./database";
import { let_go_of_draft } from "./drafts";
import { tie_files, untie_files } from "./files";
import { phone } from "./phone";
import { open, seal, type Sealed } from "./seal";
import { standing } from "./standing";
import { tell_tabs } from "./tabs";
import type { Answer, CommandKind } from "./wire";

/**
 * `waiting`: not answered yet (it may have arrived all the same: the answer may be lost). `held`: it is there and waits for an earlier one.
 * `sent`: done. `clash`, `refused`: the worker has to decide.
 */
export type ItemState = "waiting" | "held" | "sent" | "clash" | "refused";

/** What a command says, sealed as one. */
interface Content {
  kind: CommandKind;
  body: Record<string, unknown>;
  parent?: string;
  /** What it is about, in the words of the screen that made it. */
  label: string;
  answer?: Answer;
}

interface SealedItem {
  seq: number;
  id: string;
  /** This phone's clock when it was done: it stands beside the moment of arrival and decides nothing. */
  at: string;
  state: ItemState;
  /** Not sent before, in milliseconds since 1970: until then it can be taken back. */
  not_before: number;
  sent_at?: number;
  sealed: Sealed;
}

export type Item = Omit<SealedItem, "sealed"> & Content;

/** What a screen hands over. */
export interface Order {
  kind: CommandKind;
  body: Record<string, unknown>;
  /** Made beforehand where the thing itself has it: a draft's id, so that a second press is the same command. */
  id?: string;
  parent?: string;
  label: string;
  /** Kept files it takes along. */
  files?: readonly { hash: string; question?: string }[];
  /** The draft it was made from: forgotten in the same deed. */
  draft?: string;
  /** How long it can be taken back. */
  undo_ms?: number;
}

/** What has been sent is shown for so long, and at most so many. */
const SENT_MS_KEPT = 3 * 24 * 3_600_000;
const SENT_KEPT_MAX = 200;
/** A command whose time to be taken back is as good as over. */
const TAKE_BACK_MARGIN_MS = 250;
const SEQ = "seq";

const all = shallowRef<readonly Item[]>([]);

/** Everything in the outbox, in the order it was done. */
export const items = computed(() => all.value);

/** What is to be done when something new waits. */
let nudge: () => void = () => undefined;
export function when_something_waits(act: () => void): void {
  nudge = act;
}

/**
 * Answers the command's id as soon as it is on the disk, before any network. The same command again changes nothing; another one under an id
 * that is taken gets an id of its own: nothing is dropped.
 */
export async function enqueue(order: Order): Promise<string> {
  const { database, key } = phone();
  const id = order.id ?? new_id(server_now());
  const content: Content = { kind: order.kind, body: order.body, label: order.label, ...(order.parent && { parent: order.parent }) };
  const sealed = await seal(key, content, place_of(id));
  const now = Date.now();
  const waiting = { id, at: new Date(now).toISOString(), state: "waiting" as const, not_before: now + (order.undo_ms ?? 0) };
  if (order.draft) let_go_of_draft(order.draft);
  const seq = await deed(database, ["meta", "outbox", "drafts", "files"], async (stores) => {
    if (await got(stores("outbox").index("id").getKey(id))) return undefined;
    const next = (((await got(stores("meta").get(SEQ))) as number | undefined) ?? 0) + 1;
    stores("meta").put(next, SEQ);
    stores("outbox").put({ ...waiting, seq: next, sealed } satisfies SealedItem);
    if (order.draft) stores("drafts").delete(order.draft);
    await tie_files(stores, id, order.files ?? []);
    return next;
  });
  if (seq === undefined) return (await is_same(id, order)) ? id : enqueue({ ...order, id: new_id(server_now()) });
  show([...all.value, { ...waiting, ...content, seq }]);
  if (order.undo_ms) setTimeout(() => nudge(), order.undo_ms);
  else nudge();
  return id;
}

/** Whether what lies under an id says the same. */
async function is_same(id: string, order: Order): Promise<boolean> {
  const { database, key } = phone();
  const earlier = await look(database, ["outbox"], (stores) => find(stores, id));
  if (!earlier) return false;
  const { kind, body } = await open<Content>(key, earlier.sealed, place_of(id));
  return kind === order.kind && JSON.stringify(body) === JSON.stringify(order.body);
}

/** Takes a command back before it was sent; `false` where it is too late. */
export function take_back(id: string): Promise<boolean> {
  return remove(id, (item) => item.state === "waiting" && item.not_before - Date.now() > TAKE_BACK_MARGIN_MS);
}

/** Lets go of a command that the server refused. */
export function discard(id: string): Promise<boolean> {
  return remove(id, (item) => item.state === "refused");
}

async function remove(id: string, may: (item: SealedItem) => boolean): Promise<boolean> {
  const { database } = phone();
  const removed = await deed(database, ["outbox", "files"], async (stores) => {
    const item = await find(stores, id);
    if (!item || !may(item)) return false;
    stores("outbox").delete(item.seq);
    await untie_files(stores, id);
    return true;
  });
  if (removed) show(all.value.filter((item) => item.id !== id));
  return removed;
}

async function find(stores: Stores, id: string): Promise<SealedItem | undefined> {
  return (await got(stores("outbox").index("id").get(id))) as SealedItem | undefined;
}

/** Keeps what the server answered, all answers of a batch at once. An answer to what is not here any more is passed over. */
export async function keep_answers(answers: readonly Answer[]): Promise<void> {
  const { database, key } = phone();
  const by_id = new Map(all.value.map((item) => [item.id, item]));
  const now = Date.now();
  const answered = await Promise.all(answers.flatMap((answer) => {
    const item = by_id.get(answer.id);
    return item ? [answer_item(key, item, answer, now)] : [];
  }));
  await deed(database, ["outbox"], async (stores) => {
    for (const { item, sealed } of answered) {
      const present = await find(stores, item.id);
      if (present) stores("outbox").put({ ...present, state: item.state, ...(item.sent_at && { sent_at: item.sent_at }), sealed });
    }
  });
  const fresh = new Map(answered.map(({ item }) => [item.id, item]));
  show(all.value.map((item) => fresh.get(item.id) ?? item));
}

const is_done = (answer: Answer) => answer.state === "accepted" || answer.state === "merged";

async function answer_item(key: CryptoKey, { seq, id, at, not_before, ...item }: Item, answer: Answer, now: number): Promise<{ item: Item; sealed: Sealed }> {
  const state = is_done(answer) ? "sent" : (answer.state as ItemState);
  const content: Content = { kind: item.kind, body: item.body, label: item.label, answer, ...(item.parent && { parent: item.parent }) };
  const sealed = await seal(key, content, place_of(id));
  return { item: { seq, id, at, not_before, state, ...content, ...(state === "sent" && { sent_at: now }) }, sealed };
}

/** Of the clashes of this phone, those that the server does not list any more were settled: here, or on another phone. */
export async function note_settled(open_clashes: ReadonlySet<string>): Promise<void> {
  const { database } = phone();
  const settled = new Set(all.value.filter((item) => item.state === "clash" && !open_clashes.has(item.id)).map((item) => item.id));
  if (settled.size === 0) return;
  const now = Date.now();
  await deed(database, ["outbox"], async (stores) => {
    for (const id of settled) {
      const item = await find(stores, id);
      if (item) stores("outbox").put({ ...item, state: "sent", sent_at: now });
    }
  });
  show(all.value.map((item) => (settled.has(item.id) ? { ...item, state: "sent" as const, sent_at: now } : item)));
}

/** Opens the outbox: at the start, and when another tab has changed it. */
export async function load_outbox(): Promise<void> {
  const { database, key } = phone();
  const before = changes;
  const sealed = await look(database, ["outbox"], (stores) => got(stores("outbox").getAll() as IDBRequest<SealedItem[]>));
  const opened = await Promise.all(sealed.map(async ({ sealed: content, ...item }) => ({ ...item, ...(await open<Content>(key, content, place_of(item.id))) })));
  // Something was done here meanwhile: what was read is behind it.
  if (before !== changes) return load_outbox();
  show(opened, false);
}

/** Closes what is open in memory; the count of what waits stays, for the lock's screen says it. */
export function close_outbox(): void {
  all.value = [];
}

/** How much waits behind a lock: states lie open, contents do not. */
export async function count_outbox(database: IDBDatabase): Promise<void> {
  const sealed = await look(database, ["outbox"], (stores) => got(stores("outbox").getAll() as IDBRequest<SealedItem[]>));
  count(sealed);
}

/** Lets go of what was sent long ago. */
export async function prune_outbox(now: number = Date.now()): Promise<void> {
  const { database } = phone();
  const sent = all.value.filter((item) => item.state === "sent");
  const old = new Set(sent.filter((item, index) => sent.length - index > SENT_KEPT_MAX || now - (item.sent_at ?? now) > SENT_MS_KEPT));
  if (old.size === 0) return;
  await deed(database, ["outbox"], async (stores) => {
    for (const item of old) stores("outbox").delete(item.seq);
  });
  show(all.value.filter((item) => !old.has(item)));
}

/** How often what is open in memory has changed. */
let changes = 0;

function show(list: readonly Item[], tell = true): void {
  changes += 1;
  all.value = list;
  count(list);
  if (tell) tell_tabs("outbox");
}

function count(list: readonly { state: ItemState }[]): void {
  standing.waiting = list.filter((item) => item.state === "waiting" || item.state === "held").length;
  standing.refused = list.filter((item) => item.state === "refused").length;
}

function place_of(id: string): string {
  return `outbox:${id}`;
}
