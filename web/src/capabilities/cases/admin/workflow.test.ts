// Ways from state to state: each told once, whatever action goes it.
import { expect, test } from "vitest";
import { edges_of, type Action, type State, type Workflow } from "./workflow";

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
