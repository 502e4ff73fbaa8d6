// Whom something concerns, summed over the buildings; a ring ends where it began.
import { expect, test } from "vitest";
import { closed, totals_of, type Affected } from "./affected";

const building = (homes: number, residents: number, help: Record<string, number> = {}): Affected => ({ place: "p", label: "5栋", area: { code: "c", path: "c", name: "网格" }, homes, residents, help });

test("homes, people and those who need help are summed, also where a building has none", () => {
  const found = [building(12, 30, { needs_oxygen: 1 }), building(6, 9), building(2, 3, { needs_oxygen: 2, needs_electricity: 1 })];
  expect(totals_of(found)).toEqual({ homes: 20, residents: 42, help: [["needs_oxygen", 3], ["needs_electricity", 1]] });
});

test("a ring ends where it began; without corners there is none", () => {
  expect(closed([[113, 27], [114, 27], [114, 28]])).toEqual([[113, 27], [114, 27], [114, 28], [113, 27]]);
  expect(closed([])).toEqual([]);
});
