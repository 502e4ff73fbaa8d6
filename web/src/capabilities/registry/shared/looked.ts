// A record on the screen as a look shows it: masked at first; a sealed value opens by a further look, whose refusal stands at that value.
import { ref, watch, type Ref } from "vue";
import { Refusal } from "../../../client/api";
import { use_query, type Query } from "../../../lib/query";
import { told, tr } from "../../../lib/words";
import { purpose_of, purposes_opening } from "./kinds";
import { purpose } from "./purpose";
import type { Look } from "./record";

export interface Looked<T> {
  query: Query<T>;
  /** The sealed values that are open. */
  opened: Ref<readonly string[]>;
  /** Why one of them could not be opened. */
  trouble: Ref<{ part: string; words: string } | undefined>;
  open: (part: string) => Promise<void>;
  look: () => Look;
}

/** Looks now, and again when another record or another purpose is meant. Needs a purpose. */
export function use_looked<T>(id: () => string, find: (id: string, look: Look) => Promise<T>): Looked<T> {
  const opened = ref<readonly string[]>([]);
  const trouble = ref<{ part: string; words: string }>();
  const look = (): Look => ({ purpose: purpose.value, open: opened.value });
  const forget = () => {
    opened.value = [];
    trouble.value = undefined;
  };
  watch([id, purpose], forget, { flush: "sync" });
  const query = use_query(() => find(id(), look()), [id, purpose]);

  async function open(part: string): Promise<void> {
    trouble.value = undefined;
    if (!purpose_of(purpose.value)?.opens.includes(part)) {
      trouble.value = { part, words: not_for_this(part) };
      return;
    }
    const wanted = [...opened.value, part];
    try {
      query.data = await find(id(), { purpose: purpose.value, open: wanted });
      opened.value = wanted;
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      trouble.value = { part, words: refusal.message };
    }
  }
  return { query, opened, trouble, open, look };
}

function not_for_this(part: string): string {
  const present = told(purpose_of(purpose.value)?.words);
  const others = purposes_opening(part).map((one) => told(one.words)).join(tr("、", ", "));
  return tr(`“${present}”这个用途不打开这一项。确有需要请换用途：${others}。`, `“${present}” does not open this. Where it is needed, change the purpose: ${others}.`);
}
