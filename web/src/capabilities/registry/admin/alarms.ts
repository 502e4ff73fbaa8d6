// Alarms of the register for the security administrator: what they are about, and the note of what was found.
import { api, ask, type Schema } from "../../../client/api";
import { figure } from "../../../lib/time";
import { tr } from "../../../lib/words";

export type Alarm = Schema["AlarmView"];

/** Which alarms are asked for; empty: whatever. */
export interface AlarmsAsked {
  all: boolean;
  kind: string;
  /** A piece of the name of the post, unit or system. */
  q: string;
  after: string;
}

export const KINDS: readonly [Alarm["kind"], () => string][] = [
  ["glass_broken", () => tr("紧急情况下越权查看", "Looks in an emergency")],
  ["bulk_reading", () => tr("短时间内大量查看", "Reading in bulk")],
  ["export_refused", () => tr("越权导出被拒绝", "Refused copies")],
  ["objection_upheld", () => tr("本人异议成立", "Upheld objections")],
  ["answer_overdue", () => tr("本人请求逾期未答复", "Late answers")],
];

export function list_alarms({ all = false, kind = "", q = "", after = "" }: Partial<AlarmsAsked> = {}) {
  const chosen = KINDS.find(([key]) => key === kind)?.[0];
  return ask(api.GET("/api/registry/alarms", { params: { query: { all, ...(chosen && { kind: chosen }), ...(q && { q }), ...(after && { after }) } } }));
}
export const acknowledge_alarm = (id: string, note: string) => ask(api.POST("/api/registry/alarms/{id}/acknowledge", { params: { path: { id } }, body: { note } }));

/** What is to be done about an alarm of this kind. */
export function next_words(kind: Alarm["kind"]): string {
  switch (kind) {
    case "glass_broken": return tr("核实当时的紧急情况是否属实，是否非看不可。", "Find out whether the emergency was one, and whether the look was needed.");
    case "bulk_reading": return tr("问清为什么短时间看这么多，是否与工作相符。", "Ask why so much was read in so short a time, and whether the work needs it.");
    case "export_refused": return tr("问清想带走什么、为什么；确有需要的，按岗位授权后再导出。", "Ask what was to be taken along, and why; where it is needed, it takes a role.");
    case "objection_upheld": return tr("本人不认可这次查看，窗口认定成立：追究查看人的理由。", "The person objected and the desk agreed: find out why it was looked at.");
    case "answer_overdue": return tr("催促这个窗口答复；本人有权投诉。", "Urge the desk to answer; the person may complain.");
  }
}

/** Codes and counts of an alarm as a person reads them: how much was read before it was slowed down. */
export function data_words(alarm: Alarm): string {
  const { burst } = alarm.data as { burst?: number };
  return typeof burst === "number" ? tr(`连续查看超过 ${figure(burst)} 次`, `more than ${figure(burst)} looks in a row`) : "";
}
