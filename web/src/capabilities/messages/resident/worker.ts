// The service worker of residents' notices: shows what is pushed, opens its page at a tap, and tells the server when the browser is reached by
// another address. It keeps no file and answers no request. It runs as a classic script, so it imports nothing.

/** What the server pushes. */
interface Pushed {
  title: string;
  body: string;
  url: string;
  lang: string;
  tag: string;
}

/** What the scripts of pages do not know of a service worker. */
interface Happening extends Event {
  waitUntil: (work: Promise<unknown>) => void;
}
interface Arriving extends Happening {
  data: { json: () => Pushed } | null;
}
interface Tapped extends Happening {
  notification: Notification;
}
/** The browser took the subscription's place by another, or only took it away. Older browsers say neither. */
interface Changed extends Happening {
  oldSubscription?: PushSubscription | null;
  newSubscription?: PushSubscription | null;
}
interface Worker {
  addEventListener: ((kind: "pushsubscriptionchange", hear: (event: Changed) => void) => void) & ((kind: "push", hear: (event: Arriving) => void) => void) & ((kind: "notificationclick", hear: (event: Tapped) => void) => void) & ((kind: string, hear: (event: Happening) => void) => void);
  registration: ServiceWorkerRegistration;
  skipWaiting: () => Promise<void>;
  clients: { openWindow: (url: string) => Promise<unknown> };
}

const worker = self as unknown as Worker;
const HOME = "/my/messages";
const CHANGED = "/api/messages/devices/changed";

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(change(event)));
worker.addEventListener("push", (event) => event.waitUntil(show(event)));
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(worker.clients.openWindow(page_of(event.notification.data)));
});

/**
 * The device is to stay the one it was, reached by its new address. Which one it was, the server knows by the former address alone: where the
 * browser does not say it, or nobody is signed in, or its owner took the device off meanwhile, it is gone, and turned on again on the page.
 */
async function change({ oldSubscription: former, newSubscription }: Changed): Promise<void> {
  if (!former) return;
  const { userVisibleOnly, applicationServerKey } = former.options;
  const subscription = newSubscription ?? (await worker.registration.pushManager.subscribe({ userVisibleOnly, applicationServerKey }));
  const { endpoint, keys } = subscription.toJSON();
  const body = JSON.stringify({ former: former.endpoint, endpoint, p256dh: keys?.p256dh, auth: keys?.auth });
  const reply = await fetch(CHANGED, { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body });
  // An address that the server does not take would only be a way to reach somebody that nobody uses.
  if (!reply.ok) await subscription.unsubscribe();
}

/** A browser takes the subscription away where nothing is shown: what cannot be read is shown without words. */
async function show(event: Arriving): Promise<void> {
  const said = read(event);
  const { title = "Mulin", body = "", lang = "", tag = "" } = said;
  await worker.registration.showNotification(title, { body, lang, tag, data: said.url ?? HOME });
}

function read(event: Arriving): Partial<Pushed> {
  try {
    return event.data?.json() ?? {};
  } catch {
    return {};
  }
}

/** A page of this house and nowhere else. */
function page_of(url: unknown): string {
  return typeof url === "string" && /^\/(?!\/)/.test(url) ? url : HOME;
}

// A module to those who check its types; built, it exports nothing.
export {};
