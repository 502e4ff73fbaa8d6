// What is kept, shown in a field and sent again is the same; what is left empty takes the value out.
import { expect, test } from "vitest";
import { empty_of, sent_of, typed_of, type Shape } from "./value";

const KEPT: [Shape, unknown, unknown][] = [
  ["name", "张建明", "张建明"],
  ["area", 8950, "89.5"],
  ["phones", ["13907330001", "073122223333"], ["13907330001", "073122223333"]],
  ["names", ["张小明"], ["张小明"]],
  ["choices", ["mandarin", "xiang"], ["mandarin", "xiang"]],
  ["documents", [{ kind: "resident_id", number: "11010519491231002X" }], [{ kind: "resident_id", number: "11010519491231002X" }]],
  ["contact", { name: "李强", phone: "13907330002", relation: "子" }, { name: "李强", phone: "13907330002", relation: "子" }],
  ["whole", 12, "12"],
  ["yes", true, "yes"],
];

test.each(KEPT)("%s: kept, shown and sent", (shape, kept, sent) => {
  expect(sent_of(shape, typed_of(shape, kept))).toEqual(sent);
});

test.each(["name", "phones", "choices", "documents", "contact", "details", "area", "date"] as Shape[])("%s left empty takes the value out", (shape) => {
  expect(sent_of(shape, empty_of(shape))).toBeNull();
});

test("several telephones are written one below the other, or with a comma of Chinese lists", () => {
  expect(sent_of("phones", "13907330001、13907330002\n 13907330003 ")).toEqual(["13907330001", "13907330002", "13907330003"]);
});

test("a document's kind that was left to the number is not sent", () => {
  expect(sent_of("documents", [{ kind: "", number: " 11010519491231002X " }])).toEqual([{ number: "11010519491231002X" }]);
});
