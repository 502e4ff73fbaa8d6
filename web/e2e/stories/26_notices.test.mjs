// Notices on a device: a resident turns them on, is pushed what became of a report, and reads it where the notice leads; the browser changes its
// subscription, and the device stays the one it was; it is taken off, and its owner told by text from then on. No push service is reachable from here: the browser's subscription is given to it, everything else is real.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, as_staff, with_browser } from "../browser.mjs";
import { find_small } from "../checks.mjs";
import { look_well } from "../looks.mjs";
import { sign_in_by_phone } from "../people.mjs";
import { open_push_service } from "../push_service.mjs";
import { settle } from "../screens.mjs";
import { find_staffed_grid, handle_case } from "../staff.mjs";
import { BASE, fresh_phone } from "../town.mjs";
import { until } from "../until.mjs";

const TEST_MS_MAX = 180_000;
const WORDS = "路口的水管爆了，水喷得很高（通知的故事）。";

/** What the browser would get from its own service. */
async function give_subscription(page, subscription) {
  await page.context().grantPermissions(["notifications"], { origin: BASE });
  await page.addInitScript((given) => {
    const key = "story.subscribed";
    const own = { toJSON: () => given, unsubscribe: async () => { localStorage.removeItem(key); return true; } };
    PushManager.prototype.subscribe = async (asked) => {
      localStorage.setItem(key, String(new Uint8Array(asked.applicationServerKey).length));
      return own;
    };
    PushManager.prototype.getSubscription = async () => (localStorage.getItem(key) ? own : null);
  }, subscription);
}

const subscribed = (page) => page.evaluate(() => localStorage.getItem("story.subscribed"));

/** The browser changes its subscription by itself, as its service may have it do at any time. */
function change_subscription(worker, former, newer) {
  return worker.evaluate(async ([before, now]) => {
    const works = [];
    const event = new Event("pushsubscriptionchange");
    event.waitUntil = (work) => works.push(work);
    event.oldSubscription = { endpoint: before.endpoint, options: { userVisibleOnly: true, applicationServerKey: null } };
    event.newSubscription = { toJSON: () => now, unsubscribe: async () => { throw new Error("the server did not take it"); } };
    self.dispatchEvent(event);
    await Promise.all(works);
  }, [former, newer]);
}

/** The story comes at any hour: its resident sleeps at another. */
async function sleep_elsewhen(page) {
  const hour = (Number(new Intl.DateTimeFormat("en", { timeZone: "Asia/Shanghai", hour: "numeric", hourCycle: "h23" }).format()) + 12) % 24;
  const clock = (at) => `${String(at % 24).padStart(2, "0")}:00`;
  await page.locator("[name=from]").fill(clock(hour));
  await page.locator("[name=to]").fill(clock(hour + 1));
  await page.locator("main form[action='/my/messages'] button[type=submit]").click();
  await page.locator("[data-saved]").waitFor();
}

/** Reports as whoever is signed in, and has it handled until its reporter is asked. */
async function report_and_handle(page) {
  const body = { words: WORDS, type: "P01002", place: { grid: await find_staffed_grid(), address: "3栋前坪" } };
  const number = await page.evaluate(async (report) => {
    const reply = await fetch("/api/cases", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(report) });
    return (await reply.json()).number;
  }, body);
  await handle_case(number);
  return number;
}

