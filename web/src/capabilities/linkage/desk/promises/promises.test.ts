// Periods by name, shares of the right whole, and addresses anybody may have typed.
import { describe, expect, test } from "vitest";
import { periods, share_words, wanted_of, type Figure } from "./promises";

const figures: Figure[] = [{ measure: "given", count: 400 }, { measure: "done", count: 300 }, { measure: "in_time", count: 299 }, { measure: "overdue", count: 2 }];

describe("promises", () => {
  test("periods begin and end with their months", () => {
    expect(periods("2026-03-01").map(({ from, to }) => `${from} ${to}`)).toEqual(["2026-01-01 2026-03-01", "2026-03-01 2026-03-01", "2026-02-01 2026-02-28"]);
  });
  test("a share is of what was done, and never rounded up to all", () => {
    expect(share_words(figures, "in_time")).toBe("99.6%");
    expect(share_words(figures, "given")).toBe("");
    expect(share_words([{ measure: "done", count: 0 }], "in_time")).toBe("");
  });
  test("an address that makes no sense asks for two months", () => {
    const wanted = wanted_of({ from: "2026-13-01", to: "2026-03-01", measure: "best_worker" }, ["given"]);
    expect(wanted).toEqual({ from: "2026-01-01", to: "2026-03-01", measure: undefined, type: "" });
    expect(wanted_of({ from: "2026-04-01", to: "2026-03-01" }, []).from).toBe("2026-01-01");
  });
});
