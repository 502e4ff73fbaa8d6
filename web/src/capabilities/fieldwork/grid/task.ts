// One task as its screen shows it: the phone's own row at once, the server's answer with wishes and open cases as soon as there is a line.
import { computed, type ComputedRef } from "vue";
import { api, ask, type Schema } from "../../../client/api";
import { use_query } from "../../../lib/query";
import { standing, task as carried_task, type HomeRow } from "../../../offline";
import type { HomeView, RecordView } from "../../registry/shared/record";
import type { TaskLine } from "./today";

export type VisitView = Omit<Schema["VisitView"], "home" | "task"> & { task: TaskLine; home: HomeView | null };

export interface TaskAsked {
  task: ComputedRef<TaskLine | undefined>;
  /** What only the server has. */
  view: ComputedRef<VisitView | undefined>;
  /** Neither found nor given up yet. */
  is_looking: ComputedRef<boolean>;
  renew: () => Promise<void>;
}

/** Looks for a task. Asking the server is a look at who lives there, and on record. */
export function find_task(id: () => string): TaskAsked {
  const query = use_query(async () => (await ask(api.GET("/api/fieldwork/tasks/{id}", { params: { path: { id: id() } } }))) as unknown as VisitView, [id]);
  const carried = computed(() => (standing.carries ? (carried_task(id()) as unknown as TaskLine | undefined) : undefined));
  return {
    task: computed(() => query.data?.task ?? carried.value),
    view: computed(() => query.data),
    is_looking: computed(() => query.standing === "loading"),
    renew: () => query.reload(),
  };
}

/** A home of the register as the phone carries one, so that both are shown alike. What is sealed stays out. */
export function row_of(home: HomeView): HomeRow {
  const [household] = home.households;
  return {
    id: home.dwelling.id,
    version: home.dwelling.version,
    area_path: home.dwelling.area.path,
    address: home.dwelling.label,
    place: home.dwelling.label,
    building: null,
    lon: null,
    lat: null,
    letters: "",
    household: household ? { id: household.id, version: household.version } : null,
    values: { ...(household && values_of(household)), ...values_of(home.dwelling) },
    people: home.members.map(({ person, residence }) => ({
      id: person.id,
      version: person.version,
      name: person.label,
      letters: "",
      residence: residence.id,
      residence_version: residence.version,
      relation: text_of(residence, "relation"),
      kind: text_of(residence, "kind"),
      values: values_of(person),
    })),
  };
}

function values_of(record: RecordView): HomeRow["values"] {
  const open = record.fields.filter((field) => !field.sealed && field.value != null && field.key !== "name");
  return Object.fromEntries(open.map((field) => [field.key, { value: field.value as unknown, at: field.origin.at, stale: field.stale }]));
}

function text_of(record: RecordView, key: string): string {
  const value = record.fields.find((field) => field.key === key)?.value as unknown;
  return typeof value === "string" ? value : "";
}
