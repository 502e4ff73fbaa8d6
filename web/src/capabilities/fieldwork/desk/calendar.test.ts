// Days go on and back over the ends of months and years.
import { expect, test } from "vitest";
import { days_after, is_day } from "./calendar";

test("a day after the last of a month is the first of the next", () => {
  expect(days_after("2026-02-28", 1)).toBe("2026-03-01");
  expect(days_after("2027-01-01", -1)).toBe("2026-12-31");
  expect(days_after("2026-11-22", 0)).toBe("2026-11-22");
});

test("what somebody typed into the address is a day or is not", () => {
  expect(is_day("2026-11-22")).toBe(true);
  expect(is_day("2026-13-45")).toBe(false);
  expect(is_day("yesterday")).toBe(false);
  expect(is_day(undefined)).toBe(false);
});
