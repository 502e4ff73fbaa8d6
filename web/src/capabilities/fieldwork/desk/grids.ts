// What grids are called, for lists that carry their paths: read once a page, for as far as one's post reaches.
import { shallowRef } from "vue";
import { district_code } from "../../../kit/house";
import { area_words, code_of, list_areas, type Area } from "../../cases/desk/areas";

const names = shallowRef<ReadonlyMap<string, string>>(new Map());

/** Reads the grids below a path; until they have come, and for others, an area is told by its code. */
export async function read_grids(below: string): Promise<void> {
  const areas = await list_areas(code_of(below || district_code()), "grid");
  names.value = new Map([...names.value, ...areas.map((area) => [area.path, area_words(area)] as const)]);
}

export const grid_words = (path: string): string => names.value.get(path) ?? code_of(path);

/** Grids with the communities above them. */
export interface Ground {
  grids: readonly Area[];
  communities: readonly Area[];
}

/** The grids below a path; a path that is a grid has none below and stands for itself by its code. */
export async function read_ground(below: string): Promise<Ground> {
  const code = code_of(below || district_code());
  const [grids, communities] = await Promise.all([list_areas(code, "grid"), list_areas(district_code(), "community")]);
  names.value = new Map([...names.value, ...grids.map((area) => [area.path, area_words(area)] as const)]);
  return { grids, communities };
}

/** Grids under the communities they belong to, in the order of their paths. */
export function by_community({ grids, communities }: Ground): { key: string; words: string; grids: Area[] }[] {
  const keys = [...new Set(grids.map((grid) => grid.parent ?? ""))];
  return keys.map((key) => {
    const community = communities.find((one) => one.code === key);
    return { key, words: community ? area_words(community) : key, grids: grids.filter((grid) => (grid.parent ?? "") === key) };
  });
}
