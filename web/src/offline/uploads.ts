// Files up, after the commands: in parts, from where the server says it stands, a few at a time.
import { Refusal } from "../client/api";
import { files_to_send, forget_files, note_file_refused, read_file, type StoredFile } from "./files";
import { post_json, put_bytes } from "./http";
import { is_metered } from "./link";
import { items } from "./outbox";
import { phone, read_meta, write_meta } from "./phone";

const PART_BYTES = 256 * 1024;
const AT_ONCE = 3;
const WIFI_ONLY = "wifi_only";
/** A file that the server will never take; everything else is tried again. */
const NEVER = new Set([400, 403, 409, 413, 415, 422]);

interface Standing {
  have: number;
  done: boolean;
}

export async function is_wifi_only(): Promise<boolean> {
  return (await read_meta<boolean>(phone().database, WIFI_ONLY)) ?? false;
}

export function set_wifi_only(only: boolean): Promise<void> {
  return write_meta(phone().database, WIFI_ONLY, only);
}

/** Sends the files of commands that have arrived. Throws where the line went away. */
export async function send_files(): Promise<void> {
  const waiting = await files_to_send();
  if (is_metered() && (await is_wifi_only())) return;
  const unsent = new Set(items.value.filter((item) => item.state === "waiting" || item.state === "refused").map((item) => item.id));
  const queue = waiting.filter((file) => !file.refusal && !file.belongs.every((one) => unsent.has(one.command)));
  await Promise.all(Array.from({ length: AT_ONCE }, () => send_in_turn(queue)));
  await files_to_send();
}

async function send_in_turn(queue: StoredFile[]): Promise<void> {
  for (let file = queue.shift(); file; file = queue.shift()) {
    try {
      await send_file(file);
    } catch (refusal) {
      if (!(refusal instanceof Refusal) || !NEVER.has(refusal.status)) throw refusal;
      await note_file_refused(file, refusal.message);
    }
  }
}

async function send_file(file: StoredFile): Promise<void> {
  const whole = await read_file(file.hash);
  if (!whole) return;
  for (const belonging of file.belongs) {
    let at = await post_json<Standing>("/api/fieldwork/uploads", { hash: file.hash, bytes: file.bytes, media_type: file.media_type, for: belonging });
    while (!at.done) {
      const part = await whole.slice(at.have, at.have + PART_BYTES).arrayBuffer();
      at = await put_bytes<Standing>(`/api/fieldwork/uploads/${file.hash}?offset=${at.have}`, part);
    }
  }
  await forget_files([file.hash]);
}
