// Answers of screens that only read, kept to be shown again without a line with the moment they are of: as rows, so they lie sealed behind the
// PIN and go with the lease like everything carried. A phone that carries nothing keeps none.
import { onScopeDispose } from "vue";
import { use_query, type Query } from "../lib/query";
import { server_now } from "../lib/server_clock";
import { StorageFull } from "./database";
import { PhoneLocked } from "./phone";
import { keep_page, rows, type Row } from "./rows";
import { standing } from "./standing";

const KIND = "kept";
/** Enough for a week of reports and what else is looked at each day. */
const KEPT_MAX = 16;

interface KeptRow extends Row {
  at: number;
  value: unknown;
}

/** A question whose last answer stands at once, and stays where nobody answers. One name is one question: a screen about another day asks anew. */
export function use_kept_query<T>(name: string, load: () => Promise<T>): Query<T> {
  let is_over = false;
  onScopeDispose(() => { is_over = true; });
  const query = use_query(async () => {
    const value = await load();
    if (!is_over) void keep(name, value).catch(pass_over);
    return value;
  });
  const kept = rows<KeptRow>(KIND).get(name);
  if (kept) Object.assign(query, { standing: "ready", renewing: true, data: kept.value, at: kept.at });
  return query;
}

async function keep(name: string, value: unknown): Promise<void> {
  if (!standing.carries) return;
  const others = [...rows<KeptRow>(KIND).values()].filter((row) => row.id !== name).sort((a, b) => b.at - a.at);
  const gone = others.slice(KEPT_MAX - 1).map((row) => row.id);
  await keep_page({ put: { [KIND]: [{ id: name, at: server_now(), value } as KeptRow] }, whole: {}, gone, meta: {} });
}

/** What is not kept is asked again: a lock or a full phone stands in nobody's way here. */
function pass_over(fault: unknown): void {
  if (!(fault instanceof PhoneLocked || fault instanceof StorageFull)) throw fault;
}
