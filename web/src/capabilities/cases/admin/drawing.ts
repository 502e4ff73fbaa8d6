// The workflow drawn: a lane for each owner, columns by how far a state is from the beginning, ways in the gutters between the boxes, never through one.
import { edges_of, type Edge, type State, type Workflow } from "./workflow";

/** A state placed on the drawing. */
export interface Node {
  state: State;
  column: number;
  row: number;
  x: number;
  y: number;
  /** How many states lead to this end by a way that is not drawn. */
  from_many: number;
}
/** The states one role owns, one below the other where they stand in one column. */
export interface Lane {
  owner: string;
  y: number;
  height: number;
}
export interface Way {
  edge: Edge;
  /** Corner by corner. */
  points: [x: number, y: number][];
  path: string;
  is_back: boolean;
}
export interface Drawing {
  width: number;
  height: number;
  lanes: Lane[];
  nodes: Node[];
  ways: Way[];
}

export const NODE = { width: 136, height: 66 };
/** The lane's name stands left of its boxes. */
export const LANE_NAME_WIDTH = 96;
/** What is left free beside the ways in a gutter, and how far two ways are apart. */
const GUTTER = 14;
const TRACK = 9;
/** An end that more states lead to (withdrawn, merged, …) says so; as lines it would hide all others. */
const SIDE_END_STATES = 3;

/** Which ways are drawn: those most cases go, every one, or those at one state. */
export type Shown = { ways: "main" } | { ways: "all" } | { ways: "at"; state: string };

/** Steps from the beginning over the longest way forward, the file's order saying what is forward; ends stand side by side at the right. */
function columns_of(flow: Workflow, edges: readonly Edge[]): Map<string, number> {
  const order = new Map(flow.state.map((one, n) => [one.name, n]));
  const column = new Map<string, number>();
  for (const state of flow.state.filter((one) => !one.final)) {
    const before = edges.filter((edge) => edge.to === state.name && order.get(edge.from)! < order.get(state.name)!);
    column.set(state.name, state.start ? 0 : Math.max(0, ...before.map((edge) => (column.get(edge.from) ?? 0) + 1)));
  }
  const last = Math.max(0, ...column.values()) + 1;
  flow.state.filter((one) => one.final).forEach((one, n) => column.set(one.name, Math.max(0, last - n)));
  return column;
}

interface Place {
  state: State;
  column: number;
  row: number;
}

/** Rows: lane by lane in the order in which their owners first appear, the ends last. */
function rows_of(flow: Workflow, column: ReadonlyMap<string, number>): { places: Place[]; lanes: { owner: string; first: number; rows: number }[] } {
  const owner_of = (state: State) => (state.final ? "" : state.owner);
  const owners = [...new Set(flow.state.filter((one) => !one.final).map(owner_of)), ...(flow.state.some((one) => one.final) ? [""] : [])];
  const places: Place[] = [];
  const lanes = [];
  let first = 0;
  for (const owner of owners) {
    const taken = new Map<number, number>();
    for (const state of flow.state.filter((one) => owner_of(one) === owner)) {
      const at = column.get(state.name)!;
      const below = taken.get(at) ?? 0;
      places.push({ state, column: at, row: first + below });
      taken.set(at, below + 1);
    }
    const rows = Math.max(...taken.values());
    lanes.push({ owner, first, rows });
    first += rows;
  }
  return { places, lanes };
}

/** Gives out the tracks of the gutters in the order they are asked for. */
class Tracks {
  private taken = new Map<number, number>();
  take(gutter: number): number {
    const track = this.taken.get(gutter) ?? 0;
    this.taken.set(gutter, track + 1);
    return track;
  }
  width(gutter: number): number {
    return 2 * GUTTER + Math.max(0, (this.taken.get(gutter) ?? 0) - 1) * TRACK;
  }
}

/** A way before the gutters' widths are known: down beside its box, along below a row, and beside the box it leads to. */
interface Route {
  edge: Edge;
  from: Place;
  to: Place;
  /** Gutter g lies left of column g; its track. */
  out: { gutter: number; track: number };
  /** Only where the boxes are not neighbours. Gutter r lies below row r. */
  along?: { gutter: number; track: number; into: { gutter: number; track: number } };
}

function route(edge: Edge, from: Place, to: Place, columns: Tracks, rows: Tracks): Route {
  const out = { gutter: from.column + 1, track: columns.take(from.column + 1) };
  if (to.column === from.column + 1) return { edge, from, to, out };
  const gutter = to.row >= from.row ? to.row - 1 : to.row;
  return { edge, from, to, out, along: { gutter, track: rows.take(gutter), into: { gutter: to.column, track: columns.take(to.column) } } };
}

/** Whether a way is among those shown. */
function is_shown(edge: Edge, shown: Shown, side_ends: ReadonlyMap<string, number>): boolean {
  if (shown.ways === "at") return edge.from === shown.state || edge.to === shown.state;
  if (shown.ways === "main") return edge.actions.some((action) => action.main && action.to === edge.to);
  return !side_ends.has(edge.to);
}

