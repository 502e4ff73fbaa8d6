// The worker's phone without a line: set up once, opened by PIN in a stairwell, what is done there kept and sent later, nothing lost or doubled.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_staff, resize, tap, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow, find_small } from "../checks.mjs";
import { wait_until_kept } from "../drafts.mjs";
import { run_faults, sentence } from "../faults.mjs";
import { start_line } from "../line.mjs";
import { make_photo } from "../photo.mjs";
import { enter_pin, go, let_all_go, read_device, save_report, send_all, set_up_phone } from "../phone.mjs";
import { take_pictures } from "../pictures.mjs";
import { grid_of, make_building, make_person } from "../register.mjs";
import { settle } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";
import { BASE, new_id } from "../town.mjs";
import { HIRED } from "../workers.mjs";

const [WORKER] = HIRED;
const TEST_MS_MAX = 300_000;
/** They meet more than a hundred faults: a tenth of what `make soak` must stand at least. */
const FAULT_RUNS = 40;
const FAULT_RUNS_MS_MAX = 900_000;
/** On a machine with no breath left a screen may take longer than a step of a story waits; more often than this it would be a defect. */
const STUCK_SHARE_MAX = 0.1;
/** For so long Chromium goes by what room there was when it last looked. */
const ROOM_REMEMBERED_MS = 31_000;
const DAY_MS = 24 * 3_600_000;
const CPU_RATE = 4;

/** A story of a worker whose phone is let go afterwards: an account has a few at most. */
function with_phone(as, story) {
  return as_staff({ login: WORKER, width: 360, ...as }, async (page, watch) => {
    // Without a line the browser says so for each request.
    watch.allow("net::ERR");
    try {
      await story(page, watch);
    } finally {
      // First of all nothing may begin a phone any more.
      await page.close();
      await let_all_go(WORKER);
    }
  });
}

/** All that the district has of reports with these words. */
async function count_cases(words) {
  const asked = `/api/cases?queue=all&area=${encodeURIComponent(grid_of(WORKER))}&limit=100`;
  const { body } = await call("GET", asked, await token_of("desk"));
  return body.items.filter((line) => line.words.startsWith(words)).length;
}

/** Someone whom the worker carries. */
async function make_neighbour(name) {
  const { homes } = await make_building(grid_of(WORKER));
  return make_person(homes["2单元301"], grid_of(WORKER), { name, relation: "head" });
}

/** The phone's database as it lies on the disk, in readable characters. */
function read_disk(page) {
  return page.evaluate(async () => {
    const got = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
    const database = await got(indexedDB.open(`mulin.worker.${localStorage.getItem("mulin.account")}`));
    const found = {};
    for (const name of database.objectStoreNames) found[name] = await got(database.transaction(name).objectStore(name).getAll());
    database.close();
    const plain = (value) => (value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value);
    return { rows: found.rows.length, outbox: found.outbox.length, text: JSON.stringify(found, (_key, value) => plain(value)) };
  });
}

