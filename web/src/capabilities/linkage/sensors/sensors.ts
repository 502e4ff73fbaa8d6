// Sensors on the desk: the way to the server, how each stands, and where its line and its thresholds lie.
import { api, ask, type Schema } from "../../../client/api";
import { read_all_pages } from "../../../client/pages";
import { tr } from "../../../lib/words";

export type Sensor = Schema["SensorView"];
export type SensorDetail = Schema["SensorDetail"];
export type SensorAlarm = Schema["SensorAlarmView"];
export type SensorDay = Schema["SensorDay"];
export type Condition = Schema["SensorCondition"];
export type Kind = Schema["SensorKindView"];
export type Intake = Schema["IntakeView"];
export type TableReport = Schema["SensorTableReport"];
export type Broker = Schema["BrokerView"];
export type BrokerBody = Schema["BrokerBody"];

export type SensorBody = Schema["SensorBody"];

/** The server's limits, so that nobody types more than is kept. */
export const REASON_CHARS_MAX = 200;
export const NAME_CHARS_MAX = 60;
const PAGE_ROWS = 100;
const at = (id: string) => ({ path: { id } });

export const list_sensors = (): Promise<Sensor[]> => read_all_pages((after) => ask(api.GET("/api/linkage/sensors", { params: { query: { limit: PAGE_ROWS, after } } })));
export const show_sensor = (id: string): Promise<SensorDetail> => ask(api.GET("/api/linkage/sensors/{id}", { params: at(id) }));
export const show_day = (id: string): Promise<SensorDay> => ask(api.GET("/api/linkage/sensors/{id}/day", { params: at(id) }));
export const list_kinds = (): Promise<Kind[]> => ask(api.GET("/api/linkage/sensor-kinds"));
export const show_intake = (): Promise<Intake> => ask(api.GET("/api/linkage/sensors/intake"));
export const mute_sensor = (id: string, version: number, until: string, reason: string): Promise<Sensor> => ask(api.POST("/api/linkage/sensors/{id}/mute", { params: at(id), body: { version, until, reason } }));
export const unmute_sensor = (id: string, version: number): Promise<Sensor> => ask(api.POST("/api/linkage/sensors/{id}/unmute", { params: at(id), body: { version } }));
export const show_broker = (): Promise<Broker | null> => ask(api.GET("/api/linkage/sensors/broker"));
export const set_broker = (body: BrokerBody): Promise<Broker> => ask(api.PUT("/api/linkage/sensors/broker", { body }));

export const register_sensor = (body: SensorBody): Promise<Sensor> => ask(api.POST("/api/linkage/sensors", { body }));
export const change_sensor = (id: string, body: Schema["SensorChangeBody"]): Promise<Sensor> => ask(api.PUT("/api/linkage/sensors/{id}", { params: at(id), body }));
export const list_units = (): Promise<Schema["OrganisationView"][]> => ask(api.GET("/api/territory/organisations"));

/** The systems coordinates of devices come in; they are kept in the first. */
export const SYSTEMS: readonly { key: string; words: () => string }[] = [
  { key: "wgs84", words: () => tr("WGS-84（定位仪、本平台）", "WGS-84 (receivers, this platform)") },
  { key: "gcj02", words: () => tr("GCJ-02（高德、腾讯）", "GCJ-02 (Amap, Tencent)") },
  { key: "bd09", words: () => tr("BD-09（百度）", "BD-09 (Baidu)") },
  { key: "cgcs2000", words: () => tr("CGCS2000", "CGCS2000") },
];

/** A sensor as somebody types it: numbers are words until they are sent. */
export interface TypedSensor {
  code: string;
  kind: string;
  name: string;
  lon: string;
  lat: string;
  crs: string;
  unit: string;
  warn: string;
  alarm: string;
  in_use: boolean;
}

export function typed_of(one: Sensor | undefined): TypedSensor {
  const words = (value: number | null | undefined) => (value == null ? "" : String(value));
  return {
    code: one?.code ?? "", kind: one?.kind ?? "", name: one?.name ?? "", lon: words(one?.lon), lat: words(one?.lat), crs: "wgs84",
    unit: one?.unit?.key ?? "", warn: words(one?.own.warn), alarm: words(one?.own.alarm), in_use: one?.in_use ?? true,
  };
}

