// What is written and what is sent, pasted ground, and how announcements are put in order.
import { expect, test } from "vitest";
import { blank, content_of, extent_of, local_of, missing_in, read_ground, standing_in, standing_of, written_of, type Outage, type OutageDetail, type Written } from "./outages";

const SQUARE = { type: "Polygon", coordinates: [[[113.1, 27.8], [113.2, 27.8], [113.2, 27.9], [113.1, 27.8]]] } as unknown as NonNullable<Written["ground"]>;
const place = { place: "a", label: "田心里1栋", risers: "" };
const written: Written = { ...blank(), service: "water", from: "2026-11-24T08:00", to: "2026-11-24T18:00", reason: " 更换阀门 ", phone: "0731-28680000", places: [place] };

test("what is missing is told at its field, the first first", () => {
  const rows: [Partial<Written>, boolean, string | undefined][] = [
    [{}, true, "unit"], [{ unit: "water_supply" }, true, undefined], [{ service: "" }, false, "service"], [{ from: "" }, false, "from"], [{ to: "" }, false, "to"],
    [{ places: [] }, false, "extent"], [{ by: "ground" }, false, "extent"], [{ by: "ground", ground: SQUARE }, false, undefined], [{}, false, undefined],
  ];
  for (const [more, asks_unit, field] of rows) expect(missing_in({ ...written, ...more }, asks_unit)?.[0]).toBe(field);
});

test("moments are those of Shanghai, there and back", () => {
  const content = content_of(written);
  expect([content.from, content.reason, "reason_en" in content]).toEqual(["2026-11-24T08:00:00+08:00", "更换阀门", false]);
  expect(local_of("2026-11-24T00:00:00Z")).toBe("2026-11-24T08:00");
  expect(local_of("2026-11-23T16:00:00Z")).toBe("2026-11-24T00:00");
});

test("several risers of one place are several places, and one again when read", () => {
  expect(extent_of({ ...written, places: [{ ...place, risers: "西立管，东立管, " }] })).toEqual({ places: [{ place: "a", riser: "西立管" }, { place: "a", riser: "东立管" }] });
  const detail = { service: "water", sudden: false, from: "2026-11-24T00:00:00Z", to: "2026-11-24T10:00:00Z", reason: "更换阀门", phone: "1", extent: { places: [{ place: "a", riser: "西立管" }, { place: "a", riser: "东立管" }] }, building_list: [{ place: "a", label: "田心里1栋" }] };
  expect(written_of(detail as unknown as OutageDetail).places).toEqual([{ place: "a", label: "田心里1栋", risers: "西立管，东立管" }]);
});

test("pasted ground is a geometry, or the only feature around it; all else is refused in words", () => {
  const feature = { type: "Feature", geometry: SQUARE };
  for (const given of [SQUARE, feature, { type: "FeatureCollection", features: [feature] }]) expect(read_ground(JSON.stringify(given))).toEqual({ ground: SQUARE });
  for (const given of ["", "Polygon", "null", "[]", JSON.stringify({ type: "Point", coordinates: [1, 2] }), JSON.stringify({ type: "FeatureCollection", features: [feature, feature] }), JSON.stringify({ type: "FeatureCollection", features: [] })]) {
    expect(read_ground(given)).toHaveProperty("refused");
  }
});

const NOW = Date.parse("2026-11-24T04:00:00Z");
const row = (id: string, state: string, from: string, to: string) => ({ id, state, from: `2026-11-${from}:00:00Z`, to: `2026-11-${to}:00:00Z` }) as Outage;
const rows = [row("late", "published", "24T02", "24T12"), row("soon", "changed", "24T00", "24T06"), row("unsaid", "published", "23T00", "23T06"), row("next", "published", "25T00", "25T06"), row("first", "published", "24T08", "24T10"), row("draft", "draft", "24T00", "24T06"), row("gone", "withdrawn", "24T00", "24T06"), row("over", "ended", "20T00", "20T06")];

test("each announcement stands in one group, and what matters soonest first", () => {
  expect(standing_of(rows[2]!, NOW)).toBe("running");
  const ids = (standing: Parameters<typeof standing_in>[1]) => standing_in(rows, standing, NOW).map((one) => one.id);
  expect([ids("running"), ids("coming"), ids("draft"), ids("past")]).toEqual([["unsaid", "soon", "late"], ["first", "next"], ["draft"], ["gone", "over"]]);
});
