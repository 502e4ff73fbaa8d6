// The register: a clerk finds somebody by initials, opens what the purpose opens, corrects with evidence, sees who changed what, moves a person, merges
// two records and takes it back, walks a building with the arrow keys; a worker visits a home, and does not find who lives in another grid.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { as_staff, resize, tap, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { take_pictures } from "../pictures.mjs";
import { deed, enter, grid_of, make_building, make_person, other_grid, table_of_people } from "../register.mjs";
import { say_purpose, settle } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";
import { masked } from "../town.mjs";

const DESK = "desk";
const WORKER = "worker";
/** A name the demo has seldom: his initials find him on the first page. */
const NAME = "欧阳建明";
const TEST_MS_MAX = 120_000;

/** A family of two in 2单元301 of a building in the worker's grid. */
async function family(area_path = grid_of(WORKER)) {
  const building = await make_building(area_path);
  const home = building.homes["2单元301"];
  const head = await make_person(home, area_path, { name: NAME, relation: "head", birth: "19520302", sex: "male" });
  const spouse = await make_person(home, area_path, { name: "李桂兰", relation: "spouse", birth: "19550708" });
  return { building, home, head, spouse };
}

/** Opens an address of the register, choosing the purpose where it is asked. */
async function open(page, path, purpose) {
  await page.goto(path);
  await settle(page);
  await say_purpose(page, purpose);
}

const row = (page, key) => page.locator(`[data-field=${key}]`);
const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });

