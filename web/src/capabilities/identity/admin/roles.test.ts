// What a role reaches is worked out from the catalogue: the wider reach wins, a scope that names nothing allows nothing.
import { expect, test } from "vitest";
import { doors_of, held_by, reach_of, type Role, type Roles } from "./roles";

const place = (face: string, key: string, needs: string[]) => ({ key, href: `/${face}/${key}`, words: { zh: key, en: key }, needs });
const FACES: Roles["faces"] = [
  { key: "desk", href: "/desk", words: { zh: "工作台", en: "Desk" }, needs: ["cases.view"], places: [] },
  { key: "admin", href: "/admin", words: { zh: "管理", en: "Admin" }, needs: ["identity.read_audit", "identity.manage_accounts"], places: [place("admin", "people", ["identity.manage_accounts"]), place("admin", "audit", ["identity.read_audit"]), place("admin", "rules", [])] },
];
const role = (grants: Role["grants"]): Role => ({ key: "x", words: { zh: "某", en: "X" }, source: "", service: false, second_factor: false, posts: [], grants });

test("the wider of two reaches is shown", () => {
  const both = role({ own_area: ["cases.view"], district: ["cases.view"] });
  expect(reach_of(both, "cases.view")).toBe("district");
  expect(reach_of(both, "cases.handle")).toBeUndefined();
});

test("a role for an area given for a unit allows nothing of the area", () => {
  const leader = role({ own_area: ["cases.dispatch"], district: ["territory.view_areas"] });
  expect(held_by(leader, { kind: "unit", words: "u" }).map((one) => one.permission)).toEqual(["territory.view_areas"]);
  expect(held_by(leader, { kind: "area", words: "a" }).map((one) => one.far)).toContain("a");
});

test("an administrator's doors are the own ones", () => {
  const open = doors_of(FACES, new Set(["identity.read_audit"])).filter((door) => door.is_open).map((door) => door.where);
  expect(open).toEqual(["/admin", "/admin/audit", "/admin/rules"]);
});

test("who may not enter the administration enters none of its places", () => {
  const open = doors_of(FACES, new Set(["cases.view", "territory.hand_over"])).filter((door) => door.is_open).map((door) => door.where);
  expect(open).toEqual(["/desk"]);
});