describe("the phone without a line", { concurrency: 1 }, () => {
  with_browser();

  test("is set up once and then opens by PIN without a line, soon, with everybody in it and nobody readable on the disk", { timeout: TEST_MS_MAX }, () =>
    with_phone({}, async (page) => {
      await make_neighbour("欧阳静好");
      await page.goto("/grid/phone/set-up");
      await take_pictures(page, "worker-set-up");
      await set_up_phone(page);
      await take_pictures(page, "worker-carried");
      const { rows, text } = await read_disk(page);
      assert.ok(rows > 6 && !text.includes("欧阳"), "rows lie sealed");

      await page.context().setOffline(true);
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_RATE });
      await page.goto("/grid/");
      await page.locator("[name=pin]").waitFor();
      const start_ms = await page.evaluate(() => Math.round(performance.now()));
      console.log(`offline start at ${CPU_RATE} times less processor: ${start_ms} ms`);
      await take_pictures(page, "worker-lock");
      await enter_pin(page, "000001");
      await page.getByText("还可以试 9 次").waitFor();
      await enter_pin(page);
      await page.locator(".phone-foot").waitFor();
      await page.getByText("没有网络，资料是").waitFor();
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 });
      await take_pictures(page, "worker-offline");
    }));

  test("a report takes four taps, survives the tab, and arrives once when there is a line", { timeout: TEST_MS_MAX }, () =>
    with_phone({}, async (page, watch) => {
      const words = `楼道堆了纸箱${Date.now() % 1e6}，过不去人。`;
      await set_up_phone(page);
      await page.getByRole("link", { name: "开始办事" }).click();
      await page.context().setOffline(true);
      const photo = await make_photo(page, { width: 1200, height: 900 });
      watch.taps = 0;
      await tap(watch, page.locator('.phone-foot a[href="/grid/report"]'));
      watch.taps += 1;
      await page.setInputFiles("input[type=file]", photo);
      await page.locator(".shot canvas").waitFor();

      // The photo is safe before there are words: whoever is called away finds it again.
      await wait_until_kept(page);
      await page.reload();
      await enter_pin(page);
      await page.locator(".shot canvas").waitFor();
      await page.fill("[name=words]", words);
      const begun = await page.evaluate(() => performance.now());
      await tap(watch, page.locator("[data-send]"));
      await page.locator("[data-report=waiting]").waitFor();
      const took = Math.round((await page.evaluate(() => performance.now())) - begun);
      console.log(`a report is saved in ${took} ms`);
      assert.ok(watch.taps <= 4, `${watch.taps} taps`);
      await go(page, "/me");
      await page.locator('a[href="/grid/outbox"]').first().click();
      await page.locator("[data-state=waiting]").waitFor();
      await take_pictures(page, "worker-outbox");

      await page.goto("/grid/");
      await enter_pin(page);
      await page.context().setOffline(false);
      await send_all(page);
      await page.locator("[data-state=sent]").filter({ hasText: words.slice(0, 6) }).waitFor();
      assert.equal(await count_cases(words.slice(0, 10)), 1);
    }));

  test("an answer that is lost after the server's commit makes no second case", { timeout: TEST_MS_MAX }, async (story) => {
    const line = await start_line(BASE);
    story.after(line.close);
    await with_phone({ base: line.base }, async (page, watch) => {
      watch.allow("net::ERR");
      const words = `路灯${Date.now() % 1e6}不亮，晚上看不见路。`;
      await set_up_phone(page);
      let lost = 0;
      line.set(({ path }) => (path.includes("sync/commands") && (lost += 1) <= 2 ? "lose" : "pass"));
      await page.getByRole("link", { name: "开始办事" }).click();
      await save_report(page, words);
      await send_all(page);
      assert.ok(lost > 2, "the answers were lost, and asked for again");
      assert.equal(await count_cases(words.slice(0, 8)), 1);
    });
  });

  test("several drafts lie side by side, and one thrown away is gone", { timeout: TEST_MS_MAX }, () =>
    with_phone({}, async (page) => {
      await set_up_phone(page);
      await page.goto("/grid/report");
      await enter_pin(page);
      await page.fill("[name=words]", "第一份：井盖响。");
      await page.locator("[data-put-by]").click();
      await page.waitForFunction(() => document.querySelector("[name=words]")?.value === "");
      await page.fill("[name=words]", "第二份：树枝挡路。");
      await wait_until_kept(page);
      await go(page, "/me");
      await page.locator('a[href="/grid/outbox"]').first().click();
      await page.getByText("第一份：井盖响。").click();
      await page.waitForFunction(() => document.querySelector("[name=words]")?.value === "第一份：井盖响。");
      await page.getByRole("button", { name: "不要了" }).click();
      await go(page, "/me");
      await page.locator('a[href="/grid/outbox"]').first().click();
      await page.getByText("第二份：树枝挡路。").waitFor();
      assert.equal(await page.getByText("第一份：井盖响。").count(), 0);
    }));

  test("ten wrong PINs delete everything, and closing the app gives none back", { timeout: TEST_MS_MAX }, () =>
    with_phone({}, async (page) => {
      await set_up_phone(page);
      const device = await page.evaluate(() => localStorage.getItem("mulin.account"));
      await page.goto("/grid/");
      for (let tried = 1; tried < 10; tried += 1) {
        await enter_pin(page, "111112");
        await page.getByText(`还可以试 ${10 - tried} 次`).waitFor();
        if (tried === 5) await page.reload();
      }
      await enter_pin(page, "111112");
      await page.locator(".phone-foot").waitFor();
      const left = await page.evaluate(async () => (await indexedDB.databases()).map((one) => one.name));
      assert.ok(device, "somebody was signed in");
      // Whoever is still signed in begins with an empty database.
      const { rows } = await read_disk(page);
      assert.equal(rows, 0, left.join(" "));
    }));

  test("a phone without contact for eight days has nothing of the register left, and all that waits", { timeout: TEST_MS_MAX }, () =>
    with_phone({}, async (page) => {
      await set_up_phone(page);
      await page.context().setOffline(true);
      await page.getByRole("link", { name: "开始办事" }).click();
      await save_report(page, `垃圾桶倒了${Date.now() % 1e6}，撒了一地。`);
      await page.clock.setSystemTime(Date.now() + 8 * DAY_MS);
      await page.goto("/grid/");
      await page.getByText("超过 7 天没有联网").waitFor();
      await page.getByText("还有 1 条没有办结").waitFor();
      const { rows, outbox } = await read_disk(page);
      assert.deepEqual([rows, outbox], [0, 1]);
      await page.clock.setSystemTime(Date.now());
      await enter_pin(page);
      await page.context().setOffline(false);
      await send_all(page);
      assert.ok((await read_disk(page)).rows > 0, "what is carried came anew");
    }));

  test("a phone that is reported lost forgets everything at its next contact", { timeout: TEST_MS_MAX }, () =>
    with_phone({}, async (page) => {
      await set_up_phone(page);
      const token = await token_of(WORKER);
      const { body } = await call("GET", "/api/fieldwork/devices", token);
      const account = await page.evaluate(() => localStorage.getItem("mulin.account"));
      const [mine] = body.items.filter((one) => one.state === "working").sort((a, b) => (a.made_at < b.made_at ? 1 : -1));
      await call("POST", `/api/fieldwork/devices/${mine.id}/wipe`, token, {});
      await page.goto("/grid/");
      await enter_pin(page);
      await page.waitForFunction(async (name) => {
        const database = await new Promise((resolve) => { const asked = indexedDB.open(name); asked.onsuccess = () => resolve(asked.result); });
        const has = database.objectStoreNames.contains("rows");
        const rows = has ? await new Promise((resolve) => { const all = database.transaction("rows").objectStore("rows").count(); all.onsuccess = () => resolve(all.result); }) : 0;
        database.close();
        return rows === 0;
      }, `mulin.worker.${account}`);
    }));

  test("two who changed the same value are told so: mine, theirs, before; one tap settles it", { timeout: TEST_MS_MAX }, () =>
    with_phone({}, async (page) => {
      const person = await make_neighbour("司马常乐");
      await set_up_phone(page);
      const [worker, desk] = [await token_of(WORKER), await token_of("desk")];
      const { body: seen } = await call("GET", `/api/registry/records/${person.id}?purpose=service`, desk);
      const theirs = await call("POST", `/api/registry/records/${person.id}/amend`, desk, { version: seen.version, values: { name: "司马长乐" }, given: { source: "desk" } });
      assert.equal(theirs.status, 200, JSON.stringify(theirs.body));
      const mine = { id: new_id(), seq: 1_000_000, at: new Date().toISOString(), kind: "amend", body: { record: person.id, base_version: seen.version, base: { name: "司马常乐" }, values: { name: "司马畅乐" } } };
      const sent = await call("POST", "/api/fieldwork/sync/commands", worker, { device: await page.evaluate(read_device), sent_at: mine.at, commands: [mine] });
      assert.equal(sent.body.answers?.[0].state, "clash", JSON.stringify(sent.body));

      await page.goto("/grid/outbox");
      await enter_pin(page);
      await page.locator("[data-sync]").click();
      await page.locator("[data-clash] a").click();
      await page.getByText("司马畅乐").waitFor();
      await page.getByText("原来是：司马常乐").waitFor();
      await take_pictures(page, "worker-clash");
      assert.deepEqual([...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_small(page, false))], []);
      await page.locator("[data-side=mine]").click();
      await send_all(page);
      assert.equal(await page.locator("[data-clash]").count(), 0);
      const { body: settled } = await call("GET", `/api/registry/records/${person.id}?purpose=service`, desk);
      assert.ok(JSON.stringify(settled).includes("司马畅乐"), "what was chosen stands");
    }));

  test("a newer version of the app waits until nobody types, and what was typed is there afterwards", { timeout: TEST_MS_MAX }, async (story) => {
    const line = await start_line(BASE);
    story.after(line.close);
    await with_phone({ base: line.base }, async (page) => {
      const words = `写到一半${Date.now() % 1e6}`;
      await set_up_phone(page);
      await page.getByRole("link", { name: "开始办事" }).click();
      await go(page, "/report");
      await page.fill("[name=words]", words);
      line.rewrite("/grid/sw.js", (script) => Buffer.concat([script, Buffer.from("// A newer version.\n")]));
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration("/grid")).update());
      await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration("/grid")).waiting !== null);
      const offer = page.getByRole("button", { name: "有新版本" });
      assert.equal(await offer.count(), 0, "nobody is disturbed while they type");
      await page.locator('.phone-foot a[href="/grid/"]').click();
      // The older version has something under way that does not end: the browser would wait for minutes.
      line.set(({ path }) => (path.startsWith("/assets/hangs") ? "hang" : "pass"));
      await page.evaluate(() => void fetch("/assets/hangs.js").catch(() => undefined));
      await offer.click();
      await enter_pin(page);
      await page.locator(".phone-foot").waitFor();
      await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration("/grid")).waiting === null);
      await go(page, "/report");
      await page.waitForFunction((typed) => document.querySelector("[name=words]")?.value === typed, words);
    });
  });

  test("a phone whose storage is full says so, keeps the words on the screen, and saves them once there is room", { timeout: TEST_MS_MAX }, () =>
    with_phone({}, async (page) => {
      const words = `存满了也不丢${Date.now() % 1e6}`;
      await set_up_phone(page);
      await page.getByRole("link", { name: "开始办事" }).click();
      await page.context().setOffline(true);
      const devtools = await page.context().newCDPSession(page);
      const origin = new URL(page.url()).origin;
      await go(page, "/report");
      await page.locator("[name=words]").waitFor();
      await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
      await page.waitForTimeout(ROOM_REMEMBERED_MS);
      await page.fill("[name=words]", words);
      await page.locator("[data-send]").click();
      await page.locator(".problem").getByText("手机存储满了").waitFor();
      assert.equal(await page.locator("[name=words]").inputValue(), words);
      await devtools.send("Storage.overrideQuotaForOrigin", { origin });
      await page.locator("[data-send]").click();
      await page.locator("[data-report=waiting]").waitFor();
      await page.context().setOffline(false);
      await send_all(page);
      assert.equal(await count_cases(words), 1);
    }));

  for (const elder of [false, true]) {
    for (const lang of ["zh", "en"]) {
      test(`${elder ? "elder" : "ordinary"} ${lang}: no violation, nothing small, nothing cut`, { timeout: TEST_MS_MAX }, () =>
        with_phone({ elder, lang }, async (page) => {
          const found = [];
          const look = async (name) => {
            for (const width of [320, ...WIDTHS]) {
              await resize(page, width);
              const wrong = [...(await find_overflow(page)), ...(width === 320 ? [] : [...(await find_axe(page)), ...(await find_small(page, elder)), ...(await find_colour_only(page))])];
              found.push(...wrong.map((one) => `${name} at ${width}: ${one}`));
            }
          };
          await page.goto("/grid/phone/set-up");
          await settle(page);
          await look("set-up");
          await set_up_phone(page);
          await look("carried");
          await page.context().setOffline(true);
          await page.locator('.row.fill a[href="/grid/"]').click();
          await save_report(page, `演示用的一条${Date.now() % 1e6}`);
          await look("saved");
          for (const path of ["/phone", "/outbox"]) {
            await go(page, "/me");
            await page.locator(`a[href="/grid${path}"]`).first().click();
            await settle(page);
            await look(path);
          }
          await page.goto("/grid/");
          await page.locator("[name=pin]").waitFor();
          await look("lock");
          assert.deepEqual([...new Set(found)], []);
        }));
    }
  }

  test(`${FAULT_RUNS} fault runs: nothing lost, nothing doubled`, { timeout: FAULT_RUNS_MS_MAX }, async () => {
    const outcome = await run_faults({ base: BASE, worker: WORKER, runs: FAULT_RUNS });
    console.log([sentence(outcome), ...outcome.stuck].join("\n"));
    assert.deepEqual([outcome.lost, outcome.doubled], [[], []]);
    assert.ok(outcome.saved > FAULT_RUNS / 2, "most reports were saved");
    assert.ok(outcome.stuck.length <= FAULT_RUNS * STUCK_SHARE_MAX, outcome.stuck.join("\n"));
  });
});
