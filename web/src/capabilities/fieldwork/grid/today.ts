// What a worker has to do, from wherever it comes: tasks and cases in one order. Overdue, due today, near, later.
import type { CaseLine } from "../../cases/shared/case";
import type { Words } from "../../../lib/words";

export type Outcome = "unchanged" | "changed" | "fine" | "trouble" | "delivered" | "absent" | "refused";

/** A task as the server's list and the phone's rows have it. */
export interface TaskLine {
  id: string;
  kind: "visit" | "campaign" | "patrol" | "notice";
  /** `rule:…`, `campaign:…`, `route:…` */
  cause: string;
  title: Words;
  why: Words;
  /** Who or what it is about; a name is masked. */
  label: string;
  address: string;
  area_path: string;
  place_id: string | null;
  subject_id: string;
  subject_kind: string;
  form: { id: string; number: number } | null;
  /** Days: 2026-11-22. */
  from_on: string;
  due_on: string;
  overdue: boolean;
  /** How often nobody was at home. */
  tries: number;
  lon: number | null;
  lat: number | null;
  /** What can become of it; first what is said with one tap where nothing is wrong. */
  actions: Outcome[];
}

export type Doing =
  | { is: "task"; id: string; task: TaskLine; metres: number | undefined }
  /** All stops of one patrol route that are to be walked; the task is the first that is due. */
  | { is: "route"; id: string; task: TaskLine; stops: number; metres: number | undefined }
  | { is: "case"; id: string; line: CaseLine; metres: number | undefined };
export type GroupKey = "over" | "today" | "near" | "later";
export interface Group {
  key: GroupKey;
  doings: Doing[];
}

/** Within so many metres something is near: five minutes on foot. */
const NEAR_M = 300;
const EARTH_RADIUS_M = 6_371_008.8;
const ORDER: GroupKey[] = ["over", "today", "near", "later"];

interface Spot {
  lon: number;
  lat: number;
}

/** Puts everything into its group and its order. `here` is where the worker stands, where that was asked; it goes nowhere. */
export function group_doings(tasks: readonly TaskLine[], cases: readonly CaseLine[], today: string, here?: Spot): Group[] {
  const doings: Doing[] = [
    ...cases.map((line): Doing => ({ is: "case", id: line.id, line, metres: metres_to(line, here) })),
    ...tasks.filter((task) => task.kind !== "patrol").map((task): Doing => ({ is: "task", id: task.id, task, metres: metres_to(task, here) })),
    ...routes_of(tasks, here),
  ];
  const groups = new Map<GroupKey, Doing[]>(ORDER.map((key) => [key, []]));
  for (const doing of doings) groups.get(group_of(doing, today))!.push(doing);
  return ORDER.map((key) => ({ key, doings: groups.get(key)!.sort(key === "near" ? by_distance : here ? by_day_and_distance : by_day) })).filter((group) => group.doings.length > 0);
}

/** Stops in the order they are walked: by day, and as they were planned. */
export function stops_of(tasks: readonly TaskLine[], route: string): TaskLine[] {
  const stops = tasks.filter((task) => task.kind === "patrol" && task.cause === route);
  return stops.sort((one, other) => one.due_on.localeCompare(other.due_on) || one.id.localeCompare(other.id));
}

function routes_of(tasks: readonly TaskLine[], here: Spot | undefined): Doing[] {
  const causes = new Set(tasks.filter((task) => task.kind === "patrol").map((task) => task.cause));
  return [...causes].map((cause): Doing => {
    const stops = stops_of(tasks, cause);
    return { is: "route", id: cause, task: stops[0]!, stops: stops.length, metres: metres_to(stops[0]!, here) };
  });
}

/** The day something is due, in Shanghai; the end of time for what has none. */
export function due_day(doing: Doing): string {
  if (doing.is !== "case") return doing.task.due_on;
  return doing.line.due_at ? SHANGHAI_DAY.format(new Date(doing.line.due_at)) : "9999-12-31";
}
const SHANGHAI_DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" });

function group_of(doing: Doing, today: string): GroupKey {
  const day = due_day(doing);
  if (doing.is === "case" ? doing.line.overdue : day < today) return "over";
  if (day <= today) return "today";
  return doing.metres !== undefined && doing.metres <= NEAR_M ? "near" : "later";
}

const far = (doing: Doing): number => doing.metres ?? Infinity;
const by_distance = (one: Doing, other: Doing): number => far(one) - far(other);
const by_day = (one: Doing, other: Doing): number => due_day(one).localeCompare(due_day(other)) || one.id.localeCompare(other.id);
const by_day_and_distance = (one: Doing, other: Doing): number => due_day(one).localeCompare(due_day(other)) || by_distance(one, other);

function metres_to(there: { lon?: number | null; lat?: number | null }, here: Spot | undefined): number | undefined {
  if (!here || there.lon == null || there.lat == null) return undefined;
  return metres_between(here, { lon: there.lon, lat: there.lat });
}

/** The haversine formula. */
export function metres_between(one: Spot, other: Spot): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const north = Math.sin(radians(other.lat - one.lat) / 2);
  const east = Math.sin(radians(other.lon - one.lon) / 2);
  const h = north * north + Math.cos(radians(one.lat)) * Math.cos(radians(other.lat)) * east * east;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The first `count` of all groups together, and how many are left out. */
export function first_of(groups: readonly Group[], count: number): { groups: Group[]; left: number } {
  const shown: Group[] = [];
  let room = count;
  for (const group of groups) {
    const doings = group.doings.slice(0, room);
    room -= doings.length;
    if (doings.length > 0) shown.push({ ...group, doings });
  }
  const total = groups.reduce((sum, group) => sum + group.doings.length, 0);
  return { groups: shown, left: total - shown.reduce((sum, group) => sum + group.doings.length, 0) };
}
