// Organisations and their kinds in words.
import type { Schema } from "../../../client/api";
import { tr } from "../../../lib/words";

export type Organisation = Schema["OrganisationView"];
export type OrganisationKind = Schema["OrganisationKind"];
export const ORGANISATION_KINDS: OrganisationKind[] = ["department", "operator", "subdistrict", "community", "property"];

export function organisation_words(kind: OrganisationKind): string {
  switch (kind) {
    case "department": return tr("部门", "Department");
    case "operator": return tr("水电气讯等运营单位", "Operator of a network");
    case "subdistrict": return tr("街道", "Subdistrict");
    case "community": return tr("社区", "Community");
    case "property": return tr("物业", "Property manager");
  }
}
