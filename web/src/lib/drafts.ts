// What somebody has typed and not yet sent: kept on this device under their account, through reloads and sign-outs, gone when sent.
import { ref, watch, type Ref } from "vue";
import { session } from "./session";

const DAYS_KEPT = 30;
const SAVE_WAIT_MS = 200;
const PREFIX = "mulin.draft.";

interface Kept<T> {
  value: T;
  at: number;
}

function place_of(key: string): string {
  return `${PREFIX}${session.me?.account ?? "nobody"}.${key}`;
}

function read<T>(place: string): T | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? "null") as Kept<T> | null;
    return kept && Date.now() - kept.at < DAYS_KEPT * 24 * 3_600_000 ? kept.value : undefined;
  } catch {
    return undefined;
  }
}

/** A value that outlives the page. `clear` forgets it and puts the beginning back. `found` says that an earlier one was there. */
export function use_draft<T extends object>(key: string, beginning: () => T): { draft: Ref<T>; found: boolean; clear: () => void } {
  const place = place_of(key);
  const earlier = read<T>(place);
  const draft = ref({ ...beginning(), ...earlier }) as Ref<T>;
  const empty = JSON.stringify(beginning());
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    try {
      if (JSON.stringify(draft.value) === empty) localStorage.removeItem(place);
      else localStorage.setItem(place, JSON.stringify({ value: draft.value, at: Date.now() } satisfies Kept<T>));
    } catch {
      // Storage full or forbidden: the text still stands in the page.
    }
  };
  watch(draft, () => {
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_WAIT_MS);
  }, { deep: true });
  addEventListener("pagehide", save);
  const clear = () => {
    draft.value = beginning();
    clearTimeout(timer);
    localStorage.removeItem(place);
  };
  return { draft, found: earlier !== undefined, clear };
}
