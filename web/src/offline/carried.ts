// What the phone carries, as the worker's screens read it: the server's rows, with what waits in the outbox laid over them.
import { computed, watchEffect } from "vue";
import { items } from "./outbox";
import { rows } from "./rows";
import { standing } from "./standing";
import type { CaseRow, Clash, FormRow, GridRow, HomeRow, TaskRow } from "./wire";

/** Reactive where they are read in a template or a computed value. */
export const homes = (): HomeRow[] => [...rows<HomeRow>("home").values()];
export const home = (id: string): HomeRow | undefined => rows<HomeRow>("home").get(id);
export const grids = (): GridRow[] => [...rows<GridRow>("grid").values()];
export const forms = (): FormRow[] => [...rows<FormRow>("form").values()];
export const form = (key: string): FormRow | undefined => forms().find((one) => one.key === key);
export const cases = (): CaseRow[] => [...rows<CaseRow>("case").values()];

/** Outcomes after which a task stays open: the worker comes again. */
const COMES_AGAIN = new Set(["absent"]);

/** What the worker has said of tasks since the server last said something: the latest word for each. */
const finished = computed(() => {
  const finishing = items.value.filter((item) => item.kind === "finish" && item.state !== "refused");
  return new Map(finishing.map((item) => [String(item.body.task), String(item.body.outcome)]));
});

/** The tasks as they stand for the worker: one that was just done is done, whether the server knows it yet or not. */
export function tasks(): TaskRow[] {
  return [...rows<TaskRow>("task").values()].map((task) => {
    const outcome = finished.value.get(task.id);
    return outcome === undefined || COMES_AGAIN.has(outcome) ? { ...task, state: "open" } : { ...task, state: "done", outcome };
  });
}

export const task = (id: string): TaskRow | undefined => tasks().find((one) => one.id === id);

/** Clashes that wait for the worker: what the server lists, and what it has answered since; without those that are decided and wait to be sent. */
const waiting_clashes = computed(() => {
  const decided = new Set(items.value.filter((item) => item.kind === "settle" && item.state !== "refused").map((item) => String(item.body.clash)));
  const answered = items.value.filter((item) => item.state === "clash").flatMap((item) => item.answer?.clash ?? []);
  const all = new Map([...answered, ...rows<Clash>("clash").values()].map((clash) => [clash.id, clash]));
  return [...all.values()].filter((clash) => !decided.has(clash.id));
});
watchEffect(() => { standing.clashes = waiting_clashes.value.length; });

export const clashes = (): Clash[] => waiting_clashes.value;
