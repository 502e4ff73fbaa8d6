// The cases of a place: those that name its address, and those that name the plate that hangs there.
import { api, ask, type Schema } from "../../../client/api";
import { find_plate } from "./plates";

type CaseLine = Schema["CaseLine"];

export const CASES_MAX = 5;

const search = (q: string) => ask(api.GET("/api/cases/search", { params: { query: { q, limit: CASES_MAX } } }));

/** Each once, the latest first. */
export function latest(lines: readonly CaseLine[]): CaseLine[] {
  const each = new Map(lines.map((line) => [line.id, line]));
  return [...each.values()].sort((a, b) => b.reported_at.localeCompare(a.reported_at)).slice(0, CASES_MAX);
}

/** The latest cases of an address, and of its place's plate where it has one. */
export async function cases_at(address: string, place?: string): Promise<CaseLine[]> {
  const [by_words, plate] = await Promise.all([search(address), place ? find_plate(place) : undefined]);
  return latest([...by_words, ...(plate ? await search(plate) : [])]);
}
