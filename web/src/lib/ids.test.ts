// Ids are of version 7, sort by time, and never come twice.
import { expect, test } from "vitest";
import { new_id } from "./ids";

test("an id is a UUID of version 7", () => {
  expect(new_id()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("later ids sort later, and a thousand differ", () => {
  expect(new_id(1_700_000_000_000) < new_id(1_700_000_000_001)).toBe(true);
  expect(new Set(Array.from({ length: 1000 }, () => new_id())).size).toBe(1000);
});

test("the moment stands in the first twelve digits", () => {
  expect(new_id(0x018bcfe56800).startsWith("018bcfe5-6800-7")).toBe(true);
});
