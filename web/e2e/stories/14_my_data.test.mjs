// People and their data: a resident reads what is held, from where and who looked, has it corrected; the desk answers online and on paper, grants a
// mandate, prints the sheet and the household's card, merges who stands there twice, counts whom an outage concerns; an alarm is looked into.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, as_staff, resize, send, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow, find_small } from "../checks.mjs";
import { claim_data, sign_in_by_phone } from "../people.mjs";
import { take_pictures } from "../pictures.mjs";
import { enter, grid_of, make_building, make_person } from "../register.mjs";
import { say_purpose, settle } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";
import { BASE, fresh_phone, masked } from "../town.mjs";

const DESK = "desk";
const WORKER = "worker";
const TEST_MS_MAX = 120_000;

/** Somebody who lives in 2单元301 of a building in the worker's grid. */
async function neighbour(values = {}) {
  const area_path = grid_of(WORKER);
  const building = await make_building(area_path);
  const home = building.homes["2单元301"];
  const person = await make_person(home, area_path, { name: "欧阳建明", relation: "head", birth: "19520302", sex: "male", ...values });
  return { building, home, person, area_path };
}

/** Opens a screen of the desk, choosing the purpose where it is asked. */
async function open(page, path) {
  await page.goto(path);
  await settle(page);
  await say_purpose(page);
}

async function ask_on_paper(body) {
  const done = await call("POST", "/api/registry/requests", await token_of(DESK), body);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return done.body.id;
}

const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });

/** Answers the request on the screen. */
async function answer(page, { yes, ground, words }) {
  await page.locator(`[name=granted][value=${yes ? "yes" : "no"}]`).check();
  if (ground) await page.locator("[name=ground]").selectOption(ground);
  await page.locator("[name=words]").fill(words);
  await page.locator("[data-decide]").click();
  await said(page, "已答复").waitFor();
}

