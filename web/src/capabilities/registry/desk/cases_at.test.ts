// Cases found by words and by plate stand once, the latest first, and no more than fit beside a home.
import { expect, test } from "vitest";
import type { Schema } from "../../../client/api";
import { CASES_MAX, latest } from "./cases_at";

const line = (id: string, reported_at: string) => ({ id, reported_at }) as Schema["CaseLine"];

test("a case found twice stands once, the latest on top", () => {
  const found = latest([line("a", "2026-03-01T08:00:00+08:00"), line("b", "2026-03-03T08:00:00+08:00"), line("a", "2026-03-01T08:00:00+08:00")]);
  expect(found.map((one) => one.id)).toEqual(["b", "a"]);
});

test("no more than fit", () => {
  const many = Array.from({ length: 9 }, (_, day) => line(`case ${day}`, `2026-03-0${day + 1}T08:00:00+08:00`));
  const found = latest(many);
  expect(found).toHaveLength(CASES_MAX);
  expect(found[0]?.id).toBe("case 8");
});
