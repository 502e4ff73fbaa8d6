// A case on a staff screen: the kinds of the API by short names, and the few things every face derives from them alike.
import { api, ask, type Schema } from "../../../client/api";
import { server_now } from "../../../lib/server_clock";

export type CaseLine = Schema["CaseLine"];
export type CaseView = Schema["CaseView"];
export type Entry = Schema["EntryView"];
export type Action = Schema["ActionView"];
export type Order = Schema["ActOnCase"];

/** Steps taken without a word more: one press, and it is done. */
const NEEDS_NOTHING = (action: Action): boolean => action.needs.length === 0;

/** Closer than this a clock is "soon". */
const SOON_MS = 4 * 3_600_000;

export type Clock = "none" | "calm" | "soon" | "over" | "paused";

/** How a case's clock stands, for its shape and colour; the words come from the server. */
export function clock_of(line: CaseLine, now: number = server_now()): Clock {
  if (!line.open || !line.due_at) return line.state === "paused" ? "paused" : "none";
  if (line.overdue) return "over";
  return new Date(line.due_at).getTime() - now < SOON_MS ? "soon" : "calm";
}

/** What can be done now, in the workflow's own order. */
export function possible(actions: readonly Action[]): Action[] {
  return actions.filter((action) => action.can);
}

/** The one step most people take next, for the large button: the workflow says which steps cases go on by. */
export function next_step(actions: readonly Action[]): Action | undefined {
  return actions.find((action) => action.can && action.main);
}

export function is_plain(action: Action): boolean {
  return NEEDS_NOTHING(action);
}

export function find_case(key: string): Promise<CaseView> {
  return ask(api.GET("/api/cases/{id}", { params: { path: { id: key } } }));
}

/** Takes a step on the case as it was seen. Answers it as it is now. */
export function act(seen: Pick<CaseLine, "id" | "version">, order: Order): Promise<CaseView> {
  return ask(api.POST("/api/cases/{id}/actions", { params: { path: { id: seen.id } }, body: { ...order, version: seen.version } }));
}