export function body_of({ code, kind, name, lon, lat, crs, unit, warn, alarm }: TypedSensor): SensorBody {
  const own = { ...(warn.trim() && { warn: Number(warn) }), ...(alarm.trim() && { alarm: Number(alarm) }) };
  return { code: code.trim(), kind, name: name.trim(), lon: Number(lon), lat: Number(lat), crs, own, ...(unit && { unit }) };
}

/** Looks through a table, or registers what it holds. */
export function send_table(file: File, dry_run: boolean): Promise<TableReport> {
  const form = new FormData();
  form.append("file", file);
  form.append("dry_run", String(dry_run));
  return ask(api.POST("/api/linkage/sensors/file", { body: form as unknown as string, bodySerializer: (body) => body as unknown as FormData }));
}

/** What somebody has to look at stands first. */
export const CONDITIONS: readonly Condition[] = ["alarm", "warn", "silent", "noisy", "unheard", "muted", "normal", "off"];

export interface Look { icon: string; tone: string }
export const LOOKS: Record<Condition, Look> = {
  alarm: { icon: "alert", tone: "bad" },
  warn: { icon: "up", tone: "warn" },
  silent: { icon: "close", tone: "warn" },
  noisy: { icon: "refresh", tone: "warn" },
  unheard: { icon: "clock", tone: "" },
  muted: { icon: "lock", tone: "" },
  normal: { icon: "check", tone: "good" },
  off: { icon: "undo", tone: "" },
};

export function in_order(all: readonly Sensor[]): Sensor[] {
  const rank = (one: Sensor) => CONDITIONS.indexOf(one.condition);
  return [...all].sort((a, b) => rank(a) - rank(b) || a.code.localeCompare(b.code));
}

export const count_of = (all: readonly Sensor[], condition: Condition): number => all.filter((one) => one.condition === condition).length;

/** A value beside its unit; what says yes or no says so. */
export function value_words(value: number, kind: Pick<Kind, "switch" | "decimals" | "unit">): string {
  if (kind.switch) return value >= 1 ? tr("报警", "alarm") : tr("正常", "normal");
  const number = value.toFixed(kind.decimals);
  return kind.unit ? `${number} ${kind.unit}` : number;
}

/** From nothing to somewhat beyond the alarm or the value, whichever is more; as hundredths of that. */
export function share_of(value: number, one: Pick<Sensor, "alarm" | "value">): number {
  const whole = Math.max(one.alarm * 1.25, one.value ?? 0, Number.EPSILON);
  return Math.min(100, Math.max(0, (value / whole) * 100));
}

export interface Drawn {
  /** Pieces of the line: a quarter of an hour without a word is a gap. */
  pieces: string[];
  y_of: (value: number) => number;
  top: number;
}

export const WIDTH = 720;
export const HEIGHT = 200;
const GAP_MS = 15 * 60_000;

/** A day as a line in a field of `WIDTH` by `HEIGHT`. */
export function draw(day: SensorDay, alarm: number): Drawn {
  const [from, to] = [Date.parse(day.from), Date.parse(day.to)];
  const top = Math.max(alarm * 1.25, ...day.minutes.map((minute) => minute.high * 1.1), Number.EPSILON);
  const bottom = Math.min(0, ...day.minutes.map((minute) => minute.low));
  const y_of = (value: number) => HEIGHT - ((value - bottom) / (top - bottom)) * HEIGHT;
  const pieces: string[] = [];
  let last: number | undefined;
  for (const minute of day.minutes) {
    const moment = Date.parse(minute.minute);
    const point = `${(((moment - from) / (to - from)) * WIDTH).toFixed(1)},${y_of(minute.last).toFixed(1)}`;
    if (last === undefined || moment - last > GAP_MS) pieces.push(point);
    else pieces[pieces.length - 1] += ` ${point}`;
    last = moment;
  }
  return { pieces, y_of, top };
}
