// How fast the worker's phone is: a table for `make bench`, not a test. A processor 4 times slower; the line of the sync is slow 3G (50 KiB a second
// each way, an answer after 2 s). The phone carries two thousand homes.
import { launch_browser } from "./chromium.mjs";
import { start_district } from "./district.mjs";

const CPU_RATE = 4;
const SLOW_3G = { offline: false, latency: 2000, downloadThroughput: 51_200, uploadThroughput: 51_200 };
const NO_LINE = { ...SLOW_3G, offline: true };
const HOMES = 2000;
const AT_ONCE = 8;
const ROOMS = 100;
const RECORDS = 200;
const PHOTOS = 20;
const STARTS = 3;
const WAIT_MS_MAX = 300_000;
/** Until then a phone reads again what was entered just before (`store`, `Conn::settled_after`). */
const SETTLED_MS = 11_000;
const NAMES = ["张大明", "李小红", "王秀英", "赵长安", "周常乐", "吴向阳"];

const district = await start_district();
Object.assign(process.env, { MULIN_BASE: district.base, MULIN_ACCOUNTS: district.accounts_file });
const { token_of } = await import("./staff.mjs");
const { enter, deed, grid_of } = await import("./register.mjs");
const { enter_pin, go, save_report, send_all, set_up_phone } = await import("./phone.mjs");
const { make_photo } = await import("./photo.mjs");
const browser = await launch_browser();
try {
  await fill_grid(grid_of("worker"));
  const context = await browser.newContext({ baseURL: district.base, viewport: { width: 360, height: 740 }, locale: "zh-CN" });
  context.setDefaultTimeout(WAIT_MS_MAX);
  await context.addCookies([{ name: "session", value: await token_of("worker"), url: district.base }]);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const slow_down = (rate) => devtools.send("Emulation.setCPUThrottlingRate", { rate });
  await devtools.send("Network.enable");
  await new Promise((done) => setTimeout(done, SETTLED_MS));
  await set_up_phone(page);
  console.log("the worker's phone                             measured    goal");

  await context.setOffline(true);
  await slow_down(CPU_RATE);
  tell("start without a line, ms", median(await in_turn(STARTS, () => start(page))), 1500);
  await enter_pin(page);
  await go(page, "/register");
  await page.locator("[data-find]").waitFor();
  const waits = await in_turn(8, (one) => page.evaluate(find, "zdm".slice(0, 1 + (one % 3))));
  tell(`search of ${HOMES} homes by initials, ms`, median(waits), 100);
  await slow_down(1);

  await context.setOffline(false);
  await devtools.send("Network.emulateNetworkConditions", NO_LINE);
  await go(page, "/report");
  for (let one = 0; one < RECORDS; one += 1) await save_report(page, `演示：第 ${one} 件，楼道灯不亮`);
  tell(`${RECORDS} records on slow 3G, s`, await send(page, devtools), 12);
  await devtools.send("Network.emulateNetworkConditions", NO_LINE);
  for (let one = 0; one < PHOTOS; one += 1) await save_report(page, `演示：第 ${one} 张照片`, await make_photo(page, { width: 2990 + one }));
  tell(`${PHOTOS} photos on slow 3G, s`, await send(page, devtools), 45);
  await context.close();
} finally {
  await browser.close();
  await district.stop();
}

function tell(what, measured, max) {
  console.log(`${what.padEnd(44)} ${String(measured).padStart(10)} ${String(max).padStart(7)}${measured <= max ? "" : " MISSED"}`);
}

function median(values) {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]);
}

async function in_turn(times, act) {
  const answers = [];
  for (let one = 0; one < times; one += 1) answers.push(await act(one));
  return answers;
}

/** From the tap on the icon to the question for the PIN. */
async function start(page) {
  await page.goto("/grid/");
  await page.locator("[name=pin]").waitFor();
  return page.evaluate(() => performance.now());
}

/** Runs inside the page: from a key to the frame in which what was found stands. */
async function find(words) {
  const field = document.querySelector("[data-find]");
  const begun = performance.now();
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  if (!document.querySelector("[data-line]")) throw new Error(`nothing is found for ${words}`);
  return performance.now() - begun;
}

/** Seconds from the line's coming until nothing of the phone's waits; what comes down afterwards is waited for, and not counted. */
async function send(page, devtools) {
  await go(page, "/me");
  await page.locator('a[href="/grid/outbox"]').first().click();
  await page.locator("[data-state=waiting]").first().waitFor();
  const begun = Date.now();
  await devtools.send("Network.emulateNetworkConditions", SLOW_3G);
  await page.locator("[data-sync]").click();
  await page.waitForFunction(all_gone, undefined, { polling: 100 });
  const seconds = Math.round((Date.now() - begun) / 100) / 10;
  await devtools.send("Network.emulateNetworkConditions", { ...SLOW_3G, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await send_all(page, WAIT_MS_MAX);
  return seconds;
}

/** Runs inside the page: whether neither a command nor a file waits. */
async function all_gone() {
  const got = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const database = await got(indexedDB.open(`mulin.worker.${localStorage.getItem("mulin.account")}`));
  const stores = database.transaction(["outbox", "files"]);
  const commands = await got(stores.objectStore("outbox").getAll());
  const files = await got(stores.objectStore("files").count());
  database.close();
  return files === 0 && commands.every((one) => one.state === "sent");
}

/** Homes of the worker's grid, each with somebody in it, as a desk enters them. */
async function fill_grid(area_path) {
  const estate = await enter("place", { level: "estate", name: "两千户村" }, { area_path });
  for (let building = 0; building < HOMES / ROOMS; building += 1) {
    const place = await enter("place", { level: "building", name: `${building + 1}栋` }, { place: estate });
    const unit = await enter("place", { level: "unit", name: "1单元" }, { place });
    const rooms = Array.from({ length: ROOMS }, (_, one) => `${1 + Math.floor(one / 4)}0${1 + (one % 4)}`);
    const next = async () => {
      for (let room = rooms.pop(); room; room = rooms.pop()) await make_home(area_path, unit, room);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }
}

async function make_home(area_path, unit, room) {
  const place = await enter("place", { level: "room", name: room }, { place: unit });
  const dwelling = await enter("dwelling", { use: "residential", occupancy: "own" }, { place });
  const person = await enter("person", { name: NAMES[Number(room) % NAMES.length] }, { area_path });
  await deed(`people/${person}/move-in`, { dwelling, values: { kind: "registered", relation: "head" } });
}
