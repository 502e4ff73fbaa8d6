// Outages: the water company says which buildings are without water tomorrow, sees how many homes that is, and publishes; residents read it
// without a script, calendars and warning systems take it; it is changed, cancelled, and one that came by itself is over again.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { as_resident, as_staff, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { reach } from "../keyboard.mjs";
import { take_pictures } from "../pictures.mjs";
import { grid_of, make_building } from "../register.mjs";
import { settle } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";
import { BASE } from "../town.mjs";

const UNIT = "unit";
const TEST_MS_MAX = 180_000;
const GRID = grid_of("worker");
const REASON = "更换老化的总阀门（故事）";
const PHONE = "0731-28680000";
/** Homes of the building that `make_building` makes. */
const HOMES = 12;
const DAY_MS = 86_400_000;

/** Days from now, as a `datetime-local` control takes a moment of Shanghai. */
const local = (days, clock) => `${new Date(Date.now() + 8 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10)}T${clock}`;
const hours_from_now = (hours) => new Date(Date.now() + 8 * 3_600_000 + hours * 3_600_000).toISOString().slice(0, 16);
const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });
const id_of = (page) => new URL(page.url()).pathname.split("/").pop();

/** Buildings of these stories alone: nobody lives there, so nobody is seen beforehand and no other story meets them. */
const buildings = [];

async function open(page, path) {
  await page.goto(path);
  await settle(page);
}

async function fill_words(page, { from, to }) {
  await page.locator("[name=service]").selectOption("water");
  await page.locator("[name=from]").fill(from);
  await page.locator("[name=to]").fill(to);
  await page.locator("[name=reason]").fill(REASON);
  await page.locator("[name=phone]").fill(PHONE);
}

/** Ticks buildings by the keyboard alone. */
async function tick(page, some) {
  await page.locator("[name=grid]").selectOption(GRID);
  for (const { building } of some) {
    const box = page.locator(`[data-tick='${building}']`);
    await box.waitFor();
    await box.focus();
    await page.keyboard.press("Space");
    await page.locator(`[data-picked='${building}']`).waitFor();
  }
}

/** Waits until so many homes are counted. */
const counts = (page, homes) => page.locator("[data-preview] [data-homes]").filter({ hasText: new RegExp(`^${homes}$`) }).waitFor();

/** An announcement as it is sent: both buildings without water tomorrow. */
const tomorrow = () => ({ service: "water", from: `${local(1, "08:00")}:00+08:00`, to: `${local(1, "18:00")}:00+08:00`, reason: REASON, phone: PHONE, extent: { places: buildings.map(({ building }) => ({ place: building })) } });

/** What these stories announced does not take place: other stories share the district. */
async function withdraw_all() {
  const token = await token_of(UNIT);
  const { body } = await call("GET", "/api/linkage/outages?limit=100", token);
  for (const one of body.items.filter((it) => it.reason.includes("（故事）") && it.can.includes("withdraw"))) {
    await call("POST", `/api/linkage/outages/${one.id}/withdraw`, token, { version: one.version });
  }
}

async function feed(path) {
  const reply = await fetch(`${BASE}${path}`);
  assert.equal(reply.status, 200, path);
  return { kind: reply.headers.get("content-type"), text: (await reply.text()).replaceAll("\r\n ", "") };
}

