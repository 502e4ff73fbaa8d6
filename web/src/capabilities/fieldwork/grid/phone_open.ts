// The phone opens a moment after the page: what it keeps can be asked for from then on.
import { watch } from "vue";
import { standing } from "../../../offline";

/** Resolves at once where it is open. A lock lies over the whole face: behind it nobody waits. */
export function phone_open(): Promise<void> {
  if (standing.phase === "open") return Promise.resolve();
  return new Promise((resolve) => {
    const stop = watch(() => standing.phase, (phase) => {
      if (phase !== "open") return;
      stop();
      resolve();
    });
  });
}
