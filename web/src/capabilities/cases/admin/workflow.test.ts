// The drawing of a workflow: every state once, columns by distance, ends last, no state on another.
import { expect, test } from "vitest";
import { NODE, draw, edges_of, type Action, type State, type Workflow } from "./workflow";

const words = { zh: "某", en: "x" };
const state = (name: string, more: Partial<State> = {}): State => ({ name, words, plain: words, owner: "desk", clock: "none", ...more });
const action = (name: string, from: string[], to: string, more: Partial<Action> = {}): Action => ({ name, words, from, to, who: ["holder"], ...more });
const flow: Workflow = {
  version: 1, words, source: "", clock: [], role: [], level: [], guard: [], escalation: [],
  state: [state("new", { start: true }), state("work"), state("wait"), state("done", { final: true })],
  action: [action("take", ["new"], "work"), action("pause", ["work"], "wait"), action("go", ["wait"], "work"), action("note", ["work"], "same"), action("end", ["work", "new"], "done", { branch: [{ to: "wait" }] })],
};

test("ways are told once, staying is none", () => {
  const found = edges_of(flow).map((edge) => `${edge.from}>${edge.to}`);
  expect(found).toEqual(["new>work", "work>wait", "wait>work", "work>done", "new>done", "new>wait"]);
});

test("states stand in columns by their distance, ends in the last", () => {
  const columns = Object.fromEntries(draw(flow).nodes.map((node) => [node.state.name, node.column]));
  expect(columns).toEqual({ new: 0, work: 1, wait: 2, done: 3 });
});

test("no state lies on another", () => {
  const { nodes, width, height } = draw(flow);
  for (const a of nodes) {
    expect(a.x >= 0 && a.y >= 0 && a.x + NODE.width <= width && a.y + NODE.height <= height).toBe(true);
    for (const b of nodes) if (a !== b) expect(Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height).toBe(true);
  }
});

test("the main way goes forward by an action's own aim", () => {
  const main = draw(flow).edges.filter((one) => one.is_main).map((one) => `${one.edge.from}>${one.edge.to}`);
  expect(main).toEqual(["new>work", "work>wait", "work>done", "new>done"]);
});
