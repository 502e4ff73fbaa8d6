// Overdue, today, near, later; within them by day, what is near by distance; and the first seven of all.
import { expect, test } from "vitest";
import type { CaseLine } from "../../cases/shared/case";
import { first_of, group_doings, metres_between, stops_of, type TaskLine } from "./today";

const TODAY = "2026-03-05";
const HERE = { lon: 113.1, lat: 27.87 };
const task = (id: string, due_on: string, lon: number | null = null): TaskLine => ({ id, due_on, lon, lat: lon === null ? null : HERE.lat } as TaskLine);
const matter = (id: string, due_at: string | null, overdue = false): CaseLine => ({ id, due_at, overdue, lon: null, lat: null } as CaseLine);
const told = (...args: Parameters<typeof group_doings>) => group_doings(...args).map((group) => `${group.key}: ${group.doings.map((doing) => doing.id).join(" ")}`);

test("in their order, tasks and cases together", () => {
  const tasks = [task("later", "2026-03-20"), task("today", "2026-03-05"), task("late", "2026-03-01")];
  // Eight in the evening of the 4th in London is the 5th in Shanghai.
  const cases = [matter("case_over", "2026-03-05T01:00:00Z", true), matter("case_today", "2026-03-04T20:00:00Z"), matter("case_open", null)];
  expect(told(tasks, cases, TODAY)).toEqual(["over: late case_over", "today: case_today today", "later: later case_open"]);
});

test("a patrol route is one line, however many stops it has", () => {
  const stop = (id: string, due_on: string, cause = "route:1"): TaskLine => ({ ...task(id, due_on), kind: "patrol", cause });
  const tasks = [stop("b", "2026-03-06"), stop("a", "2026-03-05"), stop("c", "2026-03-05", "route:2"), task("visit", "2026-03-06")];
  expect(told(tasks, [], TODAY)).toEqual(["today: route:1 route:2", "later: visit"]);
  expect(stops_of(tasks, "route:1").map((one) => one.id)).toEqual(["a", "b"]);
});

test("near is what is within five minutes' walk, and only where somebody asked", () => {
  const tasks = [task("far", "2026-03-20", 113.2), task("near", "2026-03-20", 113.102), task("nearer", "2026-03-21", 113.101), task("nowhere", "2026-03-09")];
  expect(told(tasks, [], TODAY)).toEqual(["later: nowhere far near nearer"]);
  expect(told(tasks, [], TODAY, HERE)).toEqual(["near: nearer near", "later: nowhere far"]);
});

test("a degree of latitude is 111 km", () => {
  expect(metres_between({ lon: 113, lat: 27 }, { lon: 113, lat: 28 })).toBeCloseTo(111_195, 0);
});

test("the first of all, and how many more", () => {
  const groups = group_doings([task("a", "2026-03-01"), task("b", "2026-03-05"), task("c", "2026-03-09"), task("d", "2026-03-10")], [], TODAY);
  const first = first_of(groups, 3);
  expect(first.groups.flatMap((group) => group.doings.map((doing) => doing.id))).toEqual(["a", "b", "c"]);
  expect(first.left).toBe(1);
});
