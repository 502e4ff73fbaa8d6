// What counts as trouble: no backup, an old one, work that waits, timers that are late, a full disk.
import { expect, test } from "vitest";
import { size_words, troubles_of, type Health } from "./health";

const note = (at: string) => ({ at, as_of: at, file: "m.tar.gz", bytes: 1 });
const well: Health = {
  version: "1", engine: "SQLite", now: "2026-11-22T08:00:00Z", opened_at: "2026-11-22T00:00:00Z", database_bytes: 1, attachments_bytes: 0, attachments: 0,
  disk_free_bytes: 50, disk_bytes: 100, outbox_rows: 0, outbox_oldest: null, late_timers: 0, late_since: null, migrations: [],
  backup: note("2026-11-22T02:00:00Z"), backup_check: note("2026-11-01T02:00:00Z"),
};

test("a server that is well has no troubles", () => expect(troubles_of(well)).toEqual([]));

test.each<[string, Partial<Health>, string]>([
  ["no backup", { backup: null }, "bad"],
  ["a backup of three days", { backup: note("2026-11-19T02:00:00Z") }, "bad"],
  ["no restore check", { backup_check: null }, "warn"],
  ["a check of half a year", { backup_check: note("2026-05-01T02:00:00Z") }, "warn"],
  ["work that waits an hour", { outbox_rows: 3, outbox_oldest: "2026-11-22T07:00:00Z" }, "bad"],
  ["late timers", { late_timers: 2 }, "bad"],
  ["a full disk", { disk_free_bytes: 5 }, "bad"],
])("%s", (_, change, tone) => expect(troubles_of({ ...well, ...change }).map((one) => one.tone)).toEqual([tone]));

test("work that has just come is no trouble", () => expect(troubles_of({ ...well, outbox_rows: 3, outbox_oldest: "2026-11-22T07:59:00Z" })).toEqual([]));
test("sizes in units people read", () => expect([0, 1023, 1024, 3_403_776].map(size_words)).toEqual(["0 B", "1,023 B", "1 KiB", "3.2 MiB"]));
