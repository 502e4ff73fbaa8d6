// A wall left alone: the memory of its page while cases go on coming, for `make soak`. Heap after the first tenth and at the end, both after
// collecting garbage; more than a tenth of growth is a leak. MULIN_WALL_MINUTES says how long (10).
import { randomInt } from "node:crypto";
import { launch_browser } from "./chromium.mjs";
import { start_district } from "./district.mjs";

const MINUTES = Number(process.env.MULIN_WALL_MINUTES ?? 10);
const GROWTH_MAX = 0.1;
const REPORT_EVERY_MS = 1000;

const district = await start_district();
process.env.MULIN_BASE = district.base;
process.env.MULIN_ACCOUNTS = district.accounts_file;
const { call, find_staffed_grid, token_of } = await import("./staff.mjs");
const browser = await launch_browser();
try {
  const context = await browser.newContext({ baseURL: district.base, viewport: { width: 1920, height: 1080 }, locale: "zh-CN" });
  await context.addCookies([{ name: "session", value: await token_of("dispatcher"), url: district.base }]);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await page.goto("/map/wall");
  await page.locator("table tbody tr").first().waitFor();
  const grid = await find_staffed_grid();
  const ends = Date.now() + MINUTES * 60_000;
  const settled = Date.now() + (MINUTES * 60_000) / 10;
  let [first, reports] = [0, 0];
  while (Date.now() < ends) {
    const reporter = { phone: `139${String(randomInt(100_000_000)).padStart(8, "0")}` };
    await call("POST", "/api/cases", null, { words: "单元门口垃圾三天没人收。", place: { grid }, reporter });
    reports += 1;
    await page.waitForTimeout(REPORT_EVERY_MS);
    if (first === 0 && Date.now() > settled) first = await heap_of(devtools);
  }
  const last = await heap_of(devtools);
  const growth = last / first - 1;
  console.log(`wall: ${MINUTES} min, ${reports} reports, heap ${mib(first)} → ${mib(last)} MiB, ${(growth * 100).toFixed(1)} %`);
  if (growth > GROWTH_MAX) throw new Error(`the wall's page grew by more than ${GROWTH_MAX * 100} %`);
} finally {
  await browser.close();
  await district.stop();
}

async function heap_of(devtools) {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize;
}

function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}
