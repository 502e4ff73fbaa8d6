// Numbers in between, as they are read and dialled.
import { expect, test } from "vitest";
import { dialled, in_groups } from "./reach";

test("a number is read in groups of four from its end", () => {
  expect(in_groups("95013000001")).toBe("950 1300 0001");
  expect(in_groups("0731-28680000")).toBe("0731 2868 0000");
  expect(in_groups("95598")).toBe("9 5598");
});

test("an extension is dialled after a pause", () => {
  expect(dialled({ number: "95013000001", extension: "12" })).toBe("tel:95013000001,12");
  expect(dialled({ number: "95013000001", extension: null })).toBe("tel:95013000001");
});
