// Sealing what lies on the phone: AES-GCM by WebCrypto, each thing bound to its place so that two cannot be exchanged.
//
// What this protects: whoever finds or borrows the phone and opens the browser's storage reads nothing without the PIN. What it does not:
// six digits can be tried out by somebody who copies the whole disk of a phone without a screen lock, and a phone that is unlocked
// shows what is on its screen. Against a copied disk stand the phone's own encryption and, for the district, the lease and the remote wipe.

const CIPHER = "AES-GCM";
const IV_BYTES = 12;
const KEY_BITS = 256;

/** Sealed bytes, as they are stored. */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export async function seal_bytes(key: CryptoKey, bytes: BufferSource, place: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  return { iv, data: await crypto.subtle.encrypt(bound(iv, place), key, bytes) };
}

/** Throws where the key is not the one, or the bytes are not those that were sealed here. */
export function open_bytes(key: CryptoKey, sealed: Sealed, place: string): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt(bound(sealed.iv, place), key, sealed.data);
}

export function seal(key: CryptoKey, value: unknown, place: string): Promise<Sealed> {
  return seal_bytes(key, new TextEncoder().encode(JSON.stringify(value)), place);
}

export async function open<T>(key: CryptoKey, sealed: Sealed, place: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await open_bytes(key, sealed, place))) as T;
}

function bound(iv: BufferSource, place: string): AesGcmParams {
  return { name: CIPHER, iv, additionalData: new TextEncoder().encode(place) };
}

/** A key that never leaves this browser: it can be used here and not be read out by a script. */
export function make_device_key(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: CIPHER, length: KEY_BITS }, false, ["encrypt", "decrypt"]);
}

export function make_raw_key(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(KEY_BITS / 8));
}

export function key_of(raw: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, CIPHER, false, ["encrypt", "decrypt"]);
}

/** The key a PIN stands for. `rounds` makes each guess cost a good part of a second on a cheap phone. */
export async function key_of_pin(pin: string, salt: BufferSource, rounds: number): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(derivation, base, { name: CIPHER, length: KEY_BITS }, false, ["encrypt", "decrypt"]);
}

/** SHA-256 in hexadecimal: the name of a file. */
export async function hash_of(bytes: BufferSource): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
