// Reaching a reporter without learning who they are: the way to the server, and what a screen derives of it.
import { api, ask, type Schema } from "../../../client/api";

export type Reaches = Schema["Reaches"];
export type Reach = Schema["ReachView"];
export type Way = Reach["way"];
export type Order = Schema["ReachReporter"];

const at = (key: string) => ({ path: { id: key } });

export const list_reaches = (key: string): Promise<Reaches> => ask(api.GET("/api/cases/{id}/reaches", { params: at(key) }));
export const reach_reporter = (key: string, body: Order): Promise<Reaches> => ask(api.POST("/api/cases/{id}/reaches", { params: at(key), body }));
export const end_reach = (key: string, reach: string): Promise<Reaches> => ask(api.POST("/api/cases/{id}/reaches/{reach}/end", { params: { path: { id: key, reach } } }));

/** Whether how it stands may be another within seconds. */
export const is_moving = (one: Reach): boolean => one.step === "fetching" || one.step === "sending";

/** A number as people read it aloud: 950 1300 0001. */
export function in_groups(number: string): string {
  const digits = number.replaceAll("-", "");
  const head = digits.length % 4;
  const groups = digits.slice(head).match(/.{4}/gu) ?? [];
  return [digits.slice(0, head), ...groups].filter(Boolean).join(" ");
}

/** What a phone dials: the extension after a pause. */
export const dialled = (one: Pick<Reach, "number" | "extension">): string => `tel:${one.number}${one.extension ? `,${one.extension}` : ""}`;
