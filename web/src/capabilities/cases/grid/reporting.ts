// A worker's report while it is being made: a draft on the phone with its photos and voice, and the moment it becomes a command.
import { ref, watch, type Ref } from "vue";
import { new_id } from "../../../lib/ids";
import { server_now } from "../../../lib/server_clock";
import { tr } from "../../../lib/words";
import { discard, draft, enqueue, forget_files, items, keep_file, list_drafts, read_file, type Item } from "../../../offline";
import { shrink, type Shot } from "../shared/shrink";

export interface ReportDraft {
  words: string;
  type: string;
  address: string;
  lon: number | null;
  lat: number | null;
  answers: Record<string, unknown>;
  /** Hashes of kept files. */
  photos: string[];
  voice: string;
  /** The refused report that this one replaces. */
  instead_of: string;
}

/** Where a report is begun from may know the place already. */
export type Given = Partial<Pick<ReportDraft, "address" | "lon" | "lat">>;

const KEY = "report:";
const LABEL_CHARS_MAX = 40;
const beginning = (): ReportDraft => ({ words: "", type: "", address: "", lon: null, lat: null, answers: {}, photos: [], voice: "", instead_of: "" });

/** The id of the draft to go on with: the one asked for, else the latest, else a new one. Answers how many others there are. */
export async function find_draft(asked: string | undefined, anew: boolean): Promise<{ id: string; others: number }> {
  // One that has become a command is none any more, whatever was left of it by a phone that died in between.
  const kept = (await list_drafts(KEY)).map(({ key }) => key.slice(KEY.length)).filter((one) => !report_saved(one));
  const id = (asked && !report_saved(asked) ? asked : undefined) ?? (anew ? undefined : kept[0]) ?? new_id(server_now());
  return { id, others: kept.filter((one) => one !== id).length };
}

export interface Reporting {
  report: Ref<ReportDraft>;
  shots: Ref<Shot[]>;
  ready: Promise<unknown>;
  /** Makes the draft a command, in the worker's own grid unless it says where; resolves when it is safe on the phone. */
  save: (own_grid: string | undefined) => Promise<void>;
  set_voice: (voice: Blob) => Promise<void>;
  drop: () => Promise<void>;
}

export function use_report(id: string, given: Given): Reporting {
  const kept = draft<ReportDraft>(KEY + id, () => ({ ...beginning(), ...given }));
  const report = kept.draft;
  const shots = ref<Shot[]>([]) as Ref<Shot[]>;
  const hashes = new Map<File, string>();

  const ready = kept.ready.then(async () => {
    const photos = await Promise.all(report.value.photos.map(async (hash) => ({ hash, file: await read_file(hash) })));
    for (const { hash, file } of photos) {
      if (!file) continue;
      const shot = await shrink(new File([file], `${hash}.jpg`, { type: file.type }));
      hashes.set(shot.file, hash);
      shots.value = [...shots.value, shot];
    }
  });

  // A photo is safe before anybody has written a word about it.
  watch(shots, async (now) => {
    for (const { file } of now) if (!hashes.has(file)) hashes.set(file, await keep_file(file));
    const names = now.flatMap((shot) => hashes.get(shot.file) ?? []);
    const removed = report.value.photos.filter((hash) => !names.includes(hash));
    report.value.photos = names;
    await kept.save();
    if (removed.length > 0) await forget_files(removed);
  });

  async function save(own_grid: string | undefined): Promise<void> {
    const { instead_of, voice, photos } = report.value;
    const files = [...photos.map((hash) => ({ hash })), ...(voice ? [{ hash: voice, question: "voice" }] : [])];
    await enqueue({ id, kind: "report", body: body_of(report.value, own_grid), label: label_of(report.value), files, draft: KEY + id });
    await kept.clear();
    if (instead_of) await discard(instead_of);
  }

  async function set_voice(voice: Blob): Promise<void> {
    report.value.voice = await keep_file(voice);
    await kept.save();
  }

  async function drop(): Promise<void> {
    const { photos, voice } = report.value;
    await kept.clear();
    shots.value = [];
    await forget_files(voice ? [...photos, voice] : photos);
  }

  return { report, shots, ready, save, set_voice, drop };
}

function body_of({ words, type, address, lon, lat, answers, photos }: ReportDraft, own_grid: string | undefined): Record<string, unknown> {
  const named = address.trim() && { address: address.trim() };
  const place = lon !== null && lat !== null ? { lon, lat, ...named } : { ...named, ...(own_grid && { grid: own_grid }) };
  return { words: words.trim(), place, answers, ...(type && { type }), ...(photos.length > 0 && { photos: [...photos] }) };
}

function label_of({ words, photos }: ReportDraft): string {
  const said = words.trim().replace(/\s+/g, " ").slice(0, LABEL_CHARS_MAX);
  return said ? tr(`上报：${said}`, `Report: ${said}`) : tr(`上报：${photos.length} 张照片`, `Report: ${photos.length} photos`);
}

/** A refused report as a new draft, to be mended and sent again. */
export function mend(item: Item): { id: string; given: ReportDraft } {
  const { words, type, place, answers, photos } = item.body as { words: string; type?: string; place: Given; answers: Record<string, unknown>; photos?: string[] };
  const { address = "", lon = null, lat = null } = place;
  return { id: new_id(server_now()), given: { ...beginning(), words, type: type ?? "", address, lon, lat, answers, photos: photos ?? [], instead_of: item.id } };
}

/** What has become of a report that was saved. */
export const report_saved = (id: string): Item | undefined => items.value.find((item) => item.id === id);
