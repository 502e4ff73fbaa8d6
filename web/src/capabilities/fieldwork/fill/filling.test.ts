// A form under way: its pages in order, what is known on the page of the next question, going on only where the page holds, the draft.
import { effectScope } from "vue";
import { expect, test } from "vitest";
import type { Form } from "../../../forms/form";
import type { Known } from "../../../forms/known";
import type { TreeNode } from "../../../forms/tree";
import { use_filling, type Filling } from "./filling";
import { preview_host, type FillHost, type Kept } from "./host";
import { left_over } from "./left_over";
import { list_pages } from "./page_lines";

const FORM: Form = {
  format: 1,
  id: "f",
  version: "1",
  lists: { yes_no: [{ name: "yes" }, { name: "no" }] },
  nodes: [
    { name: "hello", type: "note" },
    { name: "use", type: "text", register: { prefill: "dwelling.use" } },
    { name: "gas", type: "select_one", list: "yes_no", required: "true()" },
    { name: "bottles", type: "repeat", relevant: "${gas} = 'yes'", nodes: [{ name: "kilos", type: "integer", constraint: ". < 100", constraint_message: { zh: "太重" } }] },
    { name: "total", type: "calculate", calculation: "sum(${kilos})" },
    { name: "contact", type: "group", appearance: "field-list", nodes: [{ name: "name", type: "text" }, { name: "phone", type: "text" }] },
    { name: "photo", type: "photo" },
  ],
};
const FRESH: Known = { text: "residential", at: "2026-11-19T00:00:00Z", age_days: 3, is_fresh: true };

/** What each page shows, by names; known in brackets. */
function shape(filling: Filling): string[] {
  const names = (nodes: TreeNode[]) => nodes.map((node) => node.address().slice(1)).join("+");
  return filling.pages.value.map((page) => `${page.known.length > 0 ? `[${names(page.known)}] ` : ""}${page.is === "ask" ? names(page.nodes) : page.is === "again" ? `again ${page.repeat.node.name}` : page.is}`);
}

function begin(host: Partial<FillHost> = {}, kept?: Kept): Filling {
  return effectScope().run(() => use_filling(FORM, { ...preview_host(), ...host }, kept))!;
}
const node = (filling: Filling, address: string) => filling.answers.root.find(address)!;

test("one question a page, a group together, after a repeat whether there is more", () => {
  const filling = begin();
  expect(shape(filling)).toEqual(["hello", "use", "gas", "contact/name+contact/phone", "photo", "end"]);
  filling.set(node(filling, "/gas"), "yes");
  expect(shape(filling).slice(3, 5)).toEqual(["bottles/kilos", "again bottles"]);
});

test("what is known and fresh takes no page; doubted it is asked again", () => {
  const filling = begin({ known: () => FRESH });
  expect(shape(filling).slice(0, 2)).toEqual(["hello", "[use] gas"]);
  filling.doubt(node(filling, "/use"));
  expect(shape(filling).slice(0, 3)).toEqual(["hello", "use", "gas"]);
  expect(filling.page.value.is === "ask" && filling.page.value.nodes[0]!.name).toBe("use");
});

test("a page is left when it holds, or put off; the list of pages says what is missing", () => {
  const filling = begin();
  filling.next();
  filling.next();
  expect(filling.next()).toBe(false);
  expect(filling.problem(node(filling, "/gas"))).toContain("要回答");
  filling.skip();
  expect(filling.index.value).toBe(3);
  expect(list_pages(filling).map((line) => line.state)).toEqual(["answered", "empty", "missing", "empty", "empty", "end"]);
  filling.set(node(filling, "/gas"), "no");
  expect(list_pages(filling)[2]!.state).toBe("answered");
});

test("instances come and go, and one stays on the page one was on", () => {
  const filling = begin();
  filling.set(node(filling, "/gas"), "yes");
  filling.set(node(filling, "/bottles/kilos"), "15");
  const again = filling.pages.value[4]!;
  if (again.is !== "again") throw new Error(again.is);
  filling.add(again.parent, again.repeat);
  expect(filling.index.value).toBe(4);
  filling.set(node(filling, "/bottles[2]/kilos"), "150");
  expect(filling.next()).toBe(false);
  expect(filling.problem(node(filling, "/bottles[2]/kilos"))).toBe("太重");
  filling.set(node(filling, "/bottles[2]/kilos"), "50");
  expect(filling.filled().answers).toMatchObject({ total: "65" });
  filling.next();
  filling.remove(node(filling, "/bottles[1]"));
  expect(shape(filling).slice(2, 5)).toEqual(["gas", "bottles/kilos", "again bottles"]);
  expect(filling.page.value.key).toBe(again.key);
  expect(filling.filled().answers).toMatchObject({ total: "50" });
});

test("the draft is kept at each answer and goes on where it was left", async () => {
  let kept: Kept | undefined;
  const filling = begin({ write_draft: (one) => { kept = one; return Promise.resolve(); } });
  filling.set(node(filling, "/gas"), "no");
  filling.next();
  filling.next();
  await filling.save_now();
  expect(kept).toEqual({ version: "1", at: 2, answers: { gas: "no", bottles: [{}], total: "0", contact: {} } });
  const again = begin({}, kept);
  expect(again.index.value).toBe(2);
  expect(node(again, "/gas").text).toBe("no");
});

test("files among the answers are named with their question", () => {
  const filling = begin();
  filling.set(node(filling, "/photo"), "1.jpg");
  expect(filling.filled().files).toEqual([{ name: "1.jpg", question: "/photo" }]);
});

test("what a newer version no longer asks is told", () => {
  const kept = { gas: "no", gone: "x", contact: { name: "n", fax: [1, 2] }, bottles: [{ kilos: 1, colour: "red" }] };
  expect(left_over(FORM.nodes, kept)).toEqual([{ name: "gone", text: "x" }, { name: "fax", text: "1 2" }, { name: "colour", text: "red" }]);
});
