// The queue of people who may be registered twice. The server examines a few grids at a time: an empty part is not the end.
import { api, ask, type Schema } from "../../../client/api";
import { new_id } from "../../../lib/ids";

export type Twins = Schema["TwinsView"];
export type ToldApart = Schema["ToldApartView"];

export interface TwinsPage {
  items: readonly Twins[];
  /** From where on to ask again; nothing at the end. */
  next: string | undefined;
}

/** Parts that are asked for at a time before somebody is shown that there is nothing yet. */
const PARTS_MAX = 20;

/** The first part from `after` on that has any. */
export async function list_duplicates(area: string, after: string): Promise<TwinsPage> {
  let from = after;
  for (let part = 0; part < PARTS_MAX; part += 1) {
    const page = await ask(api.GET("/api/registry/duplicates", { params: { query: { ...(area && { area }), ...(from && { after: from }) } } }));
    if (page.items.length > 0 || !page.next) return { items: page.items, next: page.next ?? undefined };
    from = page.next;
  }
  return { items: [], next: from };
}

/** Notes that two records are of two subjects, and answers the deed. */
export function tell_apart(one: string, other: string, reason: string): Promise<Schema["NotSameView"]> {
  return ask(api.POST("/api/registry/duplicates/not-same", { body: { one, other, reason }, headers: { "idempotency-key": new_id() } }));
}

/** The latest pairs that were told apart. */
export const list_told_apart = () => ask(api.GET("/api/registry/duplicates/not-same"));
