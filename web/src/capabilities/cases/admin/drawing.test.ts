// The drawing of a workflow: lanes by owner, columns by distance, no state on another, no way through a box and none along another.
import { expect, test } from "vitest";
import { LANE_NAME_WIDTH, NODE, draw, type Drawing } from "./drawing";
import type { Action, State, Workflow } from "./workflow";

const words = { zh: "某", en: "x" };
const state = (name: string, owner: string, more: Partial<State> = {}): State => ({ name, words, plain: words, owner, clock: "none", ...more });
const action = (name: string, from: string[], to: string, more: Partial<Action> = {}): Action => ({ name, words, from, to, who: ["holder"], ...more });
const open = ["new", "sent", "work", "wait", "check"];
const flow: Workflow = {
  version: 1, words, source: "", clock: [], role: [], level: [], guard: [], escalation: [],
  state: [state("new", "desk", { start: true }), state("sent", "host"), state("work", "host"), state("wait", "host"), state("check", "desk"), state("done", "none", { final: true }), state("gone", "none", { final: true })],
  action: [
    action("send", ["new"], "sent", { main: true }), action("take", ["sent"], "work", { main: true }), action("finish", ["work"], "check", { main: true }),
    action("end", ["check", "new"], "done", { main: true }), action("pause", ["work"], "wait"), action("go", ["wait"], "work"), action("note", ["work"], "same"),
    action("back", ["sent", "work"], "new"), action("leave", open, "gone"),
  ],
};
const ways = ({ ways: all }: Drawing) => all.map(({ edge }) => `${edge.from}>${edge.to}`);
const DRAWINGS = [draw(flow, { ways: "main" }), draw(flow, { ways: "all" }), draw(flow, { ways: "at", state: "work" })];

test("states stand in columns by their distance, ends side by side", () => {
  const columns = Object.fromEntries(DRAWINGS[0]!.nodes.map((node) => [node.state.name, node.column]));
  expect(columns).toEqual({ new: 0, sent: 1, work: 2, wait: 3, check: 3, done: 4, gone: 3 });
});

test("each owner has a lane, the ends one of their own, and every state lies in its lane", () => {
  for (const { lanes, nodes } of DRAWINGS) {
    expect(lanes.map((one) => one.owner)).toEqual(["desk", "host", ""]);
    for (const node of nodes) {
      const lane = lanes.find((one) => one.owner === (node.state.final ? "" : node.state.owner))!;
      expect(node.y >= lane.y && node.y + NODE.height <= lane.y + lane.height).toBe(true);
    }
  }
});

test("the main ways are those the workflow calls so; an end that all lead to says so in place of lines", () => {
  const [main, all, work] = DRAWINGS as [Drawing, Drawing, Drawing];
  expect(ways(main)).toEqual(["new>sent", "sent>work", "work>check", "check>done", "new>done"]);
  expect(ways(all)).not.toContain("work>gone");
  expect(all.nodes.find((node) => node.state.name === "gone")!.from_many).toBe(open.length);
  expect(ways(work)).toEqual(["sent>work", "work>check", "work>wait", "wait>work", "work>new", "work>gone"]);
});

test("no state lies on another or outside", () => {
  for (const { nodes, width, height } of DRAWINGS) for (const a of nodes) {
    expect(a.x >= LANE_NAME_WIDTH && a.y >= 0 && a.x + NODE.width <= width && a.y + NODE.height <= height).toBe(true);
    for (const b of nodes) if (a !== b) expect(Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height).toBe(true);
  }
});

test("no way goes through a box", () => {
  for (const { nodes, ways: all } of DRAWINGS) for (const way of all) for (const node of nodes) {
    way.points.slice(1).forEach(([x2, y2], n) => {
      const [x1, y1] = way.points[n]!;
      const outside = Math.max(x1, x2) <= node.x || Math.min(x1, x2) >= node.x + NODE.width || Math.max(y1, y2) <= node.y || Math.min(y1, y2) >= node.y + NODE.height;
      expect(outside, `${way.edge.from}>${way.edge.to} through ${node.state.name}`).toBe(true);
    });
  }
});
