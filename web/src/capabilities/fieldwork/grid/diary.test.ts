import { expect, test } from "vitest";
import { month_after, month_words } from "./diary";

test("months follow each other over the turn of a year", () => {
  expect(month_after("2026-01", -1)).toBe("2025-12");
  expect(month_after("2025-12", 1)).toBe("2026-01");
  expect(month_after("2026-03", -1)).toBe("2026-02");
});

test("a month is said in the page's language", () => {
  document.documentElement.lang = "zh-CN";
  expect(month_words("2026-03")).toBe("2026年3月");
  document.documentElement.lang = "en";
  expect(month_words("2026-03")).toBe("March 2026");
});
