// Roles given to an account, and the scope of each in words.
import type { Schema } from "../../../client/api";
import type { Area } from "../../territory/admin/posts";
import type { Scope } from "./roles";
import { tr } from "../../../lib/words";

export type Assignment = Schema["AssignmentView"];

export function scope_words(scope: Scope, areas: readonly Area[], organisations: readonly Schema["OrganisationView"][]): string {
  switch (scope.kind) {
    case "district": return tr("全区", "The district");
    case "area": return areas.find((one) => one.path === scope.path)?.name ?? scope.path ?? "";
    case "unit": return organisations.find((one) => one.id === scope.organisation)?.name ?? tr("一个单位", "One organisation");
    case "own": return tr("本人", "Own");
  }
}
