// The areas somebody may choose for a form, a campaign or a sheet: their own and what lies below, down to the community.
import { district_code } from "../../../kit/house";
import { code_of, list_areas, type Area } from "../../cases/desk/areas";

const LEVELS = ["subdistrict", "community"] as const;

/** Subdistricts and communities below a path; none: below the district. */
export async function areas_within(path: string): Promise<Area[]> {
  const below = code_of(path || district_code());
  return (await Promise.all(LEVELS.map((level) => list_areas(below, level)))).flat();
}
