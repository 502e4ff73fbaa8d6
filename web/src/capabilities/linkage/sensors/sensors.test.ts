// In which order sensors are looked at, how a value lies beside its threshold, and how a day is drawn.
import { expect, test } from "vitest";
import { CONDITIONS, draw, HEIGHT, in_order, LOOKS, share_of, WIDTH, type Sensor } from "./sensors";

const one = (code: string, condition: Sensor["condition"]) => ({ code, condition }) as Sensor;
const minute = (minute: string, last: number) => ({ minute, last, low: last, high: last, readings: 1 });

test("what somebody has to look at stands first", () => {
  const all = [one("b", "normal"), one("c", "alarm"), one("a", "normal"), one("d", "silent")];
  expect(in_order(all).map((it) => it.code)).toEqual(["c", "d", "a", "b"]);
  expect(new Set(CONDITIONS.map((condition) => LOOKS[condition].icon)).size, "each has a shape of its own").toBe(CONDITIONS.length);
});

test("a value lies beside its threshold", () => {
  expect(share_of(0.27, { alarm: 0.27, value: 0.1 })).toBe(80);
  expect(share_of(0.54, { alarm: 0.27, value: 0.54 })).toBe(100);
  expect(share_of(-1, { alarm: 0.27, value: -1 })).toBe(0);
});

test("a day is a line with gaps where nothing was said", () => {
  const day = { from: "2026-03-02T00:00:00Z", to: "2026-03-03T00:00:00Z", minutes: [minute("2026-03-02T00:00:00Z", 0), minute("2026-03-02T00:10:00Z", 0.5), minute("2026-03-02T12:00:00Z", 0)] };
  const { pieces, y_of } = draw(day, 0.8);
  expect(pieces).toEqual([`0.0,${HEIGHT}.0 ${((10 / 1440) * WIDTH).toFixed(1)},${HEIGHT / 2}.0`, `${WIDTH / 2}.0,${HEIGHT}.0`]);
  expect(y_of(0.5)).toBe(HEIGHT / 2);
});
