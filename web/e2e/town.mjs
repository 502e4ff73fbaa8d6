// What a story knows of the running district: its address and its demo accounts.
import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";

export const BASE = process.env.MULIN_BASE ?? "http://127.0.0.1:8080";

/** The demo's accounts as `mulin demo --accounts-json` prints them. */
export function accounts() {
  return JSON.parse(readFileSync(process.env.MULIN_ACCOUNTS, "utf8"));
}

let last_source = 0;

/** An address of one's own, so that one story's traffic is not another's flood. */
export function fresh_source() {
  last_source += 1;
  return `10.${process.pid % 250}.${(process.pid >> 8) % 250}.${last_source % 250}`;
}

/** A mobile number nobody else in the stories has. */
export function fresh_phone() {
  return `139${String(randomInt(100_000_000)).padStart(8, "0")}`;
}

/** A number as pages show it: 139****0001. */
export function masked(phone) {
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}

/** An id as a phone makes it (UUID version 7, RFC 9562). */
export function new_id() {
  const hex = Date.now().toString(16).padStart(12, "0") + randomBytes(10).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
