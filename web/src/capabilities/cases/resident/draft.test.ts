// The draft: kept a week, never with a phone number, gone once filed.
import { beforeEach, expect, it } from "vitest";
import { clear_draft_when_filed, drop_draft, load_draft, save_draft, type Draft } from "./draft";

const DAY_MS = 24 * 60 * 60 * 1000;
const DRAFT: Draft = {
  words: "路灯不亮", type: "", place_kind: "address", lon: "", lat: "", address: "田心路", grid: "", place_said: "", client_id: "a", saved_at: 10 * DAY_MS,
};

beforeEach(() => {
  localStorage.clear();
  document.body.innerHTML = "";
});

it("comes back for seven days and no longer", () => {
  save_draft(DRAFT);
  expect(load_draft(17 * DAY_MS)).toEqual(DRAFT);
  expect(load_draft(17 * DAY_MS + 1)).toBeNull();
});

it("is not offered when it says nothing", () => {
  save_draft({ ...DRAFT, words: "", address: "" });
  expect(load_draft(DRAFT.saved_at)).toBeNull();
});

it("survives a broken store", () => {
  localStorage.setItem("mulin.draft.report", "{");
  expect(load_draft(0)).toBeNull();
});

it("has no room for a name or a number", () => {
  expect(Object.keys(DRAFT).filter((key) => /phone|name/.test(key))).toEqual([]);
});

it("is cleared on the receipt and nowhere else", () => {
  save_draft(DRAFT);
  clear_draft_when_filed();
  expect(load_draft(DRAFT.saved_at)).not.toBeNull();
  document.body.innerHTML = `<div data-draft-clear="report"></div>`;
  clear_draft_when_filed();
  expect(load_draft(DRAFT.saved_at)).toBeNull();
  drop_draft();
});
