// The role catalogue in words, and what a set of roles reaches: worked out from the catalogue alone, without being anybody.
import type { Schema } from "../../../client/api";
import { told, tr, type Words } from "../../../lib/words";

export type Roles = Schema["RolesView"];
export type Role = Schema["RoleView"];
export type Reach = "about_me" | "own_area" | "own_unit" | "district";
/** The widest last. */
export const REACHES: readonly Reach[] = ["about_me", "own_unit", "own_area", "district"];

/** How far a role given to somebody reaches, as the server writes it. */
export interface Scope {
  kind: "district" | "area" | "unit" | "own";
  path?: string;
  organisation?: string;
}

export function reach_words(reach: string): string {
  switch (reach) {
    case "about_me": return tr("本人", "Own");
    case "own_area": return tr("本辖区", "Own area");
    case "own_unit": return tr("本单位", "Own unit");
    default: return tr("全区", "District");
  }
}

/** The widest reach of a permission in a role. */
export function reach_of(role: Role, permission: string): Reach | undefined {
  return [...REACHES].reverse().find((reach) => role.grants[reach]?.includes(permission));
}

/** Permissions under the capability they belong to, in the order of the catalogue. */
export function groups_of(roles: Roles): { key: string; words: string; permissions: string[] }[] {
  const keys = [...new Set(Object.keys(roles.permissions).map((name) => name.split(".")[0]!))];
  return keys.map((key) => ({ key, words: group_words(key), permissions: Object.keys(roles.permissions).filter((name) => name.startsWith(`${key}.`)) }));
}

function group_words(key: string): string {
  switch (key) {
    case "territory": return tr("区域和岗位", "Areas and posts");
    case "identity": return tr("账号和权限", "Accounts and rights");
    case "cases": return tr("事件", "Cases");
    case "server": return tr("系统运行", "The server");
    default: return key;
  }
}

export function permission_words(roles: Roles, name: string): string {
  return told(roles.permissions[name] as Words | undefined) || name;
}

/** A permission held: how far, and by which role. */
export interface Held {
  permission: string;
  far: string;
  by: string;
}

/** A face or a place, and whether it opens. */
export interface Door {
  words: string;
  where: string;
  is_open: boolean;
}

/** What of the staff faces and of their places these permissions open, by the server's list. Residents' pages are open to all. */
export function doors_of(faces: Roles["faces"], permissions: ReadonlySet<string>): Door[] {
  const opens = (needs: readonly string[]) => needs.length === 0 || needs.some((one) => permissions.has(one));
  return faces.flatMap((face) => [
    { words: told(face.words), where: face.href, is_open: opens(face.needs) },
    ...face.places.map((place) => ({ words: `${told(face.words)} › ${told(place.words)}`, where: place.href, is_open: opens(face.needs) && opens(place.needs) })),
  ]);
}

/** All a role allows, with how far in words; `scope` says how far a role reaches that was given to somebody. */
export function held_by(role: Role, scope?: { kind: Scope["kind"]; words: string }): Held[] {
  return REACHES.flatMap((reach) => (role.grants[reach] ?? []).flatMap((permission) => {
    if (scope && !reaches(reach, scope.kind)) return [];
    const given = scope && (reach === "own_area" || reach === "own_unit") ? scope.words : reach_words(reach);
    return [{ permission, far: given, by: told(role.words) }];
  }));
}

/** As the server grants it: a reach that the scope does not name allows nothing. */
function reaches(reach: Reach, kind: Scope["kind"]): boolean {
  if (reach === "own_area") return kind === "area" || kind === "district";
  if (reach === "own_unit") return kind === "unit" || kind === "district";
  return true;
}
