// A wrong clock is corrected, a right one is left alone, an answer without a date changes nothing.
import { expect, test } from "vitest";
import { note_server_time, server_now } from "./server_clock";

const told_at = (ms: number) => new Response(null, { headers: { date: new Date(ms).toUTCString() } });

test("a clock that is an hour behind is put right", () => {
  note_server_time(told_at(Date.now() + 3_600_000));
  expect(Math.abs(server_now() - Date.now() - 3_600_000)).toBeLessThan(2000);
  note_server_time(new Response(null));
  expect(server_now() - Date.now()).toBeGreaterThan(3_000_000);
  note_server_time(told_at(Date.now()));
  expect(Math.abs(server_now() - Date.now())).toBeLessThan(5);
});
