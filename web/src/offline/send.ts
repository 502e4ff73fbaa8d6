// Commands up: in their order, in batches, each answered by itself. A lost answer is asked for again: the server knows the ids.
import { goes_directly, send_directly } from "./direct";
import { post_json } from "./http";
import { items, keep_answers, load_outbox, prune_outbox, type Item } from "./outbox";
import type { Ordered } from "./pull";
import type { BatchAnswer, Command } from "./wire";

const BATCH_MAX = 200;
/** Well below the largest body that the server reads. */
const BATCH_CHARS_MAX = 160 * 1024;

/** Sends everything that waits. Throws a refusal where the server took nothing of a batch; what was answered before is kept. */
export async function send_commands(device: string): Promise<Ordered> {
  await load_outbox();
  const asked = new Set<string>();
  for (let batch = next_batch(asked); batch.length > 0; batch = next_batch(asked)) {
    const body = { device, sent_at: new Date().toISOString(), commands: batch };
    const told = await post_json<BatchAnswer>("/api/fieldwork/sync/commands", body);
    if (told.standing === "wipe") return "wipe";
    for (const { id } of batch) asked.add(id);
    await keep_answers(told.answers);
  }
  await prune_outbox();
  return "ok";
}

/** Sends what needs no device, for a phone that carries nothing. Answers whether anything is left that needs one. */
export async function send_without_device(): Promise<boolean> {
  await load_outbox();
  const ready = items.value.filter((item) => item.state === "waiting" && item.not_before <= Date.now());
  for (const item of ready.filter(goes_directly)) await keep_answers([await send_directly(item)]);
  await prune_outbox();
  return ready.some((item) => !goes_directly(item));
}

/** Whether the server still waits for something, a file perhaps that has come by now. */
export function is_any_held(): boolean {
  return items.value.some((item) => item.state === "held");
}

/** What waits, and what the server holds: it may have been let go meanwhile. Each once in a run. */
function next_batch(asked: ReadonlySet<string>): Command[] {
  const now = Date.now();
  const ready = items.value.filter((item) => (item.state === "waiting" || item.state === "held") && item.not_before <= now && !asked.has(item.id));
  const batch: Command[] = [];
  let chars = 0;
  for (const item of ready) {
    const command = command_of(item);
    chars += JSON.stringify(command).length;
    if (batch.length === BATCH_MAX || (batch.length > 0 && chars > BATCH_CHARS_MAX)) break;
    batch.push(command);
  }
  return batch;
}

function command_of({ id, seq, at, kind, parent, body }: Item): Command {
  return { id, seq, at, kind, body, ...(parent && { parent }) };
}
