// A unit talks to a reporter without learning who they are: it asks to be called back, and the message lands with the reporter; with a gateway of
// relayed calls it gets a number in between, on a phone in large letters too, and ends it. No screen of the unit has a name or a number of theirs.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { as_resident, as_staff, with_browser } from "../browser.mjs";
import { expect_focus, press, reach, type } from "../keyboard.mjs";
import { look_well } from "../looks.mjs";
import { sign_in_by_phone } from "../people.mjs";
import { open_relay_server } from "../relay_server.mjs";
import { settle } from "../screens.mjs";
import { call, find_staffed_grid, token_of } from "../staff.mjs";
import { fresh_phone } from "../town.mjs";
import { until, WAIT_MS } from "../until.mjs";

const UNIT = "unit";
const ADMIN = "system-admin";
const BURST_PIPE = "P01002";
const NAME = "周阿姨";
const OFFICE = "0731-28680000";
const TEST_MS_MAX = 180_000;
const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });

/** A burst pipe, which the rules give to the water company. */
async function reported(token, reporter) {
  const body = { words: "单元门前水管破了，一直往外冒水。", type: BURST_PIPE, place: { grid: await find_staffed_grid(), address: "3 栋东头" }, reporter };
  const made = await call("POST", "/api/cases", token, body);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body;
}

async function open_case(page, number) {
  await page.goto(`/desk/case/${number}`);
  await settle(page);
  await page.locator("[data-reaches]").waitFor();
}

/** Everything the page holds, shown or not, has nothing of the reporter. */
async function find_reporter(page, phone) {
  const html = await page.content();
  return [NAME, phone, phone.slice(-4), `${phone.slice(0, 3)}****`].filter((piece) => html.replace(/\d{6}-\d{4}-\d{4}/g, "").includes(piece));
}

/** What a thumb in large letters would miss. */
const find_small_targets = (targets) => targets.evaluateAll((all) => all.map((one) => [one.outerHTML.slice(0, 60), one.getBoundingClientRect().height]).filter(([, height]) => height < 44));

