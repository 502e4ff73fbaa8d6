// A phone that carries nothing is not known to the server as a device: what it reports goes the way any page's report goes, with the same id.
import { api, ask, keep_photos, Refusal } from "../client/api";
import { forget_files, read_file } from "./files";
import type { Item } from "./outbox";
import type { Answer } from "./wire";

/** Commands that need no device. */
export function goes_directly(item: Item): boolean {
  return item.kind === "report";
}

/** Sends one and answers as the sync would; throws where the server did not decide. */
export async function send_directly(item: Item): Promise<Answer> {
  const { photos: hashes = [], ...report } = item.body as { photos?: string[] } & Record<string, unknown>;
  try {
    const files = (await Promise.all(hashes.map(read_file))).filter((file) => file !== undefined);
    const photos = files.length > 0 ? await keep_photos(files) : undefined;
    const body = { ...report, id: item.id, anonymous: false, hidden: false, ...(photos && { photos }) };
    const receipt = await ask(api.POST("/api/cases", { body: body as never }));
    await forget_files(hashes);
    return { id: item.id, state: "accepted", result: { number: receipt.number } };
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.status < 400 || refusal.status >= 500 || refusal.wants_sign_in || refusal.status === 429) throw refusal;
    const words = { zh: refusal.message, en: refusal.message };
    return { id: item.id, state: "refused", refusal: { code: refusal.code, words, ...(refusal.field && { field: refusal.field }) } };
  }
}