/** Ends that can be reached from so many states that their ways are told and not drawn. */
function side_ends_of(flow: Workflow, edges: readonly Edge[]): Map<string, number> {
  const counted = flow.state.filter((one) => one.final).map((one) => {
    const direct = edges.filter((edge) => edge.to === one.name && edge.actions.some((action) => action.to === one.name));
    return [one.name, direct.length] as const;
  });
  return new Map(counted.filter(([, count]) => count > SIDE_END_STATES));
}

/** Where the ways touch a box: one below the other, in their order, so that no two lie on each other. */
function ports(routes: readonly Route[], side: "from" | "to"): Map<Route, number> {
  const found = new Map<Route, number>();
  const at = new Map<Place, Route[]>();
  for (const one of routes) at.set(one[side], [...(at.get(one[side]) ?? []), one]);
  const other = side === "from" ? "to" : "from";
  for (const all of at.values()) {
    const sorted = [...all].sort((a, b) => a[other].row - b[other].row || a[other].column - b[other].column);
    sorted.forEach((one, n) => found.set(one, ((n + 1) * NODE.height) / (sorted.length + 1)));
  }
  return found;
}

/** Draws the workflow with the ways asked for. */
export function draw(flow: Workflow, shown: Shown): Drawing {
  const edges = edges_of(flow);
  const { places, lanes } = rows_of(flow, columns_of(flow, edges));
  const at = new Map(places.map((place) => [place.state.name, place]));
  const side_ends = side_ends_of(flow, edges);
  const [columns, rows] = [new Tracks(), new Tracks()];
  const routes = edges.filter((edge) => is_shown(edge, shown, side_ends)).flatMap((edge) => {
    const [from, to] = [at.get(edge.from), at.get(edge.to)];
    return from && to ? [route(edge, from, to, columns, rows)] : [];
  });
  const [column_count, row_count] = [Math.max(...places.map((one) => one.column)) + 1, Math.max(...places.map((one) => one.row)) + 1];
  const left = starts(LANE_NAME_WIDTH, columns, 0, column_count + 1, NODE.width);
  const top = starts(0, rows, -1, row_count + 1, NODE.height);
  const x_of = (column: number) => left[column]! + columns.width(column);
  const y_of = (row: number) => top[row]! + rows.width(row - 1);
  const [leaves, enters] = [ports(routes, "from"), ports(routes, "to")];
  const ways = routes.map((one) => {
    const [start, end] = [y_of(one.from.row) + leaves.get(one)!, y_of(one.to.row) + enters.get(one)!];
    const out = left[one.out.gutter]! + GUTTER + one.out.track * TRACK;
    const points: [number, number][] = [[x_of(one.from.column) + NODE.width, start], [out, start]];
    if (one.along) {
      const channel = top[one.along.gutter + 1]! + GUTTER + one.along.track * TRACK;
      const into = left[one.along.into.gutter]! + GUTTER + one.along.into.track * TRACK;
      points.push([out, channel], [into, channel], [into, end]);
    } else points.push([out, end]);
    points.push([x_of(one.to.column), end]);
    return { edge: one.edge, points, path: rounded(points), is_back: one.to.column <= one.from.column };
  });
  const drawn_ends = new Set(routes.map((one) => one.edge.to));
  return {
    width: left[column_count]! + columns.width(column_count), height: top[row_count]! + rows.width(row_count - 1),
    lanes: lanes.map(({ owner, first, rows: count }) => ({ owner, y: top[first]! + rows.width(first - 1) / 2, height: middle_below(first + count - 1) - top[first]! - rows.width(first - 1) / 2 })),
    nodes: places.map((one) => ({ ...one, x: x_of(one.column), y: y_of(one.row), from_many: drawn_ends.has(one.state.name) ? 0 : side_ends.get(one.state.name) ?? 0 })),
    ways,
  };
  function middle_below(row: number): number {
    return top[row + 1]! + rows.width(row) / 2;
  }
}

/** Where each gutter begins; after each comes a box. `first` is the number of the first gutter. */
function starts(from: number, tracks: Tracks, first: number, count: number, box: number): number[] {
  const found: number[] = [];
  let at = from;
  for (let n = 0; n < count; n += 1) {
    found.push(at);
    at += tracks.width(first + n) + box;
  }
  return found;
}

/** A line through the corners, each a little round. */
function rounded(points: readonly [number, number][]): string {
  const ROUND = 6;
  const [first, ...rest] = points;
  let path = `M${first![0]} ${first![1]}`;
  rest.forEach(([x, y], n) => {
    const next = rest[n + 1];
    if (!next) {
      path += `L${x} ${y}`;
      return;
    }
    const [px, py] = points[n]!;
    const towards = (tx: number, ty: number): [number, number] => {
      const far = Math.hypot(tx - x, ty - y);
      const by = far === 0 ? 0 : Math.min(ROUND, far / 2) / far;
      return [x + (tx - x) * by, y + (ty - y) * by];
    };
    const [a, b] = [towards(px, py), towards(next[0], next[1])];
    path += `L${a[0]} ${a[1]}Q${x} ${y} ${b[0]} ${b[1]}`;
  });
  return path;
}
