// Where a row of a day leads.
import { afterEach, expect, test } from "vitest";
import { session } from "../../../../lib/session";
import { row_link, type DayRow } from "./days";

const KINDS = [{ kind: "person" as const, words: { zh: "人", en: "Person" } }, { kind: "dwelling" as const, words: { zh: "房屋", en: "Home" } }];
const row = (kind: string, part = ""): DayRow => ({ kind, id: "7", words: { zh: "", en: "" }, part: { zh: part, en: "" }, area_path: "1/2" });
const holding = (...permissions: string[]) => { session.me = { grants: permissions.map((permission) => ({ permission, scope: { kind: "district" } })) } as never; };
afterEach(() => { session.me = undefined; });

test("a record opens where its kind is shown, a case and a form in their places, a task nowhere", () => {
  holding("registry.view", "cases.view", "fieldwork.read");
  expect(row_link(row("record", "人"), KINDS)).toBe("/register/people/7");
  expect(row_link(row("record", "房屋"), KINDS)).toBe("/register/homes/7");
  expect(row_link(row("record", "别的"), KINDS)).toBe("/register/records/7");
  expect(row_link(row("case"), KINDS)).toBe("/case/7");
  expect(row_link(row("submission"), KINDS)).toBe("/submissions/7");
  expect(row_link(row("task"), KINDS)).toBeUndefined();
});

test("without the right there is no link", () => {
  holding();
  expect(row_link(row("record", "人"), KINDS)).toBeUndefined();
});
