// The worker's day told and shared: the report that writes itself, words of one's own, the diary, standing in for each other, a lost phone.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, as_staff, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow, find_small } from "../checks.mjs";
import { wait_for_value, wait_until_kept } from "../drafts.mjs";
import { enter_pin, go, let_all_go, set_up_phone } from "../phone.mjs";
import { deed, grid_of, make_building, make_person } from "../register.mjs";
import { settle } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";
import { BASE, new_id } from "../town.mjs";
import { HIRED, two_workers } from "../workers.mjs";

/** Whose day the demo has filled; only read here. */
const FILLED = "worker";
const [, WORKER] = HIRED;
const TEST_MS_MAX = 180_000;
const EVERYWHERE = [320, ...WIDTHS];
const DAY_MS = 86_400_000;
const today = (days_ago = 0) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(new Date(Date.now() - days_ago * DAY_MS));

/** Opens a phone on which the holder of a session is signed in. */
const as_holder = (token, story) => as_resident({ width: 360, cookies: [{ name: "session", value: token, url: BASE }] }, story);

async function day_of_worker(date = today(), login = WORKER) {
  const { status, body } = await call("GET", `/api/fieldwork/days/${date}`, await token_of(login));
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** The demo's latest day on which something was done: soon after midnight it is yesterday. */
async function filled_day() {
  for (const date of [today(), today(1)]) {
    const { groups } = await day_of_worker(date, FILLED);
    if (groups.length > 0) return { date, groups };
  }
  throw new Error("the demo has filled neither today nor yesterday");
}

async function open_day(page, path = "/grid/day") {
  await page.goto(path);
  await page.locator("[data-own-words]").waitFor();
  await settle(page);
}

/** Words that are there already stand open. */
async function open_words(page) {
  if (!(await page.locator("[name=own_words]").isVisible())) await page.locator("[data-own-words] summary").click();
}

describe("the worker's day, told and shared", { concurrency: 1 }, () => {
  with_browser();

  test("the report has written itself; a number opens its rows, and a row leads to what was done", () =>
    as_staff({ login: FILLED, width: 360 }, async (page) => {
      const { date, groups } = await filled_day();
      const [sentence] = groups[0].sentences;
      await open_day(page, `/grid/day?date=${date}`);
      const line = page.locator(`[data-sentence=${sentence.key}]`);
      assert.match(await line.locator("summary").innerText(), new RegExp(String(sentence.count)));
      assert.equal(await line.locator(".link-row:visible").count(), 0, "rows are folded");
      await line.locator("summary").click();
      assert.equal(await line.locator(".link-row:visible").count(), sentence.rows.length);
      await line.locator(".link-row").first().click();
      await page.locator("[data-task], .case-head, [data-act], .timeline").first().waitFor();
      await page.goBack();
      await page.locator("[data-day-before]").click();
      await page.waitForURL((url) => ![null, date].includes(url.searchParams.get("date")));
      await page.locator("[data-day-after]").click();
      await page.waitForURL((url) => [null, date].includes(url.searchParams.get("date")));
    }));

  test("a day without anything says that nobody has to write", () =>
    as_staff({ login: WORKER, width: 360 }, async (page) => {
      await open_day(page, "/grid/day?date=2025-01-01");
      await page.getByText("不用另填日报").waitFor();
    }));

  test("own words outlive a reload, stay one's own until shown, and are taken back by emptying them", () =>
    as_staff({ login: WORKER, width: 360 }, async (page) => {
      await open_day(page);
      await open_words(page);
      const field = page.locator("[name=own_words]");
      await field.fill("陪师傅修了楼道灯。");
      await wait_until_kept(page);
      await page.reload();
      await wait_for_value(page, "[name=own_words]", "陪师傅修了楼道灯。");
      assert.equal(await page.locator("[name=shown]").isChecked(), false, "nobody else reads it unless told so");
      await page.locator("[data-save-words]").click();
      await page.getByText("存好了").waitFor();
      const { own } = await day_of_worker();
      assert.deepEqual([own.words, own.shown], ["陪师傅修了楼道灯。", false]);
      await page.locator("[name=shown]").check();
      await page.locator("[data-save-words]").click();
      await page.waitForFunction(() => document.querySelector("[data-save-words]").getAttribute("aria-disabled") === "true");
      assert.equal((await day_of_worker()).own.shown, true);
      await field.fill("");
      await page.locator("[data-save-words]").click();
      await page.getByText("收回了").waitFor();
      assert.equal((await day_of_worker()).own.words, "");
    }));

  test("where two phones wrote, both stand there to choose from", () =>
    as_staff({ login: WORKER, width: 360 }, async (page, watch) => {
      watch.allow(409);
      await open_day(page, "/grid/day?date=2026-01-05");
      await open_words(page);
      await page.locator("[name=own_words]").fill("这部手机写的。");
      const before = (await day_of_worker("2026-01-05")).own?.version ?? 0;
      const put = await call("PUT", "/api/fieldwork/days/2026-01-05", await token_of(WORKER), { words: "另一部手机写的。", shown: false, version: before });
      assert.equal(put.status, 200, JSON.stringify(put.body));
      await page.locator("[data-save-words]").click();
      await page.locator("[data-day-clash]").waitFor();
      assert.match(await page.locator("[data-day-clash]").innerText(), /这部手机写的。[\s\S]*另一部手机写的。/);
      assert.deepEqual(await find_axe(page), []);
      await page.locator("[data-side=mine]").click();
      await page.getByText("存好了").waitFor();
      assert.equal((await day_of_worker("2026-01-05")).own.words, "这部手机写的。");
    }));

  test("the diary is searched by what was done and by what was written", () =>
    as_staff({ login: WORKER, width: 360 }, async (page) => {
      const mark = `井盖${Date.now() % 1e6}`;
      const { own } = await day_of_worker();
      await call("PUT", `/api/fieldwork/days/${today()}`, await token_of(WORKER), { words: mark, shown: false, version: own?.version ?? 0 });
      await page.goto("/grid/day");
      await page.locator("[data-diary]").click();
      await page.locator("[data-diary-day]").first().waitFor();
      await page.locator("[name=q]").fill(mark);
      await page.getByText("找到 1 天").waitFor();
      assert.ok(!page.url().includes("q="), "what is looked for stands in no address");
      await page.locator(`[data-diary-day="${today()}"] a`).click();
      await page.locator("[name=own_words]").waitFor();
      assert.equal(await page.locator("[name=own_words]").inputValue(), mark);
      await page.goBack();
      assert.equal(await page.locator("[name=q]").inputValue(), mark, "and is still there");
      await page.locator("[name=q]").fill("没有这样的话");
      await page.getByText("往前一个月找").waitFor();
    }));

  test("without a line the last report stands with its moment, and another day says that it needs one", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: WORKER, width: 360 }, async (page, watch) => {
      watch.allow("net::ERR");
      const { homes } = await make_building(grid_of(WORKER));
      const { id } = await make_person(homes["2单元301"], grid_of(WORKER), { name: "何满意", relation: "head" });
      await deed(`records/${id}/confirm`, { version: 1, fields: ["name"] }, WORKER);
      try {
        await set_up_phone(page);
        await page.getByRole("link", { name: "开始办事" }).click();
        await go(page, "/day");
        await page.locator(".day-line").first().waitFor();
        await settle(page);
        await page.waitForTimeout(500);
        await page.context().setOffline(true);
        await page.goto("/grid/day");
        await enter_pin(page);
        await page.locator(".day-line").first().waitFor();
        await page.getByText(/没有连上，下面是 \d\d:\d\d 的内容/).waitFor();
        assert.deepEqual(await find_axe(page), []);
        await page.locator("[data-day-before]").click();
        await page.getByText("要有网络才看得到").waitFor();
      } finally {
        await page.close();
        await let_all_go(WORKER);
      }
    }));

  test("a worker is away, the neighbour stands in on another phone, and hands it back with what was done", { timeout: TEST_MS_MAX }, async () => {
    const { main, stand_in } = await two_workers();
    await as_holder(main.token, async (page, watch) => {
      watch.allow(403);
      await page.goto("/grid/me");
      await page.locator("[data-stand-in]").click();
      await page.locator("[data-away] [name=reason]").fill("培训");
      await page.locator("[data-begin-away]").click();
      await page.getByText(`由 ${stand_in.name} 替您顶岗`).first().waitFor();
      await page.goto("/grid/");
      await page.getByText("有人替您顶岗").waitFor();
      assert.deepEqual(await find_axe(page), []);
    });
    await as_holder(stand_in.token, async (page) => {
      await page.goto("/grid/");
      await page.locator("[data-stand-in-today]").filter({ hasText: `替 ${main.name} 顶岗` }).click();
      await page.getByText("一起过来的").waitFor();
      await settle(page);
      assert.deepEqual([...(await find_axe(page)), ...(await find_small(page, false))], []);
      await page.locator("[data-end]").click();
      await page.locator("[data-end-now]").click();
      await page.getByText(`已交还给 ${main.name}`).waitFor();
      await page.locator("[data-read]").click();
      await page.goto("/grid/");
      await page.locator("main :is(.task, .empty)").first().waitFor();
      assert.equal(await page.locator("[data-stand-in-today]").count(), 0);
    });
  });

  test("taking over works without a line: it waits in the outbox and holds once it is sent", { timeout: TEST_MS_MAX }, async () => {
    const { post, main, stand_in } = await two_workers();
    await as_holder(stand_in.token, async (page, watch) => {
      watch.allow("net::ERR");
      try {
        await page.goto("/grid/stand-in");
        const card = page.locator(`[data-covered="${post.id}"]`);
        await card.locator("summary").click();
        await page.context().setOffline(true);
        await card.locator("[data-take-over]").click();
        await card.locator("[data-taking-over]").waitFor();
        assert.deepEqual(await find_axe(page), []);
        await page.context().setOffline(false);
        await page.locator("[data-stand-in]").filter({ hasText: main.name }).waitFor();
        const { body } = await call("GET", "/api/fieldwork/stand-in", main.token);
        assert.deepEqual(body.map((one) => [one.post, one.by]), [[post.id, stand_in.name]]);
        await page.locator("[data-end]").click();
        await page.locator("[data-end-now]").click();
        await page.locator("[data-handed-back]").waitFor();
      } finally {
        await page.context().setOffline(false);
      }
    });
  });

  test("a lost phone is told to wipe itself, and one is told first what that means", () =>
    as_staff({ login: WORKER, width: 360 }, async (page) => {
      const id = new_id();
      const begun = await call("POST", "/api/fieldwork/devices", await token_of(WORKER), { id, name: "旧手机" });
      assert.equal(begun.status, 200, JSON.stringify(begun.body));
      await page.goto("/grid/me");
      await page.locator("[data-devices]").click();
      const card = page.locator(`[data-device="${id}"]`);
      await card.locator("[data-lost]").click();
      await page.getByText("最后联系后 7 天").waitFor();
      assert.deepEqual(await find_axe(page), []);
      await page.locator("[data-wipe-now]").click();
      await page.locator(`[data-device="${id}"][data-device-state=lost]`).waitFor();
      await call("POST", `/api/fieldwork/devices/${id}/leave`, await token_of(WORKER), {});
    }));

  for (const elder of [false, true]) {
    for (const lang of ["zh", "en"]) {
      test(`${elder ? "elder" : "ordinary"} ${lang}: no violation, nothing small, nothing cut`, { timeout: TEST_MS_MAX }, () =>
        as_staff({ login: WORKER, elder, lang, width: 360 }, async (page) => {
          const found = [];
          const look = async (where) => {
            for (const width of EVERYWHERE) {
              await resize(page, width);
              const wrong = [...(await find_overflow(page)), ...(width === 320 ? [] : [...(await find_axe(page)), ...(await find_small(page, elder)), ...(await find_colour_only(page))])];
              found.push(...wrong.map((one) => `${where} at ${width}: ${one}`));
            }
          };
          for (const path of ["/grid/day", "/grid/day?date=2025-01-01", "/grid/diary", "/grid/stand-in", "/grid/devices"]) {
            await page.goto(path);
            await page.locator("main :is(.card, .task, .empty, .day-line)").first().waitFor();
            await settle(page);
            await page.locator("main details").evaluateAll((all) => { for (const one of all) one.open = true; });
            await look(path);
          }
          assert.deepEqual([...new Set(found)], []);
        }));
    }
  }
});
