// A live link that is away for a moment is no news; one that stays away is.
import { onScopeDispose, ref, watch, type Ref } from "vue";
import type { Link } from "../../../lib/live";

const PATIENCE_MS = 6000;

/** Whether the link has been away long enough to say so. */
export function use_lost(link: Link): Ref<boolean> {
  const lost = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(() => link.up, (up) => {
    clearTimeout(timer);
    if (up) lost.value = false;
    else timer = setTimeout(() => { lost.value = true; }, PATIENCE_MS);
  }, { immediate: true });
  onScopeDispose(() => clearTimeout(timer));
  return lost;
}
