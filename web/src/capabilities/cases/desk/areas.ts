// The areas below somebody's own, for choosing one: read once a page.
import { api, ask, type Schema } from "../../../client/api";
import { read_all_pages } from "../../../client/pages";
import { is_english } from "../../../lib/words";

export type Area = Schema["AreaView"];

const PAGE_ROWS = 100;
const asked = new Map<string, Promise<Area[]>>();

async function read_all(below: string, level: Area["level"]): Promise<Area[]> {
  return read_all_pages((after) => ask(api.GET("/api/territory/areas", { params: { query: { below, level, limit: PAGE_ROWS, after } } })));
}

/** The areas of a level below a code. */
export function list_areas(below: string, level: Area["level"]): Promise<Area[]> {
  const key = `${below} ${level}`;
  const known = asked.get(key);
  if (known) return known;
  const fresh = read_all(below, level).catch((refusal: unknown) => {
    asked.delete(key);
    throw refusal;
  });
  asked.set(key, fresh);
  return fresh;
}

export const area_words = (area: Area): string => (is_english() && area.name_en) || area.name;

/** The last code of a path: the area itself. */
export const code_of = (path: string): string => path.split("/").pop() ?? "";
