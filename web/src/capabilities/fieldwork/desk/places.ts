// The places of fieldwork on the desk, in the order of the day, and whose they are.
import { holds } from "../../../lib/session";
import { tr } from "../../../lib/words";

export interface FieldworkPlace {
  to: string;
  words: () => string;
  /** Any of these opens it. */
  needs: readonly string[];
}

export const PLACES: readonly FieldworkPlace[] = [
  { to: "/forms", words: () => tr("表单", "Forms"), needs: ["fieldwork.make_forms", "fieldwork.read"] },
  { to: "/campaigns", words: () => tr("专项任务", "Campaigns"), needs: ["fieldwork.run_campaigns"] },
  { to: "/routes", words: () => tr("巡查路线", "Patrol routes"), needs: ["fieldwork.plan_routes"] },
  { to: "/rules", words: () => tr("走访规则", "Visit rules"), needs: ["fieldwork.plan"] },
  { to: "/days", words: () => tr("网格日报", "Days"), needs: ["fieldwork.see_days"] },
  { to: "/sheets", words: () => tr("周报、月报", "Sheets"), needs: ["fieldwork.see_sheets"] },
  { to: "/stand-ins", words: () => tr("顶岗", "Standing in"), needs: ["territory.stand_in"] },
  { to: "/devices", words: () => tr("手机", "Phones"), needs: ["fieldwork.manage_devices"] },
];

export const open_places = (): FieldworkPlace[] => PLACES.filter((place) => place.needs.some(holds));
