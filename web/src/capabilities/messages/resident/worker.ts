// The service worker of residents' notices: shows what is pushed and opens its page at a tap. It keeps no file and answers no request. It runs
// as a classic script, so it imports nothing.

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
interface Worker {
  addEventListener: ((kind: "push", hear: (event: Arriving) => void) => void) & ((kind: "notificationclick", hear: (event: Tapped) => void) => void) & ((kind: string, hear: (event: Happening) => void) => void);
  registration: ServiceWorkerRegistration;
  skipWaiting: () => Promise<void>;
  clients: { openWindow: (url: string) => Promise<unknown> };
}

const worker = self as unknown as Worker;
const HOME = "/my/messages";

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("push", (event) => event.waitUntil(show(event)));
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(worker.clients.openWindow(page_of(event.notification.data)));
});

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
