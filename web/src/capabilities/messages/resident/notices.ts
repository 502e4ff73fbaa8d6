// Notices on this device: asks the browser for a subscription and hands it to the server, or gives it back. Without the script, or where the
// browser cannot, the page offers text and mail as before.
import { ask, send, type Answer } from "../../../lib/ask";
import { say } from "../../../lib/dom";
import { on_asking } from "../../../lib/place";
import { tr } from "../../../lib/words";

const SCRIPT = "/my/messages/sw.js";
const SCOPE = "/my/messages";
/** Under which the browser remembers which of the listed devices it is. */
const OWN = "mulin.device";

/** Whether this browser can take notices here: over HTTPS, or on this very machine. */
export const can_take_notices = (): boolean => window.isSecureContext && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

export function enhance_notices(card: HTMLElement): void {
  const on = card.querySelector<HTMLButtonElement>("[data-notices-on]");
  const said = card.querySelector("[data-notices-said]");
  if (!on) return;
  const is_on = mark_own(card);
  if (!can_take_notices()) return say(said, tr("这个浏览器收不了通知，可以用短信或邮件。", "This browser takes no notices: use text or mail."));
  on.hidden = is_on;
  void forget(card.dataset.removed);
  on_asking(on, async () => {
    say(said, tr("正在打开……", "Turning it on…"));
    const words = await turn_on(card.dataset.welcome ?? "");
    if (words === undefined) location.assign("/my/messages?saved=device");
    else say(said, words);
  });
}

/** Tells this device from the others of the list. */
function mark_own(card: HTMLElement): boolean {
  const id = localStorage.getItem(OWN);
  const row = id ? card.querySelector<HTMLElement>(`[data-device="${CSS.escape(id)}"] [data-own]`) : null;
  if (row) row.hidden = false;
  return row !== null;
}

/** Where it was this device that was just taken off the list, the browser forgets its subscription too. */
async function forget(removed: string | undefined): Promise<void> {
  if (!removed || removed !== localStorage.getItem(OWN)) return;
  localStorage.removeItem(OWN);
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  const subscription = await registration?.pushManager.getSubscription();
  await subscription?.unsubscribe();
}

/** What hinders it, in words; nothing where it is on. */
async function turn_on(welcome: string): Promise<string | undefined> {
  if ((await Notification.requestPermission()) !== "granted") {
    return tr("浏览器没有允许通知。请在浏览器的网站设置里允许，再点一次。", "The browser does not allow notices. Allow them in its settings for this site and try again.");
  }
  const key = await ask<{ key: string }>("/api/messages/push/key", {});
  if (key.is !== "told") return trouble(key);
  try {
    const registration = await worker();
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes_of(key.data.key) });
    const kept = await send<{ id: string }>("/api/messages/devices", body_of(subscription));
    if (kept.is !== "told") {
      await subscription.unsubscribe();
      return trouble(kept);
    }
    localStorage.setItem(OWN, kept.data.id);
    await registration.showNotification(welcome).catch(() => undefined);
    return undefined;
  } catch {
    return tr("连不上浏览器的推送服务，可以先用短信或邮件。", "The browser's push service cannot be reached: use text or mail for now.");
  }
}

async function worker(): Promise<ServiceWorkerRegistration> {
  const registration = await navigator.serviceWorker.register(SCRIPT, { scope: SCOPE, updateViaCache: "none" });
  const begun = registration.active ?? registration.waiting ?? registration.installing;
  if (begun && begun.state !== "activated") {
    await new Promise<void>((done) => begun.addEventListener("statechange", () => begun.state === "activated" && done()));
  }
  return registration;
}

const trouble = (answer: Exclude<Answer<unknown>, { is: "told" }>): string => answer.is === "refused" ? answer.words : tr("网络不通，请稍后再试。", "No network. Please try again later.");

/** A subscription as the server reads it. */
export function body_of(subscription: Pick<PushSubscription, "toJSON">): { endpoint: string; p256dh: string; auth: string } {
  const { endpoint = "", keys = {} } = subscription.toJSON();
  return { endpoint, p256dh: keys.p256dh ?? "", auth: keys.auth ?? "" };
}

/** What stands in base64url, as bytes. */
export function bytes_of(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
