// What is open on this phone: the database of one account, and its key for as long as it is unlocked.
import { deed, got, look } from "./database";
import { open, seal, type Sealed } from "./seal";

export interface Phone {
  account: string;
  database: IDBDatabase;
  key: CryptoKey;
}

/** Asked for something that lies behind the PIN. */
export class PhoneLocked extends Error {}

let present: Phone | undefined;

export function hold(phone: Phone | undefined): void {
  present = phone;
}

export function held(): Phone | undefined {
  return present;
}

export function phone(): Phone {
  if (!present) throw new PhoneLocked("the phone is locked");
  return present;
}

/** A single value of the database, in the open: ids, moments, counts. */
export function read_meta<T>(database: IDBDatabase, name: string): Promise<T | undefined> {
  return look(database, ["meta"], (stores) => got(stores("meta").get(name) as IDBRequest<T | undefined>));
}

export async function write_meta(database: IDBDatabase, name: string, value: unknown): Promise<void> {
  await deed(database, ["meta"], (stores) => got(stores("meta").put(value, name)));
}

/** A single value that is nobody's business: sealed. */
export async function read_sealed<T>(name: string): Promise<T | undefined> {
  const { database, key } = phone();
  const sealed = await read_meta<Sealed>(database, name);
  return sealed && open<T>(key, sealed, `meta:${name}`);
}

export async function write_sealed(name: string, value: unknown): Promise<void> {
  const { database, key } = phone();
  await write_meta(database, name, await seal(key, value, `meta:${name}`));
}
