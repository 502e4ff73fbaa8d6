// The workflow as the server gives it, and the ways from state to state in it.
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
  /** The way most cases go on. */
  main?: boolean;
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
