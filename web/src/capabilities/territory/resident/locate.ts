// Which grid is this place in: asked of the server, which alone knows the boundaries.
import { ask, type Answer } from "../../../lib/ask";

export interface Located {
  grid: { code: string; name: string };
  /** From the district down to the grid's community. */
  above?: { name: string }[];
}

/** The grid as people say it, with its community: 田心社区 第三网格. */
export function grid_words({ grid, above }: Located): string {
  const community = above?.[above.length - 1]?.name ?? "";
  return community && !grid.name.startsWith(community) ? `${community} ${grid.name}` : grid.name;
}

export function locate(lon: number, lat: number): Promise<Answer<Located>> {
  return ask<Located>("/api/territory/locate", { lon: lon.toFixed(6), lat: lat.toFixed(6) });
}
