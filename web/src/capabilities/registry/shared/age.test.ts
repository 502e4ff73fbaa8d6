// Ages in the words of the counter.
import { expect, test } from "vitest";
import { ago } from "./age";

const NOW = Date.parse("2026-11-22T02:00:00Z");

test.each([
  ["2026-11-22T01:00:00Z", "今天"],
  ["2026-11-21T15:00:00Z", "昨天"],
  ["2026-10-01T02:00:00Z", "52 天前"],
  ["2026-08-20T02:00:00Z", "3 个月前"],
  ["2024-10-01T02:00:00Z", "2 年前"],
])("%s is %s", (iso, words) => {
  expect(ago(iso, NOW)).toBe(words);
});
