// The service worker of the worker's face: keeps exactly this face's files on the phone and opens it without a line. No answer of the API ever
// goes into its cache: what is carried lies sealed in the database. It runs as a classic script, so it imports nothing.

/** Written in by the build: the list of the face's files, and its hash. */
declare const __SHELL__: { version: string; files: string[] };

/** What the scripts of pages do not know of a service worker. */
interface Happening extends Event {
  waitUntil: (work: Promise<unknown>) => void;
}
interface Asking extends Happening {
  request: Request;
  respondWith: (answer: Promise<Response>) => void;
}
interface Worker {
  addEventListener: ((kind: "fetch", hear: (event: Asking) => void) => void) & ((kind: string, hear: (event: Happening & { data?: unknown }) => void) => void);
  skipWaiting: () => Promise<void>;
  clients: { claim: () => Promise<void>; matchAll: (which: { type: "window" }) => Promise<{ postMessage: (word: string) => void }[]> };
}

const worker = self as unknown as Worker;
const shell = __SHELL__;
const PREFIX = "mulin-grid-";
const CACHE = PREFIX + shell.version;
/** Where pages note the language and the size of letters they stand in. */
const SETTINGS = "mulin-settings";
const LANGUAGES = ["zh", "en"];

const is_ours = (url: URL) => url.pathname === "/grid" || url.pathname.startsWith("/grid/");
const shell_of = (lang: string) => `/grid/?lang=${lang}`;

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(worker.skipWaiting());
});
worker.addEventListener("sync", (event) => event.waitUntil(tell_pages("sync")));
worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && is_ours(url)) event.respondWith(open_shell(event, url));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(open_file(event.request));
});

/** All files or none: an installation that is cut begins again. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all([...shell.files, ...LANGUAGES.map(shell_of)].map(async (address) => {
    // As a stranger would: nobody's name gets into the cache, and nobody's language is changed.
    const answer = await fetch(address, { credentials: "omit", cache: address.startsWith("/assets/") ? "default" : "no-store" });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer);
  }));
}

/** The version before stays for pages that still run on it; older ones go. */
async function activate(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** A file of this version, or of the one before; what is of another face comes from the net. */
async function open_file(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** The shell in the language and the size of letters that are asked for, else that were used last. */
async function open_shell(event: Asking, url: URL): Promise<Response> {
  const last = await caches.open(SETTINGS).then((settings) => settings.match("/grid/settings"));
  const { lang, elder } = { lang: "zh", elder: "false", ...(last && ((await last.json()) as object)) };
  const asked_lang = url.searchParams.get("lang");
  const asked_elder = url.searchParams.get("elder");
  // A choice is told to the server too, which remembers it for its own pages; the phone does not wait for that.
  if (asked_lang !== null || asked_elder !== null) event.waitUntil(fetch(event.request.url, { credentials: "same-origin" }).catch(() => undefined));
  const chosen = asked_lang === null ? lang : asked_lang.startsWith("en") ? "en" : "zh";
  const kept = await caches.open(CACHE).then((cache) => cache.match(shell_of(chosen), { ignoreVary: true }));
  if (!kept) return fetch(event.request);
  const text = (await kept.text())
    .replace(/data-elder="[a-z]*"/, `data-elder="${asked_elder === null ? elder : asked_elder === "1"}"`)
    // Whether somebody is signed in is not known here: the page asks, and works without an answer.
    .replace('data-session="false"', 'data-session="kept"');
  return new Response(text, { headers: kept.headers });
}

async function tell_pages(word: string): Promise<void> {
  for (const page of await worker.clients.matchAll({ type: "window" })) page.postMessage(word);
}

export {};
