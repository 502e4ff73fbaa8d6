// Homes and people are found by what people type at a door, within a tenth of a second among two thousand households.
// @vitest-environment node
import { expect, test } from "vitest";
import { find, lines_of } from "./search";
import type { HomeRow } from "./wire";

function home(number: number, place: string, people: [string, string][]): HomeRow {
  const rows = people.map(([name, letters], at) => ({ id: `${number}-${at}`, version: 1, name, letters, residence: "r", residence_version: 1, relation: "head", kind: "registered", values: {} }));
  return { id: `home-${number}`, version: 1, area_path: "a", address: `响石岭街道白果山路12号${place}`, place, building: null, lon: null, lat: null, letters: "xslbgsl", household: null, values: {}, people: rows };
}

const LINES = [home(1, "5栋2单元301", [["张建明", "zjm"], ["李桂兰", "lgl"]]), home(2, "15栋2单元301", [["张伟", "zw"]])].flatMap(lines_of);

const WANTED: [string, string[]][] = [
  ["zjm", ["张建明"]],
  ["ZJM", ["张建明"]],
  ["张", ["张建明", "张伟"]],
  ["桂兰", ["李桂兰"]],
  ["5-2-301", ["5栋2单元301"]],
  ["5栋301", ["5栋2单元301"]],
  ["301", ["5栋2单元301", "15栋2单元301"]],
  ["15栋 张", ["张伟"]],
  ["白果山 lgl", ["李桂兰"]],
  ["王", []],
  ["  ", []],
];

test.each(WANTED)("%s", (typed, expected) => {
  const found = find(LINES, typed).map(({ home: at, person }) => person?.name ?? at.place);
  expect([...found].sort()).toEqual([...expected].sort());
});

test("a key among 2,000 households costs less than 100 ms", () => {
  const many = Array.from({ length: 2000 }, (_, at) => home(at, `${at % 40}栋${at % 4}单元${100 + (at % 24)}`, [["张建明", "zjm"], [`李${at}`, `l${at}`], ["王小满", "wxm"]])).flatMap(lines_of);
  const begun = performance.now();
  for (const typed of ["z", "zj", "zjm", "李19", "39栋", "不在"]) find(many, typed);
  expect((performance.now() - begun) / 6).toBeLessThan(100);
});