describe("the register", { concurrency: 2 }, () => {
  with_browser();

  test("a clerk says why, finds by initials, opens for the purpose, and is told what the purpose does not open", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const { building, head } = await family();
      await page.goto("/desk/register");
      await page.getByRole("heading", { name: "为什么要看？" }).waitFor();
      assert.equal(await page.locator("#register-search").count(), 0, "nothing is looked for before the purpose is said");
      await page.locator("[data-choose-purpose=visit]").click();
      await page.locator("#register-search").fill("oyjm");
      await page.keyboard.press("Enter");
      const found = page.locator(`a[data-line][href$="${head.id}"]`);
      await found.waitFor();
      assert.match(await found.innerText(), new RegExp(`欧阳\\*明[\\s\\S]*${building.name}`), "the name is masked, the home is said");
      await take_pictures(page, "register-search");
      await page.locator("#register-search").focus();
      await page.keyboard.press("ArrowDown");
      assert.ok(await page.locator("a[data-line]").first().evaluate((one) => one === document.activeElement), "the arrow leads into the list");
      await found.focus();
      await page.keyboard.press("Enter");

      await page.locator(`[data-record="${head.id}"]`).waitFor();
      assert.equal(await page.locator("[data-purpose]").inputValue(), "visit", "the purpose stays in sight");
      assert.equal(await page.getByText(head.phone).count(), 0);
      assert.match(await row(page, "phones").innerText(), new RegExp(masked(head.phone).replaceAll("*", "\\*")));
      await page.locator("[data-open=phones]").click();
      await row(page, "phones").getByText(head.phone).first().waitFor();
      await page.locator("[data-open=documents]").click();
      await row(page, "documents").locator("[role=alert]").waitFor();
      assert.match(await row(page, "documents").innerText(), /为本人办理事项/, "another purpose is named");
      await page.locator("[data-purpose]").selectOption("service");
      await settle(page);
      assert.equal(await page.getByText(head.phone).count(), 0, "another purpose is another look");
      await page.locator("[data-open=documents]").click();
      await row(page, "documents").getByText(head.document).waitFor();
      await take_pictures(page, "register-person");
    }));

  test("corrects in its place with evidence, sees the history, and takes the deed back", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const { head } = await family();
      await open(page, `/desk/register/people/${head.id}`);
      await page.locator("[data-edit=name]").click();
      await row(page, "name").locator("input").first().fill("欧阳建铭");
      await row(page, "name").locator("[name=source]").selectOption("self");
      await row(page, "name").locator("[name=evidence]").fill("看过户口簿");
      await row(page, "name").locator("[data-save]").click();
      await said(page, "已更正").waitFor();
      await row(page, "name").getByText("欧阳建铭").waitFor();
      assert.match(await row(page, "name").innerText(), /本人提供 · 今天 · 依据：看过户口簿/);
      await page.locator("[data-tell]").first().click();
      const change = page.locator("[data-history] > li").first();
      await change.waitFor();
      assert.match(await change.innerText(), /田心街道窗口[\s\S]*欧阳建明 → 欧阳建铭[\s\S]*看过户口簿/);
      await take_pictures(page, "register-history");
      await change.locator("[data-undo]").click();
      await said(page, "已撤销").waitFor();
      await row(page, "name").getByText("欧阳建明").waitFor();
      // The undoing is history too, before the entry.
      await page.locator("[data-history] > li").nth(2).waitFor();
    }));

  test("two people on one value: both values are shown, nothing is lost; another value is no clash", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(409);
      const { head } = await family();
      await open(page, `/desk/register/people/${head.id}`);
      await page.locator("[data-edit=former_names]").click();
      await row(page, "former_names").locator("textarea").fill("张小明");
      await deed(`records/${head.id}/amend`, { version: 1, values: { former_names: ["张大明"] } }, WORKER);
      await row(page, "former_names").locator("[data-save]").click();
      const clash = page.locator("[data-clash]");
      await clash.waitFor();
      assert.match(await clash.innerText(), /张大明/, "what is registered now");
      assert.equal(await row(page, "former_names").locator("textarea").inputValue(), "张小明", "what was typed");
      await row(page, "former_names").locator("[data-save]").click();
      await row(page, "former_names").locator("bdi").getByText("张小明").waitFor();

      await page.locator("[data-edit=languages]").click();
      await row(page, "languages").getByText("湘方言").click();
      await deed(`records/${head.id}/confirm`, { version: 3, fields: ["name"] }, WORKER);
      await row(page, "languages").locator("[data-save]").click();
      await row(page, "languages").locator("bdi").getByText("湘方言").waitFor();
    }));

  test("moves a person out of one home into another found by its address, and back by one press", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const { building, head } = await family();
      await open(page, `/desk/register/people/${head.id}`);
      await page.locator("[data-move]").click();
      const dialog = page.locator("dialog[open]");
      await dialog.locator("input[type=search]").fill(`${building.name}5栋1单元302`);
      await dialog.locator("input[type=search]").press("Enter");
      await dialog.locator(".choice", { hasText: "1单元302" }).click();
      await dialog.locator("[name=relation]").selectOption("tenant");
      await dialog.locator("[data-move-in]").click();
      await page.getByRole("link", { name: /1单元302/ }).waitFor();
      assert.equal(await page.getByRole("link", { name: /2单元301/ }).count(), 0, "the old home ended with it");
      await said(page, "已迁入").getByRole("button").click();
      await page.getByRole("link", { name: /2单元301/ }).waitFor();
      assert.equal(await page.getByRole("link", { name: /1单元302/ }).count(), 0);
    }));

  test("merges two records value by value, takes it back as one, and says that they are two", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const { head, building } = await family();
      const twin = await enter("person", { name: "欧阳建民", birth_on: "1952-03-02", sex: "male", phones: ["13907330008"] }, { area_path: building.area_path });
      await open(page, `/desk/register/merge?keep=${head.id}&gone=${twin}`, "check");
      await page.locator("[data-pair=name].differs").waitFor();
      assert.match(await page.locator("[data-pair=phones]").innerText(), /两边都留/);
      await page.locator("[data-pair=name] td").last().locator("input").check();
      await take_pictures(page, "register-merge");
      await page.locator("[data-merge]").click();
      await page.locator(`[data-record="${head.id}"]`).waitFor();
      assert.match(await row(page, "name").innerText(), /欧阳建民/);
      await said(page, "已合并").getByRole("button").click();
      await said(page, "已撤销").waitFor();
      await page.locator("[data-pair=name].differs").waitFor();
      const again = await call("GET", `/api/registry/records/${twin}?purpose=check`, await token_of(DESK));
      assert.equal(again.body.state, "live", "the other one stands again");
      await page.locator("[data-not-same]").click();
      await page.locator("dialog[open] [name=reason]").fill("问过本人，是两个人");
      await page.locator("[data-tell-apart]").click();
      await said(page, "不是同一个").waitFor();
      await page.locator("[data-show-apart]").click();
      await page.locator("[data-told-apart]", { hasText: "问过本人" }).locator("[data-take-back]").click();
      await page.locator("[data-told-apart]", { hasText: "问过本人" }).waitFor({ state: "detached" });
    }));

  test("service facts stay closed until they are opened for a service; one is entered with its proof", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const { head } = await family();
      await open(page, `/desk/register/people/${head.id}`, "visit");
      await page.locator("[data-open=facts]").click();
      await page.locator(".facts-card [role=alert]").waitFor();
      await page.locator("[data-purpose]").selectOption("assistance");
      await settle(page);
      await page.locator("[data-open=facts]").click();
      await page.locator("[data-enter-fact]").click();
      const dialog = page.locator("dialog[open]");
      await dialog.locator("[name=fact]").selectOption("moves_with_help");
      await dialog.getByText("上门办理，紧急疏散帮扶").waitFor();
      await dialog.locator("[data-enter]").click();
      await page.locator("[data-fact=moves_with_help]").waitFor();
      assert.match(await page.locator("[data-fact=moves_with_help]").innerText(), /上门办理/);
    }));

  test("a building is walked with the arrow keys and opened with Enter; a home shows who lives there", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const { building, home } = await family();
      await open(page, `/desk/register/buildings/${building.building}`);
      await take_pictures(page, "register-building");
      assert.match(await page.locator(".register").innerText(), /12 套房屋，空置 2 套，住 2 人/);
      assert.match(await page.locator("[data-room='301']").last().innerText(), /自住[\s\S]*2 人/);
      await page.locator("[data-room='301']").first().focus();
      for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
      assert.match(await page.evaluate(() => document.activeElement.textContent), /2单元 *301/);
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/homes/${home}`);
      await page.locator("[data-choose-purpose=visit]").click();
      await page.locator("[data-member]").first().waitFor();
      assert.match(await page.locator("[data-member]").first().innerText(), /欧阳建明[\s\S]*户主/, "the head comes first");
      await take_pictures(page, "register-home");
      await page.locator("[data-building]").click();
      await page.waitForURL(`**/buildings/${building.building}`);
    }));

  test("a table is brought in: its columns are confirmed, its faults told, the right rows saved, and all of it taken back", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const { building } = await family();
      await open(page, "/desk/register/import");
      await page.locator("input[type=file]").setInputFiles(table_of_people(building.name));
      await page.locator("[data-send]").click();
      await page.locator("[data-check]").waitFor();
      assert.equal(await page.locator("select[aria-label*='姓名']").inputValue(), "person.name", "the column is known by its head");
      await take_pictures(page, "register-import");
      await page.locator("[data-check]").click();
      await page.locator("[data-state=checked]").waitFor();
      assert.match(await page.locator("[data-report]").innerText(), /1\s*新登记[\s\S]*2\s*有错/);
      const errors = await page.request.get(await page.locator("[data-errors]").getAttribute("href"));
      assert.equal((await errors.body()).subarray(0, 2).toString(), "PK", "the error workbook is one");
      await take_pictures(page, "register-import-checked");
      await page.locator("[data-save-table]").click();
      await page.locator("[data-state=saved]").waitFor();
      const found = async () => (await call("GET", `/api/registry/dwellings/${building.homes["1单元201"]}/home?purpose=check`, await token_of(DESK))).body.members.length;
      assert.equal(await found(), 1, "the right row is in");
      await page.locator("[data-undo-table]").click();
      await page.locator("[data-state=undone]").waitFor();
      assert.equal(await found(), 0, "and out again");
    }));

  test("a thing has its plate printed by itself; who may not change it is told why", { timeout: TEST_MS_MAX }, async () => {
    const building = await make_building(grid_of(WORKER));
    const lamp = await enter("thing", { component: "0101", name: "路灯 7" }, { place: building.building });
    await as_staff({ login: DESK }, async (page) => {
      await open(page, `/desk/register/records/${lamp}`, "check");
      const coming = page.waitForEvent("download");
      await page.locator("[data-print-plates]").click();
      assert.equal(readFileSync(await (await coming).path()).subarray(0, 4).toString(), "%PDF");
      await said(page, "新发了 1 个牌号").waitFor();
      assert.equal(await page.locator("[data-why-not]").count(), 0, "the desk may do all there is to do");
      await page.locator("[data-begin-end]").click();
      await page.locator("dialog[open] [data-end]").click();
      await said(page, "已注销").waitFor();
      for (const deed of ["[data-print-plates]", "[data-begin-end]", "[data-edit]"]) await page.waitForFunction((deed) => !document.querySelector(deed), deed); // What has ended is only read.
    });
  });

  test("a copy is masked, says why, and is counted", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(422);
      const { head } = await family();
      await open(page, "/desk/register/export", "check");
      await page.locator("[data-export]").click();
      await page.locator("[name=reason][aria-invalid]").waitFor();
      await page.locator("[name=reason]").fill("核对本街道的居民名册");
      await page.locator("select").filter({ hasText: "CSV" }).selectOption("csv");
      const coming = page.waitForEvent("download");
      await page.locator("[data-export]").click();
      const copy = readFileSync(await (await coming).path(), "utf8");
      await said(page, "已导出").waitFor();
      assert.ok(copy.split("\n", 1)[0].includes("导出编号"), "each line says which copy it is of");
      assert.ok(copy.includes(masked(head.phone)) && !copy.includes(head.phone), "telephones are masked");
    }));

  test("a worker finds a home of the own grid, says that nothing changed, enters somebody new; who lives in another grid is not found", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: WORKER, width: 360 }, async (page, watch) => {
      watch.allow(404);
      watch.allow(409);
      const [mine, theirs] = [await family(), await family(await other_grid())];
      await open(page, "/grid/register", "visit");
      const box = page.locator("input[type=search]");
      await box.fill(theirs.building.name);
      await page.keyboard.press("Enter");
      await page.getByText("您的网格里没有找到").waitFor();
      await page.goto(`/grid/register/people/${theirs.head.id}`);
      await page.locator("[role=alert]").waitFor();
      assert.equal(await page.getByText("欧阳建明").count(), 0, "nor is the page there");

      await page.goto("/grid/register");
      await box.fill(`${mine.building.name} 2单元301`);
      await page.keyboard.press("Enter");
      await page.locator(`a[data-line][href$="${mine.home}"]`).click();
      await page.locator("[data-member]").first().waitFor();
      watch.taps = 0;
      await tap(watch, page.locator("[data-no-change]"));
      await said(page, "没有变化").waitFor();
      assert.equal(watch.taps, 1, "a visit without changes is one press");
      await take_pictures(page, "register-visit");

      await page.locator("[data-add-new]").click();
      const dialog = page.locator("dialog[open]");
      await dialog.locator("input").first().fill("张小宝");
      await dialog.locator("[name=relation]").selectOption("grandchild");
      await dialog.locator("[data-enter]").click();
      await page.locator("[data-member]", { hasText: "张小宝" }).waitFor();
      assert.match(await page.locator("[data-member]", { hasText: "张小宝" }).innerText(), /孙辈/);
    }));

  for (const [lang, elder] of [["zh", false], ["en", true]]) {
    test(`every screen of the register in ${lang}${elder ? ", large letters" : ""}: no violation, nothing cut`, { timeout: TEST_MS_MAX * 2 }, async () => {
      const { building, home, head, spouse } = await family();
      const found = [];
      const visit = async (page, paths) => {
        for (const path of paths) {
          await open(page, path);
          if (path.includes("people/")) await page.locator("[data-tell]").first().click();
          await settle(page);
          for (const width of WIDTHS) {
            await resize(page, width);
            found.push(...[...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))].map((one) => `${path} at ${width}: ${one}`));
          }
        }
      };
      const lamp = await enter("thing", { component: "0101", name: "路灯 7" }, { place: building.building });
      const below = [`people/${head.id}`, `homes/${home}`, `buildings/${building.building}`, `records/${building.estate}`, `records/${lamp}`];
      await as_staff({ login: DESK, lang, elder }, (page) => visit(page, ["", "?q=oyjm", "stale", "duplicates", "affected", "requests", "import", "export", `merge?keep=${head.id}&gone=${spouse.id}`, ...below].map((path) => `/desk/register${path.startsWith("?") || path === "" ? "" : "/"}${path}`)));
      await as_staff({ login: WORKER, lang, elder }, (page) => visit(page, ["", ...below].map((path) => `/grid/register/${path}`)));
      assert.deepEqual([...new Set(found)], []);
    });
  }
});
