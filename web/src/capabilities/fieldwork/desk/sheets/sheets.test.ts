// How the figures of a sheet are written, and which of them open a list.
import { afterEach, expect, test } from "vitest";
import { session } from "../../../../lib/session";
import { figure_words, list_of, print_address, type Sheet } from "./sheets";

const holding = (...permissions: string[]) => { session.me = { grants: permissions.map((permission) => ({ permission, scope: { kind: "district" } })) } as never; };
afterEach(() => { session.me = undefined; });

test("a share is so many of so many, a count stands alone", () => {
  expect(figure_words({ n: 1200 })).toBe("1,200");
  expect(figure_words({ n: 9, of: 12 })).toBe("9 / 12");
  expect(figure_words({ n: 0, of: 0 })).toBe("0");
});

test("what stands now opens its list, for who may see it; what was done does not", () => {
  holding("cases.view");
  expect(list_of("overdue", { n: 2 }, "430204/1")).toEqual({ path: "/overdue", query: { area: "430204/1" } });
  expect(list_of("overdue", { n: 0 }, "430204/1")).toBeUndefined();
  expect(list_of("stale", { n: 5 }, "430204/1")).toBeUndefined();
  expect(list_of("done", { n: 5 }, "430204/1")).toBeUndefined();
});

test("a copy is of the sheet on the screen", () => {
  const sheet = { period: "month", area_path: "430204/1", first: "2026-11-01" } as Sheet;
  expect(print_address(sheet, "pdf")).toBe("/api/fieldwork/sheets/month/print?area=430204%2F1&from=2026-11-01&format=pdf");
});
