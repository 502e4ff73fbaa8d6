// The workflow as the server gives it, and a layered drawing of it: states in columns by how far they are from the beginning, and the way most cases go.
import type { Words } from "../../../lib/words";

export interface Length {
  amount: number;
  unit: "minute" | "working_hour" | "working_day" | "natural_day";
}
export interface State {
  name: string;
  words: Words;
  plain: Words;
  owner: string;
  clock: string;
  start?: boolean;
  final?: boolean;
}
export interface Action {
  name: string;
  words: Words;
  from: string[];
  /** A state, or `same`. */
  to: string;
  branch?: { to: string; when?: string; done?: string }[];
  who: string[];
  needs?: string[];
  source?: string;
  once?: boolean;
  timer?: string;
}
export interface Clock {
  name: string;
  words: Words;
  length: Length;
  by_caller?: boolean;
  source: string;
}
export interface Workflow {
  version: number;
  words: Words;
  source: string;
  state: State[];
  action: Action[];
  clock: Clock[];
  role: { name: string; words: Words }[];
  level: { name: string; words: Words }[];
  guard: { name: string; words: Words }[];
  escalation: { clock: string; level: string; percent?: number; after_due?: Length }[];
}

/** One way from state to state, with the actions that go it. */
export interface Edge {
  from: string;
  to: string;
  actions: Action[];
}

export function edges_of(flow: Workflow): Edge[] {
  const found = new Map<string, Edge>();
  const add = (from: string, to: string, action: Action) => {
    if (to === "same" || from === to) return;
    const key = `${from} ${to}`;
    const edge = found.get(key) ?? { from, to, actions: [] };
    if (!edge.actions.includes(action)) edge.actions.push(action);
    found.set(key, edge);
  };
  for (const action of flow.action) {
    for (const from of action.from) for (const to of [action.to, ...(action.branch ?? []).map((one) => one.to)]) add(from, to, action);
  }
  return [...found.values()];
}

/** A state placed on the drawing. */
export interface Node {
  state: State;
  column: number;
  row: number;
  x: number;
  y: number;
}
export interface Drawing {
  width: number;
  height: number;
  nodes: Node[];
  edges: { edge: Edge; path: string; is_back: boolean; is_main: boolean }[];
}

export const NODE = { width: 128, height: 52 };
const GAP = { x: 52, y: 34 };
const MARGIN = 24;
/** Ends that so many states lead to (withdrawn, merged, …) are no part of the main way. */
const SIDE_END_STATES = 3;

/** Steps from the beginning over the longest way forward, the file's order saying what is forward; ends stand in the last column. */
function columns_of(flow: Workflow, edges: readonly Edge[]): Map<string, number> {
  const order = new Map(flow.state.map((one, n) => [one.name, n]));
  const column = new Map<string, number>();
  for (const state of flow.state.filter((one) => !one.final)) {
    const before = edges.filter((edge) => edge.to === state.name && order.get(edge.from)! < order.get(state.name)!);
    column.set(state.name, state.start ? 0 : Math.max(0, ...before.map((edge) => (column.get(edge.from) ?? 0) + 1)));
  }
  const last = Math.max(0, ...column.values()) + 1;
  flow.state.filter((one) => one.final).forEach((one) => column.set(one.name, last));
  return column;
}

/** Whether an edge belongs to the way most cases go: forward, by an action's own aim, and not to an end that can be reached from anywhere. */
function is_main(edge: Edge, edges: readonly Edge[], finals: ReadonlySet<string>): boolean {
  if (!edge.actions.some((action) => action.to === edge.to)) return false;
  return !finals.has(edge.to) || edges.filter((other) => other.to === edge.to && other.actions.some((action) => action.to === other.to)).length <= SIDE_END_STATES;
}

/** Draws the workflow. Columns keep the order of the file, a few rounds bring neighbours to the same height. */
export function draw(flow: Workflow): Drawing {
  const edges = edges_of(flow);
  const column = columns_of(flow, edges);
  const count = Math.max(...column.values()) + 1;
  const columns = Array.from({ length: count }, (_, n) => flow.state.filter((one) => column.get(one.name) === n));
  settle(columns, edges);
  const rows = Math.max(...columns.map((one) => one.length));
  const height = rows * (NODE.height + GAP.y) - GAP.y + 2 * MARGIN;
  const nodes = columns.flatMap((states, n) => states.map((state, row) => {
    const taken = states.length * (NODE.height + GAP.y) - GAP.y;
    return { state, column: n, row, x: MARGIN + n * (NODE.width + GAP.x), y: (height - taken) / 2 + row * (NODE.height + GAP.y) };
  }));
  const at = new Map(nodes.map((node) => [node.state.name, node]));
  const finals = new Set(flow.state.filter((one) => one.final).map((one) => one.name));
  const drawn = edges.flatMap((edge) => {
    const [from, to] = [at.get(edge.from), at.get(edge.to)];
    if (!from || !to) return [];
    const is_back = to.column <= from.column;
    return [{ edge, path: path_of(from, to), is_back, is_main: !is_back && is_main(edge, edges, finals) }];
  });
  return { width: 2 * MARGIN + count * NODE.width + (count - 1) * GAP.x, height, nodes, edges: drawn };
}

function settle(columns: State[][], edges: readonly Edge[]): void {
  const ROUNDS = 4;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let n = 1; n < columns.length; n += 1) {
      const place = new Map(columns.slice(0, n).flatMap((states) => states.map((one, row) => [one.name, row / states.length] as const)));
      const height = (one: State) => {
        const near = edges.filter((edge) => edge.to === one.name && place.has(edge.from)).map((edge) => place.get(edge.from)!);
        return near.length ? near.reduce((sum, row) => sum + row, 0) / near.length : 1;
      };
      columns[n] = [...columns[n]!].sort((a, b) => height(a) - height(b));
    }
  }
}

/** Forward from side to side; back, or within a column, in a bow around. */
function path_of(from: Node, to: Node): string {
  const middle = (node: Node) => node.y + NODE.height / 2;
  if (to.column > from.column) {
    const [x1, x2] = [from.x + NODE.width, to.x];
    const bend = Math.max(30, (x2 - x1) / 2);
    return `M${x1} ${middle(from)}C${x1 + bend} ${middle(from)} ${x2 - bend} ${middle(to)} ${x2} ${middle(to)}`;
  }
  if (to.column === from.column) {
    const x = from.x + NODE.width;
    return `M${x} ${middle(from) + 8}C${x + 50} ${middle(from)} ${x + 50} ${middle(to)} ${x} ${middle(to) - 8}`;
  }
  const [x1, x2] = [from.x, to.x + NODE.width];
  return `M${x1} ${middle(from) + 10}C${x1 - 45} ${middle(from) + 40} ${x2 + 45} ${middle(to) + 40} ${x2} ${middle(to) + 10}`;
}
