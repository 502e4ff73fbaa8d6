// Looks at a lane again every few seconds for a minute after somebody did something, and no longer: what asks for ever keeps a session open for ever.
import { onScopeDispose } from "vue";

const LOOK_MS = 3000;
const LOOKS_MAX = 20;

/** Begins at once; `look_on` begins the minute anew. */
export function use_looking(look: () => Promise<void>): { look_on: () => void } {
  let left = LOOKS_MAX;
  const timer = setInterval(() => {
    if (left === 0 || document.visibilityState === "hidden") return;
    left -= 1;
    void look();
  }, LOOK_MS);
  onScopeDispose(() => clearInterval(timer));
  return { look_on: () => { left = LOOKS_MAX; } };
}