describe("outages", { concurrency: 1 }, () => {
  with_browser();
  before(async () => {
    for (let made = 0; made < 2; made += 1) buildings.push(await make_building(GRID));
  });
  after(withdraw_all);

  test("two buildings without water tomorrow: counted, kept, published after a question, read without a script, in feeds, changed, cancelled", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: UNIT }, async (page) => {
      const [first, second] = buildings;
      await open(page, "/desk/outages");
      await page.locator("[data-new-outage]").click();
      await settle(page);
      await fill_words(page, { from: local(1, "08:00"), to: local(1, "18:00") });
      await tick(page, [first]);
      await counts(page, HOMES);
      await tick(page, [second]);
      await counts(page, 2 * HOMES);
      const told = await page.locator("[data-preview]").innerText();
      assert.ok([first, second].every((one) => told.includes(`${one.name}5栋`)), "building by building");
      await take_pictures(page, "desk-outage-new");
      await page.reload();
      await settle(page);
      await counts(page, 2 * HOMES);
      assert.equal(await page.locator("[name=reason]").inputValue(), REASON, "what was typed outlives the page");

      await page.locator("[data-save-outage]").click();
      await page.waitForURL(/outages\/[\da-f-]{36}$/);
      await page.locator("[data-outage-state=draft]").waitFor();
      await settle(page);
      const id = id_of(page);
      assert.equal((await fetch(`${BASE}/outages/${id}`)).status, 404, "nobody reads a draft");
      await page.locator("[data-publish-outage]").click();
      await page.locator("[data-publish-homes]").filter({ hasText: `${2 * HOMES} 户` }).waitFor();
      await page.keyboard.press("Escape");
      await settle(page);
      await page.locator("[data-publish-outage]").click();
      await page.locator("[data-confirm-publish]").click();
      await said(page, `告知 ${2 * HOMES} 户`).waitFor();
      await page.locator("[data-outage-state=published]").waitFor();
      for (const path of [`/outages/${id}`, `/outages/${id}.cap`, "/outages.ics", "/outages.json"]) assert.equal(await page.locator(`[data-public='${path}']`).count(), 1, path);
      await take_pictures(page, "desk-outage");

      await as_resident({ script: false }, async (resident) => {
        await resident.goto(`/outages?place=${encodeURIComponent(first.name)}`);
        await resident.locator("#coming a.link-row").click();
        await resident.waitForURL(`**/outages/${id}`);
        const notice = await resident.locator("main").innerText();
        for (const part of ["计划停水", REASON, PHONE, `${first.name}5栋`, `${second.name}5栋`, String(2 * HOMES)]) assert.ok(notice.includes(part), part);
      });
      const calendar = await feed("/outages.ics");
      assert.match(calendar.kind, /text\/calendar/);
      assert.match(calendar.text, new RegExp(`UID:${id}[\\s\\S]*STATUS:CONFIRMED`));
      assert.ok((await feed("/outages.cap")).text.includes(`/outages/${id}.cap`), "the index of warnings leads to it");
      const warning = await feed(`/outages/${id}.cap`);
      assert.match(warning.text, /<msgType>Alert<\/msgType>/);
      assert.ok(warning.text.includes(REASON));

      await page.locator("[data-change-outage]").click();
      await page.locator("[name=to]").fill(local(1, "20:00"));
      await page.locator("[data-save-outage]").click();
      await page.locator("[data-confirm-change]").click();
      await page.locator("[data-outage-state=changed]").waitFor();
      await page.locator("[data-history] li").nth(1).waitFor();

      await page.locator("[data-withdraw-outage]").click();
      await page.locator("[data-confirm-close]").click();
      await page.locator("[data-outage-state=withdrawn]").waitFor();
      assert.equal(await page.locator("[data-withdraw-outage], [data-change-outage]").count(), 0);
      await as_resident({ script: false }, async (resident) => {
        await resident.goto(`/outages/${id}`);
        assert.match(await resident.locator("main").innerText(), /停水取消/);
      });
      assert.match((await feed(`/outages/${id}.cap`)).text, /<msgType>Cancel<\/msgType>/);
      await open(page, "/desk/outages");
      await page.locator(`[data-standing=past] [data-outage='${id}']`).waitFor();
    }));

  test("a part of a building that failed by itself: one unit, then one riser nobody hangs on; published, and over again", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: UNIT }, async (page) => {
      const [{ building, name }] = buildings;
      await open(page, "/desk/outages/new");
      await fill_words(page, { from: hours_from_now(-1), to: hours_from_now(5) });
      await page.locator("[name=sudden][value=true]").check();
      await tick(page, [{ building }]);
      await page.locator(".tick-row").filter({ has: page.locator(`[data-tick='${building}']`) }).getByRole("button").click();
      await page.getByRole("group", { name: `${name}5栋` }).getByLabel("2单元").uncheck();
      await counts(page, HOMES / 2);
      assert.equal(await page.locator(`[data-tick='${building}']`).evaluate((box) => box.indeterminate), true, "a part of the building");
      const chosen = page.locator("[data-picked]");
      await chosen.getByRole("button", { name: /只停部分立管/ }).click();
      await page.keyboard.type("东立管");
      await page.keyboard.press("Tab");
      await page.getByText("登记里没有挂这根立管的户").waitFor();
      await chosen.locator("input").fill("");
      await page.keyboard.press("Tab");
      await counts(page, HOMES / 2);
      await reach(page, page.locator("[data-publish-outage]"));
      await page.keyboard.press("Enter");
      await page.locator("[data-confirm-publish]").click();
      await page.locator("[data-outage-state=published]").waitFor();
      await settle(page);
      const id = id_of(page);
      await page.locator("[data-end-outage]").click();
      await page.locator("[data-confirm-close]").click();
      await page.locator("[data-outage-state=ended]").waitFor();
      await as_resident({ script: false }, async (resident) => {
        await resident.goto(`/outages/${id}`);
        assert.match(await resident.locator("main").innerText(), /供水已恢复/);
      });
    }));

  test("a refusal stands at its field: what is missing, a window that ends first, a number that is none, ground that is none", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: UNIT }, async (page, watch) => {
      watch.allow(422);
      await open(page, "/desk/outages/new");
      const save = page.locator("[data-save-outage]");
      const refused = (name) => page.locator(`[name=${name}][aria-invalid=true]`).waitFor();
      await fill_words(page, { from: "", to: local(1, "08:00") });
      await save.click();
      await refused("from");
      await page.locator("[name=from]").fill(local(1, "18:00"));
      await save.click();
      await page.getByText("请至少选一个楼栋或单元").waitFor();
      await tick(page, buildings.slice(0, 1));
      await save.click();
      await refused("to");
      await page.locator("[name=to]").fill(local(2, "08:00"));
      await page.locator("[name=phone]").fill("call me");
      await save.click();
      await refused("phone");

      await page.locator("[name=by][value=ground]").check();
      await page.locator("summary", { hasText: "GeoJSON" }).click();
      const take = page.locator("[data-take-ground]");
      await page.locator("[name=geojson]").fill("113.1, 27.8");
      await take.click();
      await refused("geojson");
      await page.locator("[name=geojson]").fill(JSON.stringify({ type: "Polygon", coordinates: [[[12, 50], [12.1, 50], [12.1, 50.1], [12, 50]]] }));
      await take.click();
      await page.getByText("有一部分在本区之外").first().waitFor();
      await page.locator("section[data-where] [name=grid]").selectOption({ index: 1 });
      await page.locator("[data-preview] [data-homes]").waitFor();
    }));

  test("a colleague was quicker: what is kept now is shown, and what was typed stays and holds when sent again", { timeout: TEST_MS_MAX }, async () => {
    const token = await token_of(UNIT);
    const drafted = (await call("POST", "/api/linkage/outages", token, { content: tomorrow() })).body;
    await as_staff({ login: UNIT }, async (page, watch) => {
      watch.allow(409);
      await open(page, `/desk/outages/${drafted.id}`);
      await page.locator("[name=reason_en]").fill("A valve is replaced");
      const theirs = await call("PUT", `/api/linkage/outages/${drafted.id}`, token, { version: drafted.version, content: { ...tomorrow(), phone: "12345" } });
      assert.equal(theirs.status, 200, JSON.stringify(theirs.body));
      await page.locator("[data-save-outage]").click();
      await page.locator("[data-overtaken]").waitFor();
      assert.equal(await page.locator("[name=reason_en]").inputValue(), "A valve is replaced");
      await page.locator("[data-save-outage]").click();
      await said(page, "草稿已保存").waitFor();
      const kept = (await call("GET", `/api/linkage/outages/${drafted.id}`, token)).body;
      assert.deepEqual([kept.version, kept.reason_en, kept.phone], [drafted.version + 2, "A valve is replaced", PHONE]);
      await page.locator("[data-withdraw-outage]").click();
      await page.locator("[data-confirm-close]").click();
      await page.waitForURL("**/desk/outages");
    });
  });

  test("every screen in every guise: no violation, nothing cut, nothing told by colour alone", { timeout: TEST_MS_MAX * 2 }, async () => {
    const token = await token_of(UNIT);
    const made = async () => (await call("POST", "/api/linkage/outages", token, { content: tomorrow() })).body;
    const [draft, published] = [await made(), await made()];
    assert.equal((await call("POST", `/api/linkage/outages/${published.id}/publish`, token, { version: published.version })).status, 200);
    const found = [];
    for (const [elder, lang] of [[false, "zh"], [true, "zh"], [false, "en"]]) {
      await as_staff({ login: UNIT, elder, lang }, async (page) => {
        const examine = async (name) => {
          for (const width of WIDTHS) {
            await resize(page, width);
            const wrong = [...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))];
            found.push(...wrong.map((one) => `${name} ${lang}${elder ? " elder" : ""} ${width}: ${one}`));
          }
        };
        for (const path of ["/desk/outages", `/desk/outages/${draft.id}`, `/desk/outages/${published.id}`, "/desk/outages/new"]) {
          await open(page, path);
          await examine(path);
        }
        await open(page, `/desk/outages/${draft.id}`);
        await page.locator("[data-publish-outage]").click();
        await page.locator("[data-confirm-publish]").waitFor();
        await examine("question");
        await open(page, "/desk/outages/new");
        await page.locator("[name=grid]").selectOption(GRID);
        await page.locator("[data-tick]").first().waitFor();
        await page.locator("[data-tick]").first().check();
        await page.locator("[data-picked] button").first().click();
        await page.locator(".tick-row button").first().click();
        await examine("places");
        await page.locator("[name=by][value=ground]").check();
        await page.locator("[data-ring]").waitFor();
        await page.locator("summary", { hasText: "GeoJSON" }).click();
        await examine("ground");
      });
    }
    // The dispatcher sees all units' and says for which one is announced.
    await as_staff({ login: "dispatcher" }, async (page) => {
      await open(page, "/desk/outages");
      await page.locator(`[data-outage='${published.id}']`).getByText("供水公司").waitFor();
      await open(page, "/desk/outages/new");
      await page.locator("[name=unit] option").nth(1).waitFor({ state: "attached" });
      found.push(...(await find_axe(page)));
      await take_pictures(page, "desk-outages");
    });
    assert.deepEqual(found, []);
  });
});
