// The phone's own database, one per account. A deed is one transaction: whole or not at all, also when the phone dies in the middle of it.
import { tr } from "../lib/words";

/** `meta`: single values by name. `rows`: what is carried. `outbox`: commands. `drafts`: what is being typed. `files`: photos and sounds. */
export type StoreName = "meta" | "rows" | "outbox" | "drafts" | "files";

const VERSION = 1;
const PREFIX = "mulin.worker.";

/** The phone has no room left. Nothing of the deed was kept. */
export class StorageFull extends Error {
  constructor() {
    super(tr("手机存储满了，这一步没有存下。请删掉一些照片或应用后再按一次。", "The phone's storage is full and this was not saved. Free some space and press again."));
  }
}

export function open_database(account: string): Promise<IDBDatabase> {
  const request = indexedDB.open(PREFIX + account, VERSION);
  request.onupgradeneeded = () => make_stores(request.result);
  return got(request).then((database) => {
    // A newer version of the app in another tab must not wait for this one.
    database.onversionchange = () => database.close();
    return database;
  });
}

function make_stores(database: IDBDatabase): void {
  database.createObjectStore("meta");
  database.createObjectStore("rows", { keyPath: ["kind", "id"] });
  database.createObjectStore("outbox", { keyPath: "seq" }).createIndex("id", "id", { unique: true });
  database.createObjectStore("drafts", { keyPath: "key" });
  database.createObjectStore("files", { keyPath: "hash" });
}

/** Forgets everything of an account on this phone. */
export async function delete_database(database: IDBDatabase): Promise<void> {
  database.close();
  await got(indexedDB.deleteDatabase(database.name));
}

/** What a request answers. Within a deed only these may be awaited: a transaction ends by itself when it has nothing to do. */
export function got<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database did not answer"));
  });
}

/** Gives the stores of one transaction by name. */
export type Stores = (name: StoreName) => IDBObjectStore;

/** Reads, from one state of the database. */
export async function look<T>(database: IDBDatabase, names: StoreName[], act: (stores: Stores) => Promise<T>): Promise<T> {
  const transaction = database.transaction(names, "readonly");
  return act((name) => transaction.objectStore(name));
}

/** Writes: answers when everything is on the disk, and throws when nothing is. */
export function deed<T>(database: IDBDatabase, names: StoreName[], act: (stores: Stores) => Promise<T>): Promise<T> {
  const transaction = database.transaction(names, "readwrite", { durability: "strict" });
  return new Promise<T>((resolve, reject) => {
    let answer: { value: T } | undefined;
    let fault: unknown;
    transaction.oncomplete = () => (answer ? resolve(answer.value) : reject(new Error("a deed ended before its last step")));
    transaction.onabort = () => reject(in_words(fault ?? transaction.error));
    act((name) => transaction.objectStore(name)).then(
      (value) => { answer = { value }; },
      (why: unknown) => {
        fault = why;
        abort(transaction, () => reject(in_words(why)));
      },
    );
  });
}

/** One that has ended already says so by throwing. */
function abort(transaction: IDBTransaction, otherwise: () => void): void {
  try {
    transaction.abort();
  } catch {
    otherwise();
  }
}

function in_words(fault: unknown): unknown {
  return fault instanceof DOMException && fault.name === "QuotaExceededError" ? new StorageFull() : fault;
}

/** Asks the browser not to throw this away when the phone gets full; it may refuse. */
export async function ask_to_persist(): Promise<boolean> {
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false;
}

/** What the app takes on this phone and may take, in bytes, where the browser tells. */
export async function storage_used(): Promise<{ used: number; room: number } | undefined> {
  const told = await navigator.storage?.estimate?.().catch(() => undefined);
  return told?.usage === undefined ? undefined : { used: told.usage, room: told.quota ?? 0 };
}
