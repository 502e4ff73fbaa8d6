// The fault run: a worker reports on a phone while the line is cut, slow, loses answers, doubles and reorders, and the page, the tab and the browser
// are killed at random. At the end each report that the screen had called safe must be in the district once: none lost, none doubled.
// `npm run faults` is a thousand runs, and part of `make soak`; a story runs forty. MULIN_SEED repeats a run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { start_killable } from "./killable.mjs";
import { start_line } from "./line.mjs";

const FAULTS = ["cut", "lose", "slow", "double", "reorder"];
/** How often a request of the app meets a fault, and a run has no line at all. */
const FAULT_RATE = 0.4;
const OFFLINE_RATE = 0.3;
const REPORTS_MAX = 3;
const PHOTO_RATE = 0.2;
const KILL_AFTER_MS_MAX = 500;
const STEP_MS_MAX = 30_000;
const SETTLE_MS_MAX = 300_000;
const TOLD_EVERY = 25;
const SCREEN_CHARS_MAX = 300;
/** How a run ends; the phone goes on with what is on its disk. */
const ENDS = ["stay", "reload", "tab", "browser"];
/** A file belongs to a few commands at most: each photo is another. */
const PHOTO_WIDTH = 500;
const PHOTO_WIDTHS = 500;

/** Numbers from 0 to 1 that come again with the same seed (mulberry32). */
function chance_of(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Runs on the district that `town.mjs` knows.
 * @param {{base: string, runs: number, worker?: string, seed?: number, say?: (line: string) => void}} given
 * @returns {Promise<{seed: number, begun: number, saved: number, stuck: string[], arrived: number, lost: string[], doubled: string[], faults: object, ends: object}>}
 */
export async function run_faults({ base, runs, worker = "worker", seed = Number(process.env.MULIN_SEED ?? Date.now() % 1e9), say = () => undefined }) {
  const chance = chance_of(seed);
  const line = await start_line(base);
  let phone;
  const told = { begun: 0, saved: new Set(), stuck: [], ends: Object.fromEntries(ENDS.map((end) => [end, 0])) };
  const is_app = (path) => /^\/(healthz|api\/(fieldwork|cases))/.test(path);
  const meet = ({ path }) => (is_app(path) && chance() < FAULT_RATE ? FAULTS[Math.floor(chance() * FAULTS.length)] : "pass");
  try {
    phone = await take_phone(line.base, worker);
    for (let run = 1; run <= runs; run += 1) {
      line.set(meet);
      await phone.cut(chance() < OFFLINE_RATE);
      const end = ENDS[Math.floor(chance() * ENDS.length)];
      told.ends[end] += 1;
      const reports = 1 + Math.floor(chance() * REPORTS_MAX);
      for (let one = 1; one < reports; one += 1) await report_or_begin_anew(phone, told, `${run}-${one}`, chance);
      await end_run(phone, told, { end, name: `${run}-${reports}` }, chance);
      if (run % TOLD_EVERY === 0) say(`${run} of ${runs} runs: ${told.saved.size} reports saved`);
    }
    line.set(() => "pass");
    await phone.cut(false);
    await phone.settle();
    const outcome = await compare(told.saved, phone.mark, worker);
    const in_outbox = await phone.page().locator("main li, main .card").allInnerTexts();
    const why = outcome.lost.map((name) => `${name}: ${in_outbox.find((text) => text.includes(` ${name}：`)) ?? "not in the outbox"}`);
    return { seed, begun: told.begun, stuck: told.stuck, ends: told.ends, faults: line.counts, ...outcome, lost: why };
  } finally {
    await phone?.give_back();
    await line.close();
  }
}

/** The last report of a run is under way when the end comes. */
async function end_run(phone, told, { end, name }, chance) {
  if (end === "stay") return report_or_begin_anew(phone, told, name, chance);
  const quietly = report(phone, told, name, chance).catch(() => undefined);
  await new Promise((done) => setTimeout(done, chance() * KILL_AFTER_MS_MAX));
  await phone.end(end);
  await quietly;
  await phone.open();
}

/** A report of somebody who stays. Where the screen does not say in time that it is saved, they start the browser anew; that is told, and is no promise broken. */
async function report_or_begin_anew(phone, told, name, chance) {
  try {
    return await report(phone, told, name, chance);
  } catch (fault) {
    const screen = await phone.page().locator("main").innerText().catch(() => "no screen");
    told.stuck.push(`${name}: ${fault.message.split("\n")[0]}; the screen: ${screen.replaceAll(/\s+/g, " ").slice(0, SCREEN_CHARS_MAX)}`);
    await phone.end("browser");
    return phone.open();
  }
}

/** One report; it counts as saved when the screen has said so. */
async function report(phone, told, name, chance) {
  const { save_report } = await import("./phone.mjs");
  told.begun += 1;
  const photo = chance() < PHOTO_RATE ? await phone.photo() : undefined;
  await save_report(phone.page(), `${phone.mark} ${name}：楼道灯不亮`, photo);
  told.saved.add(name);
}

/** A phone with a profile on the disk, signed in and set up. */
async function take_phone(base, worker) {
  const { token_of } = await import("./staff.mjs");
  const { enter_pin, let_all_go, send_all, set_up_phone } = await import("./phone.mjs");
  const { make_photo } = await import("./photo.mjs");
  const profile = mkdtempSync(join(tmpdir(), "mulin-phone-"));
  const session = { name: "session", value: await token_of(worker), url: base };
  let browser;
  let page;
  let photos = 0;
  const start = async () => {
    browser = await start_killable(profile);
    browser.context.setDefaultTimeout(STEP_MS_MAX);
    await browser.context.addCookies([session]);
    page = browser.page;
  };
  const open = async () => {
    if (!browser) await start();
    if (page.isClosed()) page = await browser.context.newPage();
    await page.goto(`${base}/grid/report`);
    await enter_pin(page);
    await page.locator("[data-send]").waitFor();
  };
  const give_back = async () => {
    await browser?.close();
    await let_all_go(worker);
    rmSync(profile, { recursive: true, force: true });
  };
  await start();
  try {
    await set_up_phone(page, base);
  } catch (fault) {
    await give_back();
    throw fault;
  }
  return {
    mark: `演练${Date.now() % 1e6}`,
    photo: () => make_photo(page, { width: PHOTO_WIDTH + (photos++ % PHOTO_WIDTHS), height: 400 }),
    page: () => page,
    open,
    cut: (off) => browser.context.setOffline(off),
    settle: () => send_all(page, SETTLE_MS_MAX),
    end: async (how) => {
      if (how === "browser") {
        await browser.kill();
        browser = undefined;
        return undefined;
      }
      if (how === "reload") await page.reload().catch(() => undefined);
      // What the last report still waits for ends with its page; a browser without a page would end.
      const next = await browser.context.newPage();
      await page.close({ runBeforeUnload: false });
      page = next;
      return undefined;
    },
    give_back,
  };
}

/** What the screen promised beside what the district has. */
async function compare(saved, mark, worker) {
  const counts = new Map();
  // By id: a list that moves while it is read may show a case on two of its pages.
  const cases = new Map((await list_reported(mark, worker)).map((line) => [line.id, line.words]));
  for (const words of cases.values()) {
    const [, name] = words.split(/[ ：]/);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const lost = [...saved].filter((name) => !counts.has(name));
  const doubled = [...counts].filter(([, count]) => count > 1).map(([name]) => name);
  return { saved: saved.size, arrived: counts.size, lost, doubled };
}

/** All cases of this run, page by page, as the street's desk has them. */
async function list_reported(mark, worker) {
  const { call, token_of } = await import("./staff.mjs");
  const { grid_of } = await import("./register.mjs");
  const desk = await token_of("desk");
  const asked = `/api/cases?queue=all&area=${encodeURIComponent(grid_of(worker))}&limit=100`;
  const found = [];
  for (let after = ""; ;) {
    const { status, body } = await call("GET", `${asked}${after && `&after=${encodeURIComponent(after)}`}`, desk);
    if (status !== 200) throw new Error(`the list of cases answered ${status}: ${JSON.stringify(body)}`);
    found.push(...body.items.filter((line) => line.words.startsWith(mark)));
    if (!body.next) return found;
    after = body.next;
  }
}

/** The line that tells how a run went. */
export function sentence({ seed, begun, saved, stuck, arrived, lost, doubled, faults, ends }) {
  const told = (counts) => Object.entries(counts).map(([name, count]) => `${name} ${count}`).join(", ");
  return `fault runs (seed ${seed}): ${begun} reports begun, ${saved} called saved, ${arrived} arrived; lost ${lost.length}, doubled ${doubled.length}, begun anew ${stuck.length}; requests: ${told(faults)}; ends: ${told(ends)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { start_district } = await import("./district.mjs");
  const district = await start_district();
  Object.assign(process.env, { MULIN_BASE: district.base, MULIN_ACCOUNTS: district.accounts_file });
  try {
    const outcome = await run_faults({ base: district.base, runs: Number(process.argv[2] ?? 1000), say: console.log });
    console.log([sentence(outcome), ...outcome.stuck].join("\n"));
    if (outcome.lost.length + outcome.doubled.length > 0) {
      console.error(`lost: ${outcome.lost.join(" ")}; doubled: ${outcome.doubled.join(" ")}`);
      process.exitCode = 1;
    }
  } finally {
    await district.stop();
  }
}
