// The catalogue of the register: what may be kept of each kind, and for which purposes it opens. Read once a page; it says nothing of
// anybody, so it is kept on the device for where there is no line.
import { shallowRef } from "vue";
import { api, ask, Refusal, type Schema } from "../../../client/api";
import type { Kind, RecordView } from "./record";

export type Kinds = Schema["KindsView"];
export type FieldKind = Schema["FieldKindView"];
export type FactKind = Schema["FactKindView"];
export type Purpose = Schema["LookPurposeView"];

/** The part of a look that opens service facts. */
export const FACTS = "facts";

/** Where it is kept. */
const PLACE = "mulin.register.kinds";

let asked: Promise<Kinds> | undefined;
const known = shallowRef<Kinds>();

export function list_kinds(): Promise<Kinds> {
  asked ??= ask(api.GET("/api/registry/kinds")).then(keep).catch((refusal: unknown) => {
    asked = undefined;
    const kept = refusal instanceof Refusal && refusal.is_silent ? read_kept() : undefined;
    if (!kept) throw refusal;
    return (known.value = kept);
  });
  return asked;
}

function keep(kinds: Kinds): Kinds {
  try {
    localStorage.setItem(PLACE, JSON.stringify(kinds));
  } catch {
    // Without storage it is only known with a line.
  }
  return (known.value = kinds);
}

function read_kept(): Kinds | undefined {
  try {
    return (JSON.parse(localStorage.getItem(PLACE) ?? "null") as Kinds | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** What has come of it so far; reactive. */
export const kinds = (): Kinds | undefined => known.value;

export function fields_of(kind: Kind): readonly FieldKind[] {
  return known.value?.kinds.find((one) => one.kind === kind)?.fields ?? [];
}

export function purpose_of(key: string | undefined): Purpose | undefined {
  return known.value?.purposes.find((one) => one.key === key);
}

/** The purposes a sealed value opens for. */
export function purposes_opening(part: string): readonly Purpose[] {
  return known.value?.purposes.filter((one) => one.opens.includes(part)) ?? [];
}

/** The values of a record that grow old: those a visit confirms. Where others come from is not overwritten by it. */
export function ageing_fields(record: RecordView): string[] {
  const ageing = new Set(fields_of(record.kind).filter((field) => field.age_months != null).map((field) => field.key));
  return record.fields.map((field) => field.key).filter((key) => ageing.has(key));
}
