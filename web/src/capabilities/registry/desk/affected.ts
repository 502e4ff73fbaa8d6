// Whom an outage or works concern: where they are, and how many homes and people that is, building by building. Nothing about who.
import { api, ask, type Schema } from "../../../client/api";
import type { Corner } from "../../territory/shared/RingOutline.vue";
import { kinds } from "../shared/kinds";
import { told } from "../../../lib/words";

export type Affected = Schema["AffectedView"];
export type Extent = Schema["AffectedQuery"];

/** Corners of a ring that encloses something. */
export const CORNERS_MIN = 3;

export const count_affected = (extent: Extent): Promise<Affected[]> => ask(api.POST("/api/registry/affected", { body: extent }));

/** The first corner again at the end. */
export function closed(corners: readonly Corner[]): Corner[] {
  return corners.length > 0 ? [...corners, corners[0]!] : [];
}

/** The ground of a grid as a ring: of several pieces the one with the most corners. */
export async function ring_of_grid(code: string): Promise<Corner[]> {
  const area = await ask(api.GET("/api/territory/areas/{code}", { params: { path: { code } } }));
  const boundary = area.boundary as unknown as { coordinates: Corner[][][] } | null | undefined;
  const outlines = (boundary?.coordinates ?? []).map((polygon) => polygon[0] ?? []);
  return outlines.reduce((most, one) => (one.length > most.length ? one : most), []);
}

export interface Totals {
  homes: number;
  residents: number;
  /** By key of the fact. */
  help: [string, number][];
}

export function totals_of(found: readonly Affected[]): Totals {
  const help = new Map<string, number>();
  for (const [fact, count] of found.flatMap((one) => Object.entries(one.help))) help.set(fact, (help.get(fact) ?? 0) + count);
  const sum = (of: (one: Affected) => number) => found.reduce((all, one) => all + of(one), 0);
  return { homes: sum((one) => one.homes), residents: sum((one) => one.residents), help: [...help] };
}

export const help_words = (fact: string): string => told(kinds()?.facts.find((one) => one.key === fact)?.words) || fact;
