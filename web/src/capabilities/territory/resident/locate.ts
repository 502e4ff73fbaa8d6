// Which grid is this place in: asked of the server, which alone knows the boundaries.
import { ask, type Answer } from "../../../lib/ask";

export interface Located {
  grid: { code: string; name: string; worker?: string | { name?: string } | null };
}

export function locate(lon: number, lat: number): Promise<Answer<Located>> {
  return ask<Located>("/api/territory/locate", { lon: lon.toFixed(6), lat: lat.toFixed(6) });
}
