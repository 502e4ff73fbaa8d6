// What stands around a form on the worker's phone: drafts and files sealed on it, what the carried home knows, the outbox as the way out.
import { new_id } from "../../../lib/ids";
import { posts } from "../../../lib/session";
import { server_now } from "../../../lib/server_clock";
import { enqueue, forget_draft, home, homes, keep_file, read_draft, read_file, search, write_draft, type HomeRow } from "../../../offline";
import type { Known } from "../../../forms/known";
import { extension_of, type FillHost, type Findable, type Filled, type Kept } from "../fill/host";
import { phone_open } from "./phone_open";
import type { TaskLine } from "./today";

const DAY_MS = 86_400_000;
const FOUND_MAX = 20;

/** The form that is filled in, and what it is about. */
export interface Filling {
  form: { id: string; number: number; title: string };
  task: TaskLine | undefined;
  home: HomeRow | undefined;
}

/** With the id of the submission to be: pressed twice, sent once. */
interface KeptHere extends Kept {
  id: string;
  title: string;
}

/** One draft for each form at each door. */
export function draft_key({ form, task, home: about }: Filling): string {
  return `fill:${form.id}:${task?.id ?? about?.id ?? "free"}`;
}

/** `sent` is told the id of the submission once it is safe on the phone. */
export function phone_host(filling: Filling, sent: (id: string) => Promise<void>): FillHost {
  const key = draft_key(filling);
  let id = new_id(server_now());
  return {
    read_draft: async () => {
      await phone_open();
      const kept = await read_draft<KeptHere>(key);
      id = kept?.id ?? id;
      return kept;
    },
    write_draft: (kept) => write_draft(key, { ...kept, id, title: filling.form.title } satisfies KeptHere),
    forget_draft: () => forget_draft(key),
    keep_file: async (blob) => `${await keep_file(blob)}.${extension_of(blob)}`,
    find_file: (name) => read_file(hash_of(name)),
    known: (field) => known_of(filling, field),
    find_records: (kind, typed) => Promise.resolve(find_records(kind, typed)),
    find_record: (kind, wanted) => Promise.resolve(find_record(kind, wanted)),
    send: async (filled) => {
      await enqueue({ id, kind: "submit", body: body_of(filling, filled), label: filling.form.title, draft: key, files: filled.files.map(({ name, question }) => ({ hash: hash_of(name), question })) });
      await sent(id);
    },
  };
}

/** Files are named by their hash; the end of the name says what they are. */
function hash_of(name: string): string {
  return name.split(".")[0] ?? name;
}

function body_of({ form, task, home: about }: Filling, { answers }: Filled): Record<string, unknown> {
  const area = task?.area_path ?? about?.area_path ?? posts.value.find((post) => post.kind === "grid_worker")?.area_path;
  return { form: form.id, version: form.number, answers, ...(area && { area }) };
}

/** `dwelling.use` of the home, `household.kind`; `person.…` of the one the task is about, or of the only one who lives there. */
function known_of({ task, home: about }: Filling, field: string): Known | undefined {
  const [kind = "", key = ""] = field.split(".");
  const person = about?.people.find((one) => one.id === task?.subject_id) ?? (about?.people.length === 1 ? about.people[0] : undefined);
  const value = kind === "person" ? person?.values[key] : kind === "dwelling" || kind === "household" ? about?.values[key] : undefined;
  const text = value && text_of(value.value);
  if (!value || text === undefined) return undefined;
  return { text, at: value.at, age_days: Math.max(0, Math.floor((server_now() - Date.parse(value.at)) / DAY_MS)), is_fresh: !value.stale };
}

/** A value as an answer is written; nothing where an answer has no such shape. */
function text_of(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.every((one) => typeof one === "string") ? value.join(" ") : undefined;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function find_records(kind: string, typed: string): Findable[] {
  const found = search(typed).flatMap(({ home: at, person }) => {
    if (kind === "person") return person ? [{ id: person.id, label: person.name, under: at.place }] : [];
    return kind === "dwelling" && !person ? [{ id: at.id, label: at.place, under: at.address }] : [];
  });
  return found.slice(0, FOUND_MAX);
}

function find_record(kind: string, id: string): Findable | undefined {
  if (kind === "dwelling") {
    const at = home(id);
    return at && { id, label: at.place, under: at.address };
  }
  for (const at of homes()) {
    const person = at.people.find((one) => one.id === id);
    if (person) return { id, label: person.name, under: at.place };
  }
  return undefined;
}
