// A plate's code is found in the words of a place, and nothing else is taken for one.
import { expect, test } from "vitest";
import { plate_in } from "./plate";

test.each([
  ["田心三村5栋2单元（牌号 9WKP-WXRE）", "9WKP-WXRE"],
  ["门口，牌号9wkp-wxre", "9WKP-WXRE"],
  ["田心三村5栋2单元", undefined],
  ["车 湘B-12345，牌号 ABCD", undefined],
])("%s", (place, code) => expect(plate_in(place)).toBe(code));
