// Waiting for what comes by itself, nobody knows when: what leaves by the clock, what a server answers later.
import assert from "node:assert/strict";

/** Longer than anything under test takes, on a machine that does much else. */
export const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 300;

/** Asks until it is so, and answers what was found; `what` says what was waited for. */
export async function until(look, what, ms_max = WAIT_MS) {
  const end = Date.now() + ms_max;
  for (;;) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < end, what);
    await new Promise((done) => { setTimeout(done, LOOK_EVERY_MS); });
  }
}
