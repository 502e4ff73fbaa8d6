// Two cases side by side: what to compare, what differs, and which others may be the same.
import { api, ask } from "../../../client/api";
import { moment } from "../../../lib/time";
import { told, tr } from "../../../lib/words";
import { find_case, type CaseView } from "../shared/case";

export interface Row {
  what: string;
  left: string;
  right: string;
  differs: boolean;
}

/** Facts of both, row by row. */
export function side_by_side(left: CaseView, right: CaseView): Row[] {
  const rows: [string, (one: CaseView) => string][] = [
    [tr("状态", "State"), (one) => told(one.state_words)],
    [tr("类型", "Kind"), (one) => told(one.type_words)],
    [tr("地点", "Place"), (one) => one.place],
    [tr("报告时间", "Reported"), (one) => moment(one.reported_at)],
    [tr("报告人", "Reporter"), (one) => one.reporter_phone ?? (one.reporter_reachable ? tr("有，没留电话", "yes, without a phone") : tr("没有", "none"))],
    [tr("也遇到的人", "Followers"), (one) => String(one.followers)],
    [tr("照片", "Photos"), (one) => String(one.timeline.reduce((sum, entry) => sum + entry.photos.length, 0))],
    [tr("现在归谁", "With"), (one) => one.owner?.name ?? ""],
    [tr("到期", "Due"), (one) => moment(one.due_at)],
  ];
  return rows.map(([what, of]) => ({ what, left: of(left), right: of(right), differs: of(left) !== of(right) }));
}

/** Metres between two cases that have points. */
export function metres_between(a: CaseView, b: CaseView): number | undefined {
  if (a.lon == null || a.lat == null || b.lon == null || b.lat == null) return undefined;
  const METRES_PER_DEGREE = 111_320;
  const north = (a.lat - b.lat) * METRES_PER_DEGREE;
  const east = (a.lon - b.lon) * METRES_PER_DEGREE * Math.cos((a.lat * Math.PI) / 180);
  return Math.round(Math.hypot(north, east));
}

export interface Candidate {
  number: string;
  words: string;
}

const CANDIDATES_MAX = 8;

/** Open cases that may be the same: near by of the same kind; without a point, those in the same grid that speak of the same kind. */
export async function find_candidates(item: CaseView): Promise<Candidate[]> {
  const { lon, lat, type, number } = item;
  if (lon != null && lat != null) {
    const near = await ask(api.GET("/api/cases/nearby", { params: { query: { lon, lat, type } } }));
    return near.filter((one) => one.number !== number).map((one) => ({ number: one.number, words: tr(`离 ${one.distance_m} 米 · ${one.state_words}`, `${one.distance_m} m away · ${one.state_words}`) }));
  }
  const page = await ask(api.GET("/api/cases", { params: { query: { queue: "due", area: item.area_path, type, limit: CANDIDATES_MAX + 1 } } }));
  return page.items.filter((one) => one.number !== number).slice(0, CANDIDATES_MAX).map((one) => ({ number: one.number, words: tr(`同一网格 · ${told(one.state_words)} · ${one.words}`, `same grid · ${told(one.state_words)} · ${one.words}`) }));
}

/** A case by number or id, for the side it is compared on. */
export function find_other(typed: string): Promise<CaseView> {
  return find_case(typed.trim());
}
