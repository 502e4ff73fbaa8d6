// How soon pages are usable: a table for `make bench`, not a test. Cold cache, CPU 4 times slower, median of three. Residents and workers on slow
// 4G (1.6 Mbit/s x 0.9, 150 ms), desk and map on 10 Mbit/s. Usable: the page's main thing is there and the browser has had a quiet moment.
import { launch_browser } from "./chromium.mjs";
import { start_district } from "./district.mjs";

const RUNS = 3;
const CPU_RATE = 4;
const line_of = (bits_down, bits_up, latency) => ({ offline: false, latency, downloadThroughput: bits_down / 8, uploadThroughput: bits_up / 8 });
const SLOW_4G = line_of(1.6e6 * 0.9, 750e3 * 0.9, 150);
const OFFICE = line_of(10e6, 10e6, 5);
const PHONE = { width: 360, height: 740 };
const WIDE = { width: 1366, height: 768 };
const PAGES = [
  { name: "report", path: "/report", ready: "[data-send]", usable_ms_max: 1500, line: SLOW_4G, screen: PHONE },
  { name: "home", path: "/", ready: ".door", usable_ms_max: 1500, line: SLOW_4G, screen: PHONE },
  { name: "who serves my home", path: "/grids", ready: "[data-grid-finder] button", usable_ms_max: 1500, line: SLOW_4G, screen: PHONE },
  { name: "worker's tasks", path: "/grid", login: "worker", ready: ".task, .empty", usable_ms_max: 3000, line: SLOW_4G, screen: PHONE },
  { name: "desk queue", path: "/desk/area", login: "desk", ready: "main table tbody tr", usable_ms_max: 3000, line: OFFICE, screen: WIDE },
  { name: "map, figures", path: "/map", login: "dispatcher", ready: "[data-figure]", usable_ms_max: 4000, line: OFFICE, screen: WIDE },
  { name: "map, drawn", path: "/map", login: "dispatcher", ready: ".map-view[data-drawn]:not([data-drawn=\"\"])", usable_ms_max: 4000, line: OFFICE, screen: WIDE },
];

const district = await start_district();
process.env.MULIN_BASE = district.base;
process.env.MULIN_ACCOUNTS = district.accounts_file;
const { token_of } = await import("./staff.mjs");
const browser = await launch_browser();
try {
  console.log("page                   usable ms   goal   bytes over the line");
  for (const page of PAGES) {
    const runs = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await measure(page));
    runs.sort((a, b) => a.usable_ms - b.usable_ms);
    const { usable_ms, bytes } = runs[Math.floor(RUNS / 2)];
    const verdict = usable_ms <= page.usable_ms_max ? "" : " MISSED";
    console.log(`${page.name.padEnd(20)} ${String(usable_ms).padStart(11)} ${String(page.usable_ms_max).padStart(6)} ${String(bytes).padStart(21)}${verdict}`);
  }
} finally {
  await browser.close();
  await district.stop();
}

async function measure({ path, ready, login, line, screen }) {
  const context = await browser.newContext({ baseURL: district.base, viewport: screen, locale: "zh-CN" });
  if (login) await context.addCookies([{ name: "session", value: await token_of(login), url: district.base }]);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  let bytes = 0;
  devtools.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", line);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_RATE });
  await page.goto(path, { waitUntil: "commit" });
  await page.locator(ready).first().waitFor();
  const usable_ms = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(Math.round(performance.now())), 0))));
  await page.waitForLoadState("load");
  await context.close();
  return { usable_ms, bytes: Math.round(bytes) };
}
