// A browser as a resident has it, watched: no request to another host, no error in the console, nothing blocked by the content policy.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch_browser } from "./chromium.mjs";
import { token_of } from "./staff.mjs";
import { BASE, fresh_source } from "./town.mjs";

export const WIDTHS = [360, 768, 1366];
const HEIGHTS = { 320: 640, 360: 740, 768: 1024, 1366: 768 };
const WAIT_MS_MAX = 30_000;

let browser;

/** Declares that the stories of this file need a browser. */
export function with_browser() {
  before(async () => {
    browser = await launch_browser();
  });
  after(async () => browser?.close());
}

/**
 * Opens a resident's browser and runs a story in it.
 * `base`: another way to the same server, a bad line.
 * @param {{script?: boolean, elder?: boolean, lang?: "zh"|"en", width?: number, at?: {lon: number, lat: number}, base?: string}} as
 * @param {(page: import("playwright-core").Page, watch: object) => Promise<void>} story
 */
export async function as_resident(as, story) {
  const { script = true, elder = false, lang = "zh", width = 360, at, cookies = [], base = BASE } = as;
  const context = await browser.newContext({
    baseURL: base,
    javaScriptEnabled: script,
    viewport: { width, height: HEIGHTS[width] ?? 740 },
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    reducedMotion: "reduce",
    extraHTTPHeaders: { "x-forwarded-for": fresh_source() },
    ...(at ? { geolocation: { longitude: at.lon, latitude: at.lat, accuracy: 20 }, permissions: ["geolocation"] } : {}),
  });
  context.setDefaultTimeout(WAIT_MS_MAX);
  await context.addCookies([
    { name: "elder", value: elder ? "1" : "0", url: base },
    { name: "lang", value: lang, url: base },
    ...cookies,
  ]);
  const page = await context.newPage();
  const watch = watch_page(page, base);
  try {
    await story(page, watch);
    assert.deepEqual(watch.strangers, [], "requests left this host");
    assert.deepEqual(watch.faults, [], "the page complained");
  } finally {
    await context.close();
  }
}

/**
 * Opens a browser in which somebody of the demo is signed in, and runs a story in it.
 * @param {{login: string, elder?: boolean, lang?: "zh"|"en", width?: number, at?: {lon: number, lat: number}}} as
 * @param {(page: import("playwright-core").Page, watch: object) => Promise<void>} story
 */
export async function as_staff({ login, ...as }, story) {
  const token = await token_of(login);
  return as_resident({ width: 1366, ...as, cookies: [{ name: "session", value: token, url: as.base ?? BASE }] }, story);
}

/** Collects what must not happen, and counts taps. What a story itself provokes is taken out by `watch.allow(status or words)`. */
function watch_page(page, base) {
  const watch = { strangers: [], faults: [], allowed: new Set(), taps: 0, allow: (status) => watch.allowed.add(status) };
  const host = new URL(base).host;
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.host !== host) watch.strangers.push(request.url());
  });
  page.on("pageerror", (error) => watch.faults.push(error.message));
  page.on("console", (message) => {
    const provoked = [...watch.allowed].some((one) => message.text().includes(typeof one === "number" ? `status of ${one}` : one));
    if (message.type() === "error" && !provoked) watch.faults.push(message.text());
  });
  return watch;
}

/** A tap, counted; the bars of the screens are in taps. */
export async function tap(watch, locator) {
  watch.taps += 1;
  await locator.click();
}

/** Does what sends a form, and comes back when the next page stands. */
export async function send(page, act) {
  const next = page.waitForEvent("domcontentloaded");
  await act();
  await next;
}

/** Resizes to one of the widths the pictures and checks use. */
export async function resize(page, width) {
  await page.setViewportSize({ width, height: HEIGHTS[width] ?? 740 });
}
