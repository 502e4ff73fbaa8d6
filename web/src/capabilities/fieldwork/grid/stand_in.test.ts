import { expect, test } from "vitest";
import { evening_of, is_running, seats_of, type StandIn } from "./stand_in";

const one = { from: "2026-03-02T01:00:00Z", until: "2026-03-02T12:00:00Z", ended_at: null } as StandIn;

test("a time of standing in runs from its beginning until its end, unless it was ended", () => {
  expect(is_running(one, Date.parse("2026-03-02T00:59:00Z"))).toBe(false);
  expect(is_running(one, Date.parse("2026-03-02T01:00:00Z"))).toBe(true);
  expect(is_running(one, Date.parse("2026-03-02T12:00:00Z"))).toBe(false);
  expect(is_running({ ...one, ended_at: "2026-03-02T02:00:00Z" }, Date.parse("2026-03-02T03:00:00Z"))).toBe(false);
});

test("the evening is eight o'clock in China, and midnight once that is over", () => {
  expect(evening_of("2026-03-02", Date.parse("2026-03-02T09:00:00+08:00"))).toBe("2026-03-02T12:00:00.000Z");
  expect(evening_of("2026-03-02", Date.parse("2026-03-02T21:00:00+08:00"))).toBe("2026-03-02T16:00:00.000Z");
});

test("seats are one's own by their stand-in, and others' by whose they are", () => {
  const post = (id: string, main: string, stand_in?: string) => ({ id, name: `${id} post`, holdings: [{ account: main, name: `${main} name`, role: "main" }, ...(stand_in ? [{ account: stand_in, name: `${stand_in} name`, role: "stand_in" }] : [])] });
  const seats = seats_of([post("1", "a", "b"), post("2", "c", "a"), post("3", "a"), post("4", "c", "b")] as never, "a");
  expect(seats.own).toEqual([{ id: "1", name: "1 post", other: "b name" }, { id: "3", name: "3 post", other: "" }]);
  expect(seats.covered).toEqual([{ id: "2", name: "2 post", other: "c name" }]);
});
