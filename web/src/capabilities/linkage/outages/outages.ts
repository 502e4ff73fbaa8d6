// Outages on the desk: the way to the server, what is typed until it is sent, and what their states are called.
import { api, ask, type Schema } from "../../../client/api";
import { read_all_pages } from "../../../client/pages";
import { tr } from "../../../lib/words";
import { moment_of } from "../../fieldwork/desk/stand_ins/stand_ins";

export type Outage = Schema["OutageView"];
export type OutageDetail = Schema["OutageDetail"];
export type OutageState = Schema["OutageState"];
export type OutageContent = Schema["OutageContentBody"];
export type Preview = Schema["OutagePreview"];
export type Extent = Schema["Extent"];
export type Service = Schema["Service"];
type Ground = NonNullable<Extent["ground"]>;

export const SERVICES: readonly Service[] = ["water", "power", "gas", "heating", "telecom"];
/** The server's limits, so that nobody types more than is kept. */
export const REASON_CHARS_MAX = 200;
export const REASON_EN_CHARS_MAX = 400;
export const PHONE_CHARS_MAX = 20;
export const RISERS_CHARS_MAX = 120;
export const PLACES_MAX = 500;

const PAGE_ROWS = 100;
const at = (id: string) => ({ path: { id } });

/** All announcements of one's units, the newest first. */
export const list_outages = (): Promise<Outage[]> => read_all_pages((after) => ask(api.GET("/api/linkage/outages", { params: { query: { limit: PAGE_ROWS, after } } })));
export const last_outage = async (): Promise<Outage | undefined> => (await ask(api.GET("/api/linkage/outages", { params: { query: { limit: 1 } } }))).items[0];
export const show_outage = (id: string): Promise<OutageDetail> => ask(api.GET("/api/linkage/outages/{id}", { params: at(id) }));
export const preview_outage = (extent: Extent): Promise<Preview> => ask(api.POST("/api/linkage/outages/preview", { body: { extent } }));
export const list_places = (area: string): Promise<Schema["OutagePlace"][]> => ask(api.GET("/api/linkage/outage-places", { params: { query: { area } } }));
/** The buildings of one, by name: some more behind those that stand. */
export const list_buildings = (id: string, after?: string): Promise<Schema["Page_OutageBuilding"]> => ask(api.GET("/api/linkage/outages/{id}/buildings", { params: { ...at(id), query: { limit: PAGE_ROWS, after } } }));
export const draft_outage = (id: string, unit: string, content: OutageContent): Promise<Outage> => ask(api.POST("/api/linkage/outages", { body: { id, content, ...(unit && { unit }) } }));
export const change_outage = (id: string, version: number, content: OutageContent): Promise<Outage> => ask(api.PUT("/api/linkage/outages/{id}", { params: at(id), body: { version, content } }));
export const publish_outage = (id: string, version: number): Promise<Outage> => ask(api.POST("/api/linkage/outages/{id}/publish", { params: at(id), body: { version } }));
export const end_outage = (id: string, version: number): Promise<Outage> => ask(api.POST("/api/linkage/outages/{id}/end", { params: at(id), body: { version } }));
export const withdraw_outage = (id: string, version: number): Promise<Outage> => ask(api.POST("/api/linkage/outages/{id}/withdraw", { params: at(id), body: { version } }));

/** The whole ground of a grid, as the map of the district has it. */
export async function ground_of_grid(code: string): Promise<Ground | undefined> {
  return (await ask(api.GET("/api/territory/areas/{code}", { params: { path: { code } } }))).boundary ?? undefined;
}

/** A place that was picked, as the form holds it. */
export interface Picked {
  place: string;
  label: string;
  /** The risers that are shut where it is not the whole place: several with a comma between them. */
  risers: string;
}

/** What somebody writes before it is sent: moments as a `datetime-local` control gives them, in Shanghai. */
export interface Written {
  unit: string;
  service: Service | "";
  sudden: boolean;
  from: string;
  to: string;
  reason: string;
  reason_en: string;
  phone: string;
  by: "places" | "ground";
  places: Picked[];
  ground: Ground | null;
}

export const blank = (): Written => ({ unit: "", service: "", sudden: false, from: "", to: "", reason: "", reason_en: "", phone: "", by: "places", places: [], ground: null });

/** Whoever announces again mostly announces of the same service, and has the same number to call. */
export function after_last(last: Outage | undefined): Partial<Written> {
  return last ? { service: last.service, phone: last.phone, unit: last.unit?.key ?? "" } : {};
}

const SHANGHAI_MS = 8 * 3_600_000;

/** A moment as a `datetime-local` control wants it. */
export const local_of = (iso: string): string => new Date(Date.parse(iso) + SHANGHAI_MS).toISOString().slice(0, 16);

/** An announcement as the form holds it. */
export function written_of(one: OutageDetail): Written {
  const labels = new Map(one.building_list.map((building) => [building.place, building.label]));
  const places = new Map<string, Picked>();
  for (const { place, riser } of one.extent.places ?? []) {
    const before = places.get(place);
    const risers = [before?.risers, riser].filter(Boolean).join(tr("，", ", "));
    places.set(place, { place, label: labels.get(place) ?? place, risers });
  }
  return {
    unit: one.unit?.key ?? "", service: one.service, sudden: one.sudden, from: local_of(one.from), to: local_of(one.to), reason: one.reason, reason_en: one.reason_en ?? "", phone: one.phone,
    by: one.extent.ground ? "ground" : "places", places: [...places.values()], ground: one.extent.ground ?? null,
  };
}

