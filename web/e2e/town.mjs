// What a story knows of the running district: its address and its demo accounts.
import { randomInt } from "node:crypto";
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
