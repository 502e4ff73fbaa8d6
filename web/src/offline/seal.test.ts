// What lies on the phone opens with its key, at its place, and not otherwise.
// @vitest-environment node
import { expect, test } from "vitest";
import { hash_of, key_of, key_of_pin, make_device_key, make_raw_key, open, open_bytes, seal, seal_bytes } from "./seal";

const HOME = { id: "home-1", people: [{ name: "张建明" }] };

test("a row opens with its key and shows nothing before", async () => {
  const key = await key_of(make_raw_key());
  const sealed = await seal(key, HOME, "rows:home:home-1");
  expect(await open(key, sealed, "rows:home:home-1")).toEqual(HOME);
  expect(new TextDecoder().decode(sealed.data)).not.toContain("张建明");
});

test("a row that was moved to another place, changed, or opened with another key does not open", async () => {
  const key = await key_of(make_raw_key());
  const sealed = await seal(key, HOME, "rows:home:home-1");
  await expect(open(key, sealed, "rows:home:home-2")).rejects.toThrow();
  await expect(open(await key_of(make_raw_key()), sealed, "rows:home:home-1")).rejects.toThrow();
  const changed = new Uint8Array(sealed.data.slice(0));
  changed[0]! ^= 1;
  await expect(open_bytes(key, { ...sealed, data: changed.buffer }, "rows:home:home-1")).rejects.toThrow();
});

test("the same row sealed twice looks different", async () => {
  const key = await key_of(make_raw_key());
  const [one, two] = await Promise.all([seal(key, HOME, "here"), seal(key, HOME, "here")]);
  expect(new Uint8Array(one.data)).not.toEqual(new Uint8Array(two.data));
});

test("a PIN makes a key of its own for each salt, and the device's key cannot be read out", async () => {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const right = await key_of_pin("493817", salt, 1000);
  const sealed = await seal_bytes(right, make_raw_key(), "key");
  expect((await open_bytes(await key_of_pin("493817", salt, 1000), sealed, "key")).byteLength).toBe(32);
  await expect(open_bytes(await key_of_pin("493818", salt, 1000), sealed, "key")).rejects.toThrow();
  await expect(open_bytes(await key_of_pin("493817", new Uint8Array(16), 1000), sealed, "key")).rejects.toThrow();
  await expect(crypto.subtle.exportKey("raw", await make_device_key())).rejects.toThrow();
});

test("a file is named by its SHA-256 (FIPS 180-2, appendix B.1)", async () => {
  expect(await hash_of(new TextEncoder().encode("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