/** Where it is cut, as it is sent; none while nothing is chosen. */
export function extent_of(written: Pick<Written, "by" | "places" | "ground">): Extent | undefined {
  if (written.by === "ground") return written.ground ? { ground: written.ground } : undefined;
  const places = written.places.flatMap(({ place, risers }) => {
    const names = risers.split(/[,，、;；]/).map((name) => name.trim()).filter(Boolean);
    return names.length > 0 ? names.map((riser) => ({ place, riser })) : [{ place }];
  });
  return places.length > 0 ? { places } : undefined;
}

/** What is still missing, by the field it belongs to; the rest is the server's to refuse. */
export function missing_in(written: Written, asks_unit: boolean): [string, string] | undefined {
  if (asks_unit && !written.unit) return ["unit", tr("请选择是哪个单位发布。", "Choose the unit that announces.")];
  if (!written.service) return ["service", tr("请选择停什么。", "Choose what is cut.")];
  if (!written.from) return ["from", tr("请填从什么时候。", "Say from when.")];
  if (!written.to) return ["to", tr("请填到什么时候恢复。", "Say when it is expected back.")];
  if (!extent_of(written)) return ["extent", written.by === "places" ? tr("请至少选一个楼栋或单元。", "Choose at least one building or unit.") : tr("请选一个网格、在图上圈一块，或者贴一段 GeoJSON。", "Choose a grid, draw on the map, or paste GeoJSON.")];
  return undefined;
}

/** As it is sent; ask [`missing_in`] first. */
export function content_of(written: Written): OutageContent {
  const { service, sudden, from, to, reason, reason_en, phone } = written;
  if (!service) throw new Error("content_of before missing_in");
  return { service, sudden, from: moment_of(from), to: moment_of(to), reason: reason.trim(), phone: phone.trim(), extent: extent_of(written) ?? {}, ...(reason_en.trim() && { reason_en: reason_en.trim() }) };
}

/** Ground as it was pasted: the geometry itself, or that of the only feature around it. A refusal is a sentence. */
export function read_ground(text: string): { ground: Ground } | { refused: string } {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { refused: tr("这不是 JSON：从制图软件里导出 GeoJSON，整段复制过来。", "This is not JSON: export GeoJSON from the drawing program and copy all of it.") };
  }
  const found = geometry_in(read);
  if (found === "several") return { refused: tr("里面有好几个要素，一条公告只要一个：请合成一个 MultiPolygon，或者只留一个。", "There are several features: join them into one MultiPolygon, or leave one.") };
  if (!found) return { refused: tr("里面没有 Polygon 或 MultiPolygon：要面，不要点和线。", "There is no Polygon or MultiPolygon in it: points and lines are no ground.") };
  return { ground: found };
}

function geometry_in(read: unknown): Ground | "several" | undefined {
  if (typeof read !== "object" || read === null) return undefined;
  const { type, geometry, features } = read as { type?: unknown; geometry?: unknown; features?: unknown };
  if (type === "Polygon" || type === "MultiPolygon") return read as Ground;
  if (type === "Feature") return geometry_in(geometry);
  if (type !== "FeatureCollection" || !Array.isArray(features)) return undefined;
  return features.length > 1 ? "several" : geometry_in(features[0]);
}

export const is_open = (one: Outage): boolean => one.state === "published" || one.state === "changed";
export const has_begun = (one: Outage, now: number): boolean => Date.parse(one.from) <= now;
/** The announced end has passed, and nobody said that the service is back. */
export const is_unsaid = (one: Outage, now: number): boolean => is_open(one) && Date.parse(one.to) < now;

export type Standing = "running" | "coming" | "draft" | "past";
export const STANDINGS: readonly Standing[] = ["running", "coming", "draft", "past"];

export function standing_of(one: Outage, now: number): Standing {
  if (one.state === "draft") return "draft";
  if (!is_open(one)) return "past";
  return has_begun(one, now) ? "running" : "coming";
}

/** Those of one standing: what is on by its end, what comes by its beginning, the rest as it came, the newest first. */
export function standing_in(all: readonly Outage[], standing: Standing, now: number): Outage[] {
  const found = all.filter((one) => standing_of(one, now) === standing);
  if (standing === "running") return found.sort((a, b) => Date.parse(a.to) - Date.parse(b.to));
  return standing === "coming" ? found.sort((a, b) => Date.parse(a.from) - Date.parse(b.from)) : found;
}

export function standing_words(standing: Standing): string {
  switch (standing) {
    case "running": return tr("正在停", "Now");
    case "coming": return tr("将要停", "Coming");
    case "draft": return tr("草稿", "Drafts");
    case "past": return tr("已恢复和取消的", "Over and cancelled");
  }
}

/** What people call it when there is none. */
export function cut_words(service: Service): string {
  switch (service) {
    case "water": return tr("停水", "No water");
    case "power": return tr("停电", "No power");
    case "gas": return tr("停气", "No gas");
    case "telecom": return tr("断网", "No telephone or broadband");
    case "heating": return tr("停暖", "No heating");
  }
}

export const kind_words = (one: Pick<Outage, "sudden">): string => (one.sudden ? tr("突发", "came by itself") : tr("计划", "planned"));