describe("a unit reaches a reporter", { concurrency: 1 }, () => {
  with_browser();
  let relays;
  before(async () => { relays = await open_relay_server(); });
  after(async () => {
    // Other stories ask to be called back.
    await call("DELETE", "/api/messages/gateways/relay", await token_of(ADMIN));
    await relays.close();
  });

  test("it asks to be called back, by keyboard, and the reporter reads where and when", { timeout: TEST_MS_MAX }, async () => {
    const phone = fresh_phone();
    await as_resident({}, async (resident) => {
      await sign_in_by_phone(resident, phone, "/sign-in?next=/my/messages");
      await resident.goto("/my/messages");
      // Whoever wants no quiet hours worth the name is told at once, at whatever hour the story runs.
      const far = new Date(Date.now() + 20 * 3_600_000).toISOString().slice(11, 14);
      await resident.locator("[name=from]").fill(`${far}00`);
      await resident.locator("[name=to]").fill(`${far}01`);
      await resident.locator("main button[type=submit]").last().click();
      await resident.locator("[data-saved]").waitFor();
      const session = (await resident.context().cookies()).find((one) => one.name === "session").value;
      const { number } = await reported(session);

      await as_staff({ login: UNIT }, async (page, watch) => {
        watch.allow(422);
        await open_case(page, number);
        assert.equal(await page.locator(".reporter").count(), 0, "nothing here opens the number");
        await press(page, page.locator("[data-reach]"));
        const own = page.locator("dialog [name=phone]");
        await own.waitFor();
        await own.fill("");
        await press(page, page.locator("[data-send-reach]"));
        await page.locator("dialog [name=phone][aria-invalid]").waitFor();
        await type(page, own, OFFICE);
        await look_well(page, "desk-reach");
        await reach(page, page.locator("dialog [name=to]"));
        await press(page, page.locator("[data-send-reach]"));
        await said(page, "已请对方回电").waitFor();
        await expect_focus(page);
        await page.locator("[data-reach-of=message][data-step=sent]").waitFor({ timeout: WAIT_MS });
        await page.locator(".case-history").getByText("请报告人回电").waitFor();
        await look_well(page, "desk-reached");
        assert.deepEqual(await find_reporter(page, phone), []);
        await page.goto(`/desk/search?q=${number}`);
        await page.locator("a[data-line]").first().waitFor();
        assert.deepEqual(await find_reporter(page, phone), []);
      });

      const line = await until(async () => {
        await resident.goto("/inbox");
        const found = resident.locator("[data-message]").filter({ hasText: number }).filter({ hasText: `回电 ${OFFICE.replace("-", "")}` });
        return (await found.count()) > 0 ? found.first() : undefined;
      }, "the message is in the inbox");
      assert.match(await line.innerText(), /想就您报的“.+”[\s\S]*09:00–17:30/);
      await resident.goto(`/case/${number}`);
      await resident.getByText("请报告人回电").first().waitFor();
      assert.match(await resident.locator("main").innerText(), new RegExp(`${OFFICE.replace("-", "")}，09:00–17:30`));
    });
  });

  test("the administrator sets a gateway of relayed calls, tries it, and sees that it is well", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: ADMIN }, async (page, watch) => {
      watch.allow(422);
      await page.goto("/admin/messages");
      await settle(page);
      const card = page.locator("[data-gateway=relay]");
      await card.locator("[data-unset]").waitFor();
      await card.locator("[data-set]").click();
      await page.locator("[name=address]").fill("relay.example.cn");
      await page.locator("[name=secret]").fill("a-secret");
      await page.locator("[data-save]").click();
      await page.locator("[name=address][aria-invalid]").waitFor();
      await page.locator("[name=address]").fill(relays.url);
      await look_well(page, "messages-relay");
      await page.locator("[data-save]").click();
      await said(page, "通道已保存").waitFor();
      assert.doesNotMatch(await card.innerText(), /a-secret/);
      await card.locator("[data-trial]").click();
      await page.locator("[name=to]").fill("13907330077");
      await page.locator("[data-send-trial]").click();
      await until(async () => relays.bound().find((one) => one.called === "13907330077"), "the trial reached the gateway");
      await card.locator("[data-lane-of=fast] [data-lane=well]").waitFor();
      await look_well(page, "messages-relay-set");
    }));

  test("it gets a number in between, in large letters on a phone, calls, and ends it", { timeout: TEST_MS_MAX }, async () => {
    const phone = fresh_phone();
    const { number } = await reported(null, { name: NAME, phone });
    await as_staff({ login: UNIT, elder: true, width: 360 }, async (page) => {
      await open_case(page, number);
      await page.locator("[data-reach]").click();
      await page.locator("dialog [name=way][value=relay]:checked").waitFor();
      assert.deepEqual(await find_small_targets(page.locator("dialog .choice, dialog button, [data-reach]")), []);
      await page.locator("[data-send-reach]").click();
      const shown = page.locator("[data-number]");
      await shown.waitFor({ timeout: WAIT_MS });
      const bound = await until(async () => relays.bound().find((one) => one.called === phone), "the gateway has the telephone");
      assert.equal(await shown.getAttribute("href"), `tel:${bound.number},12`);
      assert.equal((await shown.innerText()).replace(/\D/g, ""), `${bound.number}12`);
      assert.deepEqual(await find_reporter(page, phone), []);
      assert.deepEqual(await find_small_targets(page.locator("[data-reaches] :is(a, button)")), []);
      await look_well(page, "desk-relay");
      await page.locator("[data-end]").click();
      await page.locator("[data-reach-of=relay][data-step=ended]").waitFor();
      assert.equal(await page.locator("[data-number]").count(), 0);
      await until(async () => relays.released.includes(bound.binding_id), "the number is given back");
    });
    const seen = (await call("GET", `/api/cases/${number}`, await token_of(UNIT))).body;
    assert.equal(seen.timeline.at(-1).action, "reach_by_number");
  });
});
