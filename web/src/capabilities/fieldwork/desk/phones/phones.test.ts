// How a phone stands, in words.
import { expect, test } from "vitest";
import { is_over, state_words, type Phone } from "./phones";

const NOW = Date.parse("2026-11-22T09:00:00Z");
const phone = (more: Partial<Phone>): Phone => ({ id: "1", name: "红米", of: "一网格", own: false, state: "working", grids: [], made_at: "2026-11-01T00:00:00Z", seen_at: "2026-11-21T00:00:00Z", lease_until: "2026-11-28T00:00:00Z", ...more });

test("a phone out of touch past its lease is told apart from one in use", () => {
  expect(state_words(phone({}), NOW)).toBe("在用");
  const silent = phone({ lease_until: "2026-11-20T00:00:00Z" });
  expect(is_over(silent, NOW)).toBe(true);
  expect(state_words(silent, NOW)).toBe("很久没联网，资料已到期");
});

test("a lost phone stays lost whatever its lease", () => {
  expect(state_words(phone({ state: "lost", lease_until: "2026-11-20T00:00:00Z" }), NOW)).toBe("遗失，等它联网清除");
});
