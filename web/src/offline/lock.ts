// The lock of the phone's database: a random data key, wrapped by a key of this browser and, once there is one, by the worker's PIN.
import { deed, got, look } from "./database";
import { key_of, key_of_pin, make_device_key, make_raw_key, open_bytes, seal_bytes, type Sealed } from "./seal";

export const PIN_DIGITS = 6;
/** After so many wrong PINs in a row everything on this phone is deleted. */
export const PIN_TRIES_MAX = 10;
/** About a third of a second on a cheap phone. */
const ROUNDS = 250_000;
const SALT_BYTES = 16;
const PLACE = "key";
const LOCK = "lock";

/** How the data key is kept, in `meta`. */
interface Lock {
  device_key: CryptoKey;
  /** Sealed by the device key: the data key itself, or what the PIN has sealed of it. */
  wrapped: Sealed;
  pin?: { salt: Uint8Array<ArrayBuffer>; rounds: number; iv: Uint8Array<ArrayBuffer> };
  /** Wrong PINs since the last right one. Counted before a PIN is tried, so that closing the app gives none back. */
  tries: number;
}

export type Unlocked = { is: "open"; key: CryptoKey } | { is: "wrong"; left: number } | { is: "spent" };

/** The data key where no PIN guards it (it is made at the first call), or `undefined` where one does. */
export async function open_without_pin(database: IDBDatabase): Promise<CryptoKey | undefined> {
  const lock = (await read_lock(database)) ?? (await make_lock(database));
  return lock.pin ? undefined : key_of(await open_bytes(lock.device_key, lock.wrapped, PLACE));
}

export async function has_pin(database: IDBDatabase): Promise<boolean> {
  return (await read_lock(database))?.pin !== undefined;
}

export async function unlock(database: IDBDatabase, pin: string): Promise<Unlocked> {
  const lock = await count_try(database);
  if (!lock?.pin || lock.tries > PIN_TRIES_MAX) return { is: "spent" };
  const raw = await open_with(lock, pin).catch(() => undefined);
  if (!raw) return lock.tries >= PIN_TRIES_MAX ? { is: "spent" } : { is: "wrong", left: PIN_TRIES_MAX - lock.tries };
  await write_lock(database, { ...lock, tries: 0 });
  return { is: "open", key: await key_of(raw) };
}

/** Puts the first PIN before the data key; from then on the key cannot be had without it. */
export async function set_pin(database: IDBDatabase, pin: string): Promise<void> {
  const lock = (await read_lock(database)) ?? (await make_lock(database));
  if (lock.pin) throw new Error("there is a PIN already");
  await guard(database, lock, await open_bytes(lock.device_key, lock.wrapped, PLACE), pin);
}

/** Exchanges the PIN; a wrong present one counts as a wrong try. */
export async function change_pin(database: IDBDatabase, present: string, fresh: string): Promise<Unlocked> {
  const answer = await unlock(database, present);
  const lock = await read_lock(database);
  if (answer.is === "open" && lock) await guard(database, lock, await open_with(lock, present), fresh);
  return answer;
}

async function guard(database: IDBDatabase, lock: Lock, raw: ArrayBuffer, pin: string): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const inner = await seal_bytes(await key_of_pin(pin, salt, ROUNDS), raw, PLACE);
  const wrapped = await seal_bytes(lock.device_key, inner.data, PLACE);
  await write_lock(database, { device_key: lock.device_key, wrapped, pin: { salt, rounds: ROUNDS, iv: inner.iv }, tries: 0 });
}

async function open_with({ device_key, wrapped, pin }: Lock, typed: string): Promise<ArrayBuffer> {
  if (!pin) throw new Error("no PIN guards this");
  const data = await open_bytes(device_key, wrapped, PLACE);
  return open_bytes(await key_of_pin(typed, pin.salt, pin.rounds), { iv: pin.iv, data }, PLACE);
}

async function make_lock(database: IDBDatabase): Promise<Lock> {
  const device_key = await make_device_key();
  const made: Lock = { device_key, wrapped: await seal_bytes(device_key, make_raw_key(), PLACE), tries: 0 };
  // Two tabs may begin at once: the first one's key stands.
  return deed(database, ["meta"], async (stores) => {
    const earlier = (await got(stores("meta").get(LOCK))) as Lock | undefined;
    if (!earlier) stores("meta").put(made, LOCK);
    return earlier ?? made;
  });
}

function count_try(database: IDBDatabase): Promise<Lock | undefined> {
  return deed(database, ["meta"], async (stores) => {
    const lock = (await got(stores("meta").get(LOCK))) as Lock | undefined;
    if (!lock) return undefined;
    const counted = { ...lock, tries: lock.tries + 1 };
    stores("meta").put(counted, LOCK);
    return counted;
  });
}

function read_lock(database: IDBDatabase): Promise<Lock | undefined> {
  return look(database, ["meta"], (stores) => got(stores("meta").get(LOCK) as IDBRequest<Lock | undefined>));
}

function write_lock(database: IDBDatabase, lock: Lock): Promise<unknown> {
  return deed(database, ["meta"], (stores) => got(stores("meta").put(lock, LOCK)));
}
