// Values of a home and its people as the phone carries them: in words, with what was corrected here and waits to be sent laid over them.
import { computed } from "vue";
import { enqueue, items, type HomeRow } from "../../../offline";
import { told, tr } from "../../../lib/words";
import { fields_of, type FieldKind } from "../../registry/shared/kinds";
import type { Kind } from "../../registry/shared/record";

type CarriedValue = HomeRow["values"][string];
export type PersonRow = HomeRow["people"][number];

/** A value that can be corrected at the door. */
export interface CarriedField {
  record: { id: string; version: number; kind: Kind };
  field: FieldKind;
  /** What the register has, as it was when it last came down. */
  seen: CarriedValue | undefined;
  /** What was written here and has not been taken in yet; null where the value was taken out. */
  waiting: { value: unknown } | undefined;
}

const UNDO_MS = 10_000;
/** Kept in 0.01 m². */
const AREA_UNITS = 100;

/** Corrections that wait, by record and key: the latest word counts. */
const corrections = computed(() => {
  const found = new Map<string, unknown>();
  for (const item of items.value) {
    if (item.kind !== "amend" || item.state === "sent" || item.state === "refused") continue;
    for (const [key, value] of Object.entries(item.body.values as Record<string, unknown>)) found.set(`${String(item.body.record)}/${key}`, value);
  }
  return found;
});

function carried(record: CarriedField["record"], values: HomeRow["values"], keys?: readonly string[]): CarriedField[] {
  return fields_of(record.kind).filter((field) => (keys ? keys.includes(field.key) : field.key in values)).map((field) => {
    const place = `${record.id}/${field.key}`;
    return { record, field, seen: values[field.key], waiting: corrections.value.has(place) ? { value: corrections.value.get(place) } : undefined };
  });
}

/** What is carried of the home itself and of its household. */
export function fields_of_home(home: HomeRow): CarriedField[] {
  const of_home = carried({ id: home.id, version: home.version, kind: "dwelling" }, home.values, ["use", "occupancy"]);
  return home.household ? [...of_home, ...carried({ ...home.household, kind: "household" }, home.values, ["kind"])] : of_home;
}

/** What is carried of somebody and of how they live here. */
export function fields_of_person(person: PersonRow): CarriedField[] {
  const living = { id: person.residence, version: person.residence_version, kind: "residence" as const };
  const { relation, kind } = person;
  const row = (value: string | null | undefined): HomeRow["values"] => (value ? { value: { value, at: "", stale: false } } : {});
  const of_living = [...carried(living, { relation: row(relation).value! }, ["relation"]), ...carried(living, { kind: row(kind).value! }, ["kind"])];
  return [...of_living, ...carried({ id: person.id, version: person.version, kind: "person" }, person.values)];
}

/** A value as people read it. */
export function value_words(field: FieldKind, value: unknown): string {
  if (value === null || value === undefined || value === "") return tr("（没有）", "(none)");
  if (Array.isArray(value)) return value.map((one) => value_words(field, one)).join(tr("、", ", "));
  if (typeof value === "boolean") return value ? tr("是", "yes") : tr("否", "no");
  if (field.shape === "area") return `${Number(value) / AREA_UNITS} m²`;
  return told(field.choices.find((choice) => choice.code === value)?.words) || String(value);
}

/** Corrects a value at the door: kept at once, sent when it can no longer be undone. Answers the command's id. */
export function correct({ record, field, seen }: CarriedField, value: unknown, label: string): Promise<string> {
  const body = { record: record.id, base_version: record.version, base: { [field.key]: seen?.value ?? null }, values: { [field.key]: value } };
  return enqueue({ kind: "amend", body, label: `${label} · ${told(field.words)}`, undo_ms: UNDO_MS });
}

/** The oldest age of what is carried of a home and its people that has to be confirmed. */
export function stale_fields(fields: readonly CarriedField[]): CarriedField[] {
  return fields.filter((one) => one.seen?.stale && !one.waiting);
}
