// Photos and sounds on the phone: sealed under the name of their hash until they are on the server.
import { deed, got, look, type Stores } from "./database";
import { phone } from "./phone";
import { hash_of, open_bytes, seal_bytes, type Sealed } from "./seal";
import { standing } from "./standing";

/** What a file is for: a command, and one of its questions. */
export interface Belonging {
  command: string;
  question?: string;
}

export interface StoredFile {
  hash: string;
  bytes: number;
  media_type: string;
  sealed: Sealed;
  /** Empty while it belongs to a draft only. */
  belongs: Belonging[];
  /** When it was taken, by this phone's clock. */
  at: number;
  /** Why the server does not take it, in words. */
  refusal?: string;
}

/** A file that no command took along within this time has lost its draft. */
const ORPHAN_MS = 31 * 24 * 3_600_000;

/** Keeps a file and answers its hash, under which a draft and a command name it. */
export async function keep_file(file: Blob): Promise<string> {
  const { database, key } = phone();
  const bytes = await file.arrayBuffer();
  const hash = await hash_of(bytes);
  const sealed = await seal_bytes(key, bytes, place_of(hash));
  const fresh: StoredFile = { hash, bytes: bytes.byteLength, media_type: file.type || "application/octet-stream", sealed, belongs: [], at: Date.now() };
  await deed(database, ["files"], async (stores) => {
    const earlier = await got(stores("files").get(hash));
    if (!earlier) stores("files").put(fresh);
  });
  return hash;
}

/** Opens a file that is still on the phone. */
export async function read_file(hash: string): Promise<Blob | undefined> {
  const { database, key } = phone();
  const file = await look(database, ["files"], (stores) => got(stores("files").get(hash) as IDBRequest<StoredFile | undefined>));
  return file && new Blob([await open_bytes(key, file.sealed, place_of(hash))], { type: file.media_type });
}

function place_of(hash: string): string {
  return `files:${hash}`;
}

/** Ties files to the command that takes them along, within its deed. */
export async function tie_files(stores: Stores, command: string, files: readonly { hash: string; question?: string }[]): Promise<void> {
  for (const { hash, question } of files) {
    const file = (await got(stores("files").get(hash))) as StoredFile | undefined;
    if (!file) throw new Error("a file that a command takes along is not on the phone");
    const belongs = [...file.belongs, { command, ...(question !== undefined && { question }) }];
    stores("files").put({ ...file, belongs });
  }
}

/** Unties a command that will never be sent; a file that belongs to nothing more is deleted. */
export async function untie_files(stores: Stores, command: string): Promise<void> {
  for (const file of (await got(stores("files").getAll())) as StoredFile[]) {
    if (!file.belongs.some((one) => one.command === command)) continue;
    const belongs = file.belongs.filter((one) => one.command !== command);
    if (belongs.length > 0) stores("files").put({ ...file, belongs });
    else stores("files").delete(file.hash);
  }
}

/** The files that go to the server, oldest first. */
export async function files_to_send(): Promise<StoredFile[]> {
  const { database } = phone();
  const all = await look(database, ["files"], (stores) => got(stores("files").getAll() as IDBRequest<StoredFile[]>));
  const waiting = all.filter((file) => file.belongs.length > 0).sort((a, b) => a.at - b.at);
  standing.files_waiting = waiting.length;
  return waiting;
}

/** Deletes files: what is on the server, or was taken out of a draft. */
export async function forget_files(hashes: readonly string[]): Promise<void> {
  const { database } = phone();
  await deed(database, ["files"], async (stores) => {
    for (const hash of hashes) stores("files").delete(hash);
  });
}

/** Says of a file why the server does not take it; it stays on the phone. */
export async function note_file_refused(file: StoredFile, words: string): Promise<void> {
  const { database } = phone();
  await deed(database, ["files"], (stores) => got(stores("files").put({ ...file, refusal: words })));
}

/** Deletes what belongs to no command and is older than any draft. */
export async function sweep_files(now: number = Date.now()): Promise<void> {
  const { database } = phone();
  await deed(database, ["files"], async (stores) => {
    for (const file of (await got(stores("files").getAll())) as StoredFile[]) {
      if (file.belongs.length === 0 && now - file.at > ORPHAN_MS) stores("files").delete(file.hash);
    }
  });
}
