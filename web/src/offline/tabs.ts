// Several tabs of one app: they hear of each other's deeds, and only one of them talks to the server at a time.

export type Change = "rows" | "outbox" | "drafts" | "lock";

const CHANNEL = "mulin.worker";
const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(CHANNEL);

/** Tells the other tabs what has changed in the database. */
export function tell_tabs(change: Change): void {
  channel?.postMessage(change);
}

export function hear_tabs(hear: (change: Change) => void): void {
  channel?.addEventListener("message", (event: MessageEvent<Change>) => hear(event.data));
}

/** Does it unless another tab is at it. A browser without locks does it: the server takes the same command twice as one. */
export async function alone(name: string, act: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return act();
  await navigator.locks.request(`mulin.${name}`, { ifAvailable: true }, async (lock) => {
    if (lock) await act();
  });
}
