// Finding in the register by any piece.
import { api, ask, type Schema } from "../../../client/api";
import { tr } from "../../../lib/words";
import type { Kind } from "./record";

export type Found = Omit<Schema["HitView"], "label"> & { label: string };
export type FoundPage = Omit<Schema["SearchView"], "hits"> & { hits: Found[] };

/** Rows of one answer; who needs more says more. */
const ROWS = 50;

export function find_in_register(q: string, kind?: Kind): Promise<FoundPage> {
  return ask(api.GET("/api/registry/search", { params: { query: { q, limit: ROWS, ...(kind && { kind }) } } })) as Promise<FoundPage>;
}

/** What stands below the name of something found: where it is, how many live there; of who asked that it is only stored, that alone. */
export function under_words(one: Found): string {
  if (one.restricted) return tr("本人要求限制使用：只保存、不查看，只为答复本人打开", "Only stored, at the person’s own request: opened to answer them, for nothing else");
  const residents = one.residents == null ? "" : tr(`${one.residents} 人`, `${one.residents} people`);
  return [one.home ?? "", one.area.name, residents].filter(Boolean).join(" · ");
}
