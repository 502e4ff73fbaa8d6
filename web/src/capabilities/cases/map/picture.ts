// The server's answers as the map draws them.
import { figure } from "../../../lib/time";
import { told, tr } from "../../../lib/words";
import type { Schema } from "../../../client/api";
import type { Bounds } from "../../territory/map/camera";
import type { Ground, Heap, Picture, Pin } from "../../territory/map/sheet";
import type { Exceptions, MapAnswer } from "./watch";

type AreaPlace = Schema["AreaPlace"];
/** Rank from which a case is supervised; the levels of urging below are reminders. */
const SUPERVISED_RANK = 3;

export function picture_of(seen: Exceptions, map: MapAnswer | undefined, chosen: string | undefined): Picture {
  const parent = seen.above[seen.above.length - 1];
  // One area alone is the whole: to mark it would say nothing.
  const is_marked = (overdue: number) => overdue > 0 && seen.areas.length > 1;
  return {
    area: ground_of(seen.area),
    parent: parent && ground_of(parent),
    within: seen.areas.map((area) => ({ ...ground_of(area), line: area_words(area), is_late: is_marked(area.overdue) })),
    heaps: (map?.cells ?? []).map((cell) => ({ lon: cell.lon, lat: cell.lat, count: cell.count, late: cell.overdue })),
    pins: (map?.cases ?? []).map(pin_of),
    chosen,
  };
}

function ground_of(area: AreaPlace): Ground {
  const { path, code, level, bounds, label } = area;
  return { path, code, level, name: told(area.name), bounds: (bounds as Bounds | null) ?? null, label: (label as [number, number] | null) ?? null, line: "", is_late: false };
}

/** 在办 12 · 超时 3 */
export function area_words(area: Pick<Schema["AreaFigures"], "open" | "overdue">): string {
  const open = figure(area.open);
  const late = figure(area.overdue);
  return area.overdue > 0 ? tr(`在办 ${open} · 超时 ${late}`, `${open} open · ${late} late`) : tr(`在办 ${open}`, `${open} open`);
}

function pin_of(one: Schema["PlacedCase"]): Pin {
  const kind = one.level >= SUPERVISED_RANK ? "pressed" : one.overdue ? "late" : "calm";
  return { key: one.number, lon: one.lon, lat: one.lat, kind };
}

/** Places in cells of two kilometres only: what everybody may look at shows no single door. */
export function blurred(picture: Picture): Picture {
  const CELLS_PER_DEGREE = 50;
  const heaps = new Map<string, Heap>();
  const cell = (degrees: number) => (Math.floor(degrees * CELLS_PER_DEGREE) + 0.5) / CELLS_PER_DEGREE;
  const put = (lon: number, lat: number, count: number, late: number) => {
    const key = `${cell(lon)} ${cell(lat)}`;
    const known = heaps.get(key) ?? { lon: cell(lon), lat: cell(lat), count: 0, late: 0 };
    heaps.set(key, { ...known, count: known.count + count, late: known.late + late });
  };
  for (const heap of picture.heaps) put(heap.lon, heap.lat, heap.count, heap.late);
  for (const pin of picture.pins) put(pin.lon, pin.lat, 1, pin.kind === "calm" ? 0 : 1);
  return { ...picture, heaps: [...heaps.values()], pins: [], chosen: undefined };
}