describe("notices on a device", { concurrency: 1 }, () => {
  with_browser();

  test("a resident turns them on, is pushed what became of a report, and turns them off", { timeout: TEST_MS_MAX }, () =>
    as_resident({}, async (page) => {
      const service = await open_push_service();
      try {
        await give_subscription(page, service.subscription);
        const phone = fresh_phone();
        await sign_in_by_phone(page, phone, "/sign-in?next=/my/messages");
        await page.goto("/my/messages");
        await settle(page);
        await sleep_elsewhen(page);
        await page.locator("[data-notices-on]").click();
        await page.locator("[data-device] [data-own]:visible").waitFor();
        assert.equal(await subscribed(page), "65", "it was asked for with the district's key");
        assert.ok(await page.locator("[name=channel][value=push]").isChecked(), "and is the way from now on");
        assert.deepEqual(await find_small(page), []);
        await look_well(page, "my-devices");
        const number = await report_and_handle(page);
        const pushed = await until(async () => service.taken.find((one) => one.said.body.includes("请您确认")), "the push arrived");
        assert.ok(pushed.said.body.includes(number) && !pushed.said.body.includes("水管爆了"), pushed.said.body);
        assert.match(pushed.headers.authorization, /^vapid t=.+, k=.+/);
        await page.goto(pushed.said.url);
        await page.locator(`a[href='/case/${number}']`).click();
        await page.waitForURL(new RegExp(`/case/${number}`));
        await page.goto("/my/messages");
        await page.locator("[data-sent]").filter({ hasText: number }).filter({ hasText: "设备通知" }).first().waitFor();

        const newer = { ...service.subscription, endpoint: `${service.subscription.endpoint}-anew` };
        const [worker] = page.context().serviceWorkers().filter((one) => one.url().endsWith("/my/messages/sw.js"));
        await change_subscription(worker, service.subscription, newer);
        const second = await report_and_handle(page);
        const anew = await until(async () => service.taken.find((one) => one.said.body.includes(second)), "the push arrived at the new address");
        assert.ok(anew.path.endsWith("/push/story-anew"), anew.path);
        await page.goto("/my/messages");
        await page.locator("[data-device] [data-own]:visible").waitFor();

        await page.locator("[data-device] button[type=submit]").click();
        await page.locator("[data-notices-on]:visible").waitFor();
        await until(async () => (await subscribed(page)) === null, "the browser gave its subscription back");
        const taken = service.taken.length;
        const last = await report_and_handle(page);
        await until(async () => {
          await page.goto("/inbox");
          const line = page.locator("[data-message]").filter({ hasText: last }).filter({ hasText: "请您确认" });
          return (await line.count()) > 0;
        }, "by text, as nothing else was chosen");
        assert.equal(service.taken.length, taken);
      } finally {
        await service.close();
      }
    }));

  test("the service worker shows what is pushed, and lies beside the worker's own", { timeout: TEST_MS_MAX }, () =>
    as_resident({}, async (page) => {
      const begun = page.context().waitForEvent("serviceworker");
      await page.goto("/help");
      const scope = await page.evaluate(async () => new URL((await navigator.serviceWorker.register("/my/messages/sw.js", { scope: "/my/messages" })).scope).pathname);
      assert.equal(scope, "/my/messages", "and so it meets neither /grid nor any other page");
      const worker = await begun;
      // This browser has no screen to show notices on: what would be shown is noted.
      const shown = await worker.evaluate(async () => {
        const told = new Promise((done) => { self.registration.showNotification = async (title, { body, data }) => done({ title, body, data }); });
        const said = { title: "计划停水停电", body: "停水，涉及您家", url: "/m/x", lang: "zh-CN", tag: "t" };
        self.dispatchEvent(new PushEvent("push", { data: JSON.stringify(said) }));
        return told;
      });
      assert.deepEqual(shown, { title: "计划停水停电", body: "停水，涉及您家", data: "/m/x" });
    }));

  test("without a script the page offers text and mail, and the administrator sees services and no devices", { timeout: TEST_MS_MAX }, async () => {
    await as_resident({ script: false }, async (page) => {
      await sign_in_by_phone(page, fresh_phone(), "/sign-in?next=/my/messages");
      await page.goto("/my/messages");
      assert.equal(await page.locator("[data-notices-on]:visible").count(), 0);
      assert.equal(await page.locator("[name=channel]").count(), 2);
    });
    await as_staff({ login: "system-admin" }, async (page) => {
      await page.goto("/admin/messages");
      await settle(page);
      await page.locator("[data-gateway=push]").first().waitFor();
      assert.doesNotMatch(await page.locator("main").innerText(), /\/push\/story/);
      assert.equal(await page.locator("[data-gateway=push] [data-set]").count(), 0, "there is nothing to set");
      await look_well(page, "messages-push");
    });
  });
});
