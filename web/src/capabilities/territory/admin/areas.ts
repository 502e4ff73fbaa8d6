// Words for areas: levels, kinds, coordinate systems, and how large something is.
import type { Schema } from "../../../client/api";
import { figure } from "../../../lib/time";
import { tr } from "../../../lib/words";

export type Level = Schema["AreaLevel"];
export const LEVELS: Level[] = ["district", "subdistrict", "community", "village", "grid"];
export const SYSTEMS = ["WGS-84", "CGCS2000", "GCJ-02", "BD-09"] as const;

export function level_words(level: Level): string {
  switch (level) {
    case "district": return tr("区", "District");
    case "subdistrict": return tr("街道", "Subdistrict");
    case "community": return tr("社区", "Community");
    case "village": return tr("村", "Village");
    case "grid": return tr("网格", "Grid");
  }
}

/** 12.3 公顷: a grid is some hectares, a district some square kilometres. */
export function ground_words(square_metres: number | null | undefined): string {
  if (square_metres == null) return "";
  if (square_metres < 1_000_000) return tr(`${figure(Math.round(square_metres / 1000) / 10)} 公顷`, `${figure(Math.round(square_metres / 1000) / 10)} ha`);
  return tr(`${figure(Math.round(square_metres / 10_000) / 100)} 平方公里`, `${figure(Math.round(square_metres / 10_000) / 100)} km²`);
}
