// Today's list from where it is nearest: the phone's own rows where it carries them, else the server's answer, with what waits to be sent laid over it.
import { computed, type ComputedRef } from "vue";
import { api, ask } from "../../../client/api";
import { use_query, type Query } from "../../../lib/query";
import { cases, items, standing, tasks } from "../../../offline";
import type { CaseLine } from "../../cases/shared/case";
import type { TaskLine } from "./today";

export interface TodayList {
  tasks: ComputedRef<readonly TaskLine[]>;
  cases: ComputedRef<readonly CaseLine[]>;
  /** The server's answer; not asked where the phone carries its rows. */
  query: Query<{ lines: readonly TaskLine[]; cases: readonly CaseLine[] }> | undefined;
}

/** What the phone carries of tasks, as the list wants it. */
export function carried_tasks(): TaskLine[] {
  return tasks().filter((task) => task.state === "open") as unknown as TaskLine[];
}

export function use_today(): TodayList {
  if (standing.carries) return { tasks: computed(carried_tasks), cases: computed(() => cases() as unknown as CaseLine[]), query: undefined };
  const query = use_query(async () => {
    const { lines, cases: at_hand } = await ask(api.GET("/api/fieldwork/today", { params: { query: {} } }));
    return { lines: lines as unknown as TaskLine[], cases: at_hand };
  });
  const gone = computed(() => new Set(items.value.filter((item) => item.kind === "finish" && item.state !== "refused" && item.body.outcome !== "absent").map((item) => item.body.task)));
  return {
    tasks: computed(() => (query.data?.lines ?? []).filter((task) => !gone.value.has(task.id))),
    cases: computed(() => query.data?.cases ?? []),
    query,
  };
}