describe("my data", { concurrency: 2 }, () => {
  with_browser();

  test("a resident reads what is held and who looked, asks for a correction; the desk does it, and the resident sees it", { timeout: TEST_MS_MAX }, () =>
    as_resident({}, async (page) => {
      const { person } = await neighbour();
      await call("GET", `/api/registry/records/${person.id}?purpose=visit&open=phones`, await token_of(WORKER));
      await claim_data(page, person);
      const main = () => page.locator("main").innerText();
      assert.match(await main(), new RegExp(masked(person.phone).replaceAll("*", "\\*")), "masked until it is opened");
      assert.match(await page.locator("#readings").innerText(), /入户走访[\s\S]*打开了 电话/, "who looked, why, and at what");
      await take_pictures(page, "my-data");
      await page.getByRole("link", { name: "打开遮盖的内容" }).click();
      await page.getByText(person.phone).first().waitFor();

      await page.locator("[data-field=name] summary").click();
      await page.locator("[data-field=name]").getByRole("link", { name: /^更正/ }).click();
      await page.fill("#value", "欧阳剑明");
      await page.fill("#evidence", "户口簿原件");
      await send(page, () => page.getByRole("button", { name: "提交" }).click());
      assert.match(await page.locator("#requests").innerText(), /更正[\s\S]*最晚答复/);

      await as_staff({ login: DESK }, async (desk) => {
        const list = await call("GET", "/api/registry/requests", await token_of(DESK));
        const { id } = list.body.items.find((one) => one.person === person.id);
        await open(desk, "/desk/register/requests");
        assert.equal(await desk.getByText("欧阳").count(), 0, "the list tells nothing of the person");
        await desk.locator(`[data-request="${id}"]`).click();
        await desk.locator("[data-asked]").getByText("欧阳剑明").waitFor();
        await take_pictures(desk, "desk-request");
        await answer(desk, { yes: true, words: "看过户口簿，已改。" });
        await desk.locator("[data-state=granted]").waitFor();
      });

      await page.reload();
      assert.match(await page.locator("[data-field=name]").innerText(), /欧阳剑明/);
      assert.match(await page.locator("#requests").innerText(), /看过户口簿，已改/);
      assert.match(await page.locator("#readings").innerText(), /田心街道窗口/, "the desk's look at the request is told too");
    }));

  test("a no names its published ground, and the resident reads it with its law", { timeout: TEST_MS_MAX }, () =>
    as_resident({ script: false }, async (page) => {
      const { person } = await neighbour();
      const id = await ask_on_paper({ person: person.id, record: person.id, what: "restrict", words: "不想被用" });
      await as_staff({ login: DESK }, async (desk, watch) => {
        watch.allow(422);
        await open(desk, `/desk/register/requests/${id}`);
        await desk.locator("[name=granted][value=no]").check();
        await desk.locator("[data-decide]").click();
        await desk.locator("[name=ground][aria-invalid]").waitFor();
        await answer(desk, { yes: false, ground: "within_duty", words: "停水通知要用。" });
        await desk.locator("[data-state=refused]").waitFor();
      });
      await claim_data(page, person);
      assert.match(await page.locator("#requests").innerText(), /依法履职所必需[\s\S]*第十三条[\s\S]*停水通知要用/);
    }));

  test("who asked for it is only stored: the desk finds the name and a plain sentence, no value, and no page", { timeout: TEST_MS_MAX }, async () => {
    const { person, building } = await neighbour({ name: "司马向东" });
    const id = await ask_on_paper({ person: person.id, record: person.id, what: "restrict", words: "不想被用" });
    const done = await call("POST", `/api/registry/requests/${id}/decide`, await token_of(DESK), { granted: true, words: "照办" });
    assert.equal(done.status, 200, JSON.stringify(done.body));
    await as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(403);
      await open(page, "/desk/register?q=smxd");
      const found = page.locator(`a[data-restricted][href$="${person.id}"]`);
      await found.waitFor();
      assert.match(await found.innerText(), /本人要求限制使用/);
      assert.ok(!(await found.innerText()).includes(building.name), "nor where the person lives");
      await found.click();
      await page.locator("[role=alert]", { hasText: "限制使用" }).waitFor();
      assert.equal(await page.getByText("司马向东").count(), 0);
    });
  });

  test("somebody without a phone: the desk prints all that is kept, takes an objection down, upholds it; the security administrator looks into it", { timeout: TEST_MS_MAX }, async () => {
    const { person } = await neighbour();
    await as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(422);
      await open(page, `/desk/register/people/${person.id}`);
      await page.locator("[data-print-data]").click();
      await page.getByRole("heading", { name: "本人信息查阅单" }).waitFor();
      const sheet = await page.locator("main").innerText();
      assert.ok(sheet.includes(person.document) && sheet.includes("签名"), "all of it, and a place to sign");
      assert.match(sheet, /为本人办理事项/, "the desk's own look stands on it");
      await open(page, `/desk/register/requests/new?person=${person.id}`);
      await page.locator("[name=what][value=object]").check();
      await page.locator("[data-send]").click();
      await page.locator("[name=words][aria-invalid]").waitFor();
      await page.locator("[name=words]").fill("没有人来过我家");
      await page.locator("[data-send]").click();
      await page.locator("[data-state=open]").waitFor();
      assert.match(await page.locator("main").innerText(), /纸面，由窗口代录/);
      await answer(page, { yes: true, words: "" });
    });
    await as_staff({ login: "security-admin" }, async (page) => {
      await page.goto("/admin");
      await settle(page);
      await page.getByRole("link", { name: /条告警等着核实/ }).click();
      const alarm = page.locator("[data-alarm=objection_upheld]").first();
      await alarm.waitFor();
      assert.equal(await page.getByText("欧阳").count(), 0, "whose data it was is not shown");
      const before = await page.locator("[data-acknowledge]").count();
      await alarm.locator("[data-acknowledge]").click();
      await page.locator("dialog [name=note]").fill("问过网格员，走错了门，已提醒。");
      await page.locator("dialog [data-send]").click();
      await said(page, "已记下").waitFor();
      await settle(page);
      assert.equal(await page.locator("[data-acknowledge]").count(), before - 1, "what was looked into leaves the list");
      await page.getByRole("link", { name: "全部", exact: true }).click();
      await page.getByText("走错了门").waitFor();
    });
  });

  test("a relative sees it by a mandate, for as long as it holds", { timeout: TEST_MS_MAX }, () =>
    as_resident({ script: false }, async (page, watch) => {
      watch.allow(404);
      const { person } = await neighbour();
      const phone = fresh_phone();
      await as_staff({ login: DESK }, async (desk, seen) => {
        seen.allow(422);
        await open(desk, `/desk/register/people/${person.id}`);
        await desk.locator("[data-grant]").click();
        const dialog = desk.locator("dialog[open]");
        await dialog.locator("[name=phone]").fill("12");
        await dialog.locator("[data-send]").click();
        await dialog.locator("[name=phone][aria-invalid]").waitFor();
        await dialog.locator("[name=phone]").fill(phone);
        await dialog.locator("[name=kind]").selectOption("guardian");
        await dialog.locator("[name=evidence]").fill("看过户口簿和监护证明");
        await dialog.locator("[data-send]").click();
        await desk.locator("[data-mandate=guardian]").waitFor();
        await sign_in_by_phone(page, phone, "/my/data");
        await page.getByRole("link", { name: /监护人/ }).click();
        assert.match(await page.locator("main").innerText(), /监护人/);
        await desk.locator("[data-begin-end-mandate]").click();
        await desk.locator("[data-end-mandate]").click();
        await desk.locator("[data-mandate]").waitFor({ state: "detached" });
      });
      assert.equal((await page.reload()).status(), 404, "ended is ended");
    }));

  test("who stands there twice is found and opened side by side", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const { person, area_path } = await neighbour({ name: "上官云", birth: "19631219" });
      const twin = await enter("person", { name: "上官芸", documents: [person.document] }, { area_path });
      const community = area_path.split("/").slice(0, -1).join("/");
      await open(page, `/desk/register/duplicates?area=${encodeURIComponent(community)}`);
      await page.keyboard.press("j");
      const pair = page.locator(`[data-twins][href*="${twin}"]`);
      assert.match(await pair.innerText(), /上官\*[\s\S]*证件号码相同/);
      await pair.click();
      await page.locator("[data-choose-purpose=check]").click();
      await page.locator("[data-pair=name].differs").waitFor();
    }));

  test("whom an outage concerns: a building in two presses, a ring on the map, a whole grid by keyboard", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(422);
      const { building } = await neighbour();
      await open(page, `/desk/register/buildings/${building.building}`);
      await page.locator("[data-who-is-affected]").click();
      await page.locator("[data-homes]").getByText("12", { exact: true }).waitFor();
      await page.locator("[name=by][value=ring]").check();
      await page.locator("[data-count]").click();
      await page.locator("[name=grid][aria-invalid]").waitFor();
      const ring = page.locator("[data-ring]");
      const { width, height } = await ring.boundingBox();
      for (const [left, top] of [[-0.2, -0.2], [0.2, -0.2], [0.2, 0.2], [-0.2, 0.2]]) await ring.click({ position: { x: width / 2 + left * height, y: height / 2 + top * height } });
      await page.getByText("已点 4 个角").waitFor();
      const counted = page.waitForResponse((reply) => reply.url().endsWith("/affected"));
      await page.locator("[data-count]").click();
      assert.ok((await (await counted).json()).length > 0, "buildings lie in it");
      const options = page.locator("[name=grid] option");
      const own = grid_of(WORKER).split("/").pop();
      await page.locator("[name=grid]").selectOption(own);
      assert.ok((await options.count()) > 1);
      await page.locator("[name=grid]").focus();
      await page.keyboard.press("Tab");
      const again = page.waitForResponse((reply) => reply.url().endsWith("/affected"));
      await page.locator("[data-count]").press("Enter");
      const found = await (await again).json();
      assert.ok(found.length > 0 && found.every((one) => one.area.code === own), "all in that grid");
    }));

  test("the household's card is masked on paper until the telephones were opened", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const { home, person } = await neighbour();
      await open(page, `/desk/register/homes/${home}`);
      const card = page.locator(".household-card");
      assert.equal(await card.isVisible(), false, "it is for paper");
      const printed = async () => {
        await page.emulateMedia({ media: "print" });
        const words = await page.locator("body").innerText();
        await page.emulateMedia({ media: "screen" });
        return words;
      };
      const closed = await printed();
      assert.match(closed, /用途：为本人办理事项[\s\S]*一户一卡[\s\S]*2单元301[\s\S]*欧阳建明[\s\S]*户主/);
      assert.ok(closed.includes(masked(person.phone)) && !closed.includes(person.phone));
      await page.locator("[data-open=phones]").click();
      await page.getByText(person.phone).first().waitFor();
      assert.ok((await printed()).includes(person.phone));
    }));

  test("the residents' pages in every guise: no violation, nothing small, nothing cut", { timeout: TEST_MS_MAX * 2 }, () =>
    as_resident({}, async (page) => {
      const { person } = await neighbour();
      await call("GET", `/api/registry/records/${person.id}?purpose=visit&open=phones`, await token_of(WORKER));
      await ask_on_paper({ person: person.id, record: person.id, what: "restrict" });
      await claim_data(page, person);
      const here = `/my/data/${person.id}`;
      const paths = ["/my/data", `${here}?open=1`, `${here}/ask?what=correct&field=name`, `${here}/ask?what=object`, `${here}/copy`, "/privacy"];
      const found = [];
      for (const [elder, lang] of [[false, "zh"], [false, "en"], [true, "zh"], [true, "en"]]) {
        await page.context().addCookies([{ name: "elder", value: elder ? "1" : "0", url: BASE }, { name: "lang", value: lang, url: BASE }]);
        for (const path of paths) {
          await page.goto(path);
          for (const width of [320, ...WIDTHS]) {
            await resize(page, width);
            found.push(...[...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page)), ...(await find_small(page, elder))].map((one) => `${elder ? "elder " : ""}${lang} ${path} at ${width}: ${one}`));
          }
        }
      }
      assert.deepEqual([...new Set(found)], []);
    }));

  for (const [lang, elder] of [["zh", false], ["en", true]]) {
    test(`every screen of people's rights at the desk in ${lang}${elder ? ", large letters" : ""}: no violation, nothing cut`, { timeout: TEST_MS_MAX * 2 }, async () => {
      const { person, building } = await neighbour();
      const id = await ask_on_paper({ person: person.id, record: person.id, what: "correct", field: "name", value: "欧阳剑明", evidence: "户口簿" });
      const paths = ["", "/new", `/new?person=${person.id}`, `/${id}`].map((path) => `/desk/register/requests${path}`);
      const found = [];
      await as_staff({ login: DESK, lang, elder }, async (page) => {
        for (const path of [...paths, "/desk/register/duplicates", `/desk/register/affected?place=${building.building}`, `/print/data/${person.id}`]) {
          await open(page, path);
          if (path.endsWith(id)) await page.locator("[name=granted][value=no]").check();
          for (const width of WIDTHS) {
            await resize(page, width);
            found.push(...[...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))].map((one) => `${path} at ${width}: ${one}`));
          }
        }
      });
      assert.deepEqual([...new Set(found)], []);
    });
  }
});
