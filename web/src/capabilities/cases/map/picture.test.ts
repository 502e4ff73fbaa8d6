// What the map draws of an answer, and that a wall shows no single place.
import { expect, test } from "vitest";
import { blurred, picture_of } from "./picture";
import type { Exceptions, MapAnswer } from "./watch";

const words = { zh: "石峰区", en: "Shifeng" };
const area = { path: "430204", code: "430204", name: words, level: "district", level_words: words, bounds: [113, 27, 114, 28], label: [113.5, 27.5] };
const inside = (path: string, overdue: number) => ({ ...area, path, open: 12, overdue, due_today: 0, levels: [] });
const seen = { at: "2026-11-22T02:00:00Z", area, above: [], figures: [], levels: [], areas: [inside("430204/430204001", 3), inside("430204/430204002", 0)] } as unknown as Exceptions;
const pin = (number: string, lon: number, overdue: boolean, level = 0) => ({ id: number, number, lon, lat: 27.891, type_words: words, state_words: words, due_at: null, overdue, level });
const map = { at: seen.at, cells: [], cases: [pin("1", 113.1021, false), pin("2", 113.1022, true), pin("3", 113.3, true, 4)], unplaced: 0 } as MapAnswer;

test("an area says how many are open and late", () => {
  const [inner, other] = picture_of(seen, map, "2").within;
  expect(other).toMatchObject({ line: "在办 12", is_late: false });
  expect(inner).toMatchObject({ name: "石峰区", line: "在办 12 · 超时 3", is_late: true });
});

test("a case's shape says whether it is late or supervised", () => {
  expect(picture_of(seen, map, undefined).pins.map((one) => one.kind)).toEqual(["calm", "late", "pressed"]);
});

test("a wall shows cells of two kilometres, and no case", () => {
  const wall = blurred(picture_of(seen, map, "2"));
  expect(wall.pins).toEqual([]);
  expect(wall.chosen).toBeUndefined();
  expect(wall.heaps.map((heap) => [heap.count, heap.late])).toEqual([[2, 1], [1, 1]]);
  expect(wall.heaps[0]!.lon).toBeCloseTo(113.11, 6);
});
