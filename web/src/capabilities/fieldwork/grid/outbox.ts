// How the outbox is told to the worker: states in words, and where a draft goes on.
import { tr } from "../../../lib/words";
import type { Item, KeptDraft } from "../../../offline";

export function say_state(item: Item): string {
  const now = Date.now();
  if (item.state === "waiting") return item.not_before > now ? tr("还可撤回", "Can be undone") : tr("待发", "Waiting");
  if (item.state === "held") return tr("等前一条", "Waits for another");
  if (item.state === "clash") return tr("两边都改了", "Both changed it");
  if (item.state === "refused") return tr("没有收下", "Not taken");
  return item.answer?.state === "merged" ? tr("已合并", "Merged") : tr("已发", "Sent");
}

/** Drafts by the beginning of their key: what they are called and where they are taken up again. */
const DRAFTS: readonly { beginning: string; words: string; to: (key: string) => string }[] = [
  { beginning: "report:", words: tr("上报", "Report"), to: (key) => `/report?draft=${encodeURIComponent(key.slice("report:".length))}` },
];

/** Where a draft goes on; nothing for one that goes on by itself where its thing is. */
export function draft_place(draft: KeptDraft<Record<string, unknown>>): { to: string; words: string } | undefined {
  const kind = DRAFTS.find((one) => draft.key.startsWith(one.beginning));
  if (!kind) return undefined;
  const words = typeof draft.value.words === "string" && draft.value.words.trim() ? draft.value.words.trim().slice(0, 40) : tr("还没有写", "no words yet");
  return { to: kind.to(draft.key), words: `${kind.words}${tr("：", ": ")}${words}` };
}
