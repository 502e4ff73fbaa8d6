// The app itself on the phone: its service worker, and a newer version that waits until nobody is in the middle of something.
import { save_all_drafts } from "../drafts";
import { standing } from "../standing";
import { is_elder } from "../../kit/house";
import { is_english } from "../../lib/words";

const SCRIPT = "/grid/sw.js";
const SCOPE = "/grid";
const SETTINGS = "mulin-settings";
/** How often a page that stays open looks for a newer version. */
const LOOK_MS = 60 * 60_000;
/** How long the newer version may take to begin. The browser lets the older one end what it has under way first, for minutes if need be. */
const BEGIN_MS_MAX = 5_000;

let waiting: ServiceWorker | undefined;

/** Keeps the app on this phone, where the browser can and the line is safe (HTTPS, or this very machine). */
export function register_shell(): void {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  void note_settings();
  void navigator.serviceWorker.register(SCRIPT, { scope: SCOPE, updateViaCache: "none" }).then(watch_updates, () => undefined);
}

/** The language and the size of letters of this page, for the next one without a line. */
async function note_settings(): Promise<void> {
  const settings = await caches.open(SETTINGS);
  await settings.put("/grid/settings", new Response(JSON.stringify({ lang: is_english() ? "en" : "zh", elder: String(is_elder()) })));
}

function watch_updates(registration: ServiceWorkerRegistration): void {
  const note = (worker: ServiceWorker | null) => {
    if (!worker || !navigator.serviceWorker.controller) return;
    const ready = () => {
      if (worker.state !== "installed") return;
      waiting = worker;
      standing.has_update = true;
    };
    ready();
    worker.addEventListener("statechange", ready);
  };
  note(registration.waiting);
  registration.addEventListener("updatefound", () => note(registration.installing));
  setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
  // Another tab has changed over: what this page loads from now on may be of the newer version. The very first version is no news.
  let was_controlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    standing.has_update ||= was_controlled;
    was_controlled = true;
  });
}

/** Changes over to the newer version: what is being typed is kept, then the page begins anew, at the latest after a few seconds; a page that goes lets the older version end. */
export async function change_over(): Promise<void> {
  await save_all_drafts();
  const begun = new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, BEGIN_MS_MAX);
  });
  if (waiting) {
    waiting.postMessage("take over");
    await begun;
  }
  location.reload();
}

/** Takes the app off this phone. */
export async function remove_shell(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(SCOPE);
  await registration?.unregister();
}
