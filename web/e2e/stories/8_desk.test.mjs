// The desk: queues by keyboard, dispatch, many at once with half a minute to take it back, merging, a call, two people on one case, a lost session.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_staff, resize, tap, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { take_pictures } from "../pictures.mjs";
import { settle } from "../screens.mjs";
import { call, find_staffed_grid, token_of } from "../staff.mjs";
import { fresh_phone, masked } from "../town.mjs";

const DESK = "desk";
/** A matter for the grid at any hour; what makes noise is not for it at night. */
const DOGS = { type: "P06004", words: "楼下有人遛狗不牵绳，狗屎也不收，老人孩子都怕。" };
const BURST = { type: "P01002", words: "路口的水管爆了，水喷得很高。" };
/** A kind that neighbours may see, so that others can be added to a case. */
const CLUTTER = { type: "P03001", words: "楼道里堆满了杂物，走不过去。" };
const SCRIPT = '<script>document.title="broken"</script>';
const RIGHT_TO_LEFT = "\u202eمرحبا بالجميع";
const NARROWEST = 320;

/** A report written down by the desk through the API: quicker than a page, and the same case. */
async function reported(more = {}) {
  const grid = await find_staffed_grid();
  const body = { ...DOGS, place: { grid, address: "3栋前坪" }, source: "desk", reporter: { name: "周阿姨", phone: fresh_phone() }, ...more };
  const made = await call("POST", "/api/cases", await token_of(DESK), body);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body;
}

async function find(number, login = DESK) {
  return (await call("GET", `/api/cases/${number}`, await token_of(login))).body;
}

async function act(login, number, action, more = {}) {
  const seen = await find(number, login);
  const done = await call("POST", `/api/cases/${number}/actions`, await token_of(login), { action, version: seen.version, ...more });
  assert.ok(done.status === 200 || done.body?.done, `${action}: ${JSON.stringify(done.body)}`);
  return done.body;
}

/** A case the worker has returned, so that the desk must dispatch it. */
async function returned() {
  const { number } = await reported();
  const reason = (await find(number, "worker")).actions.find((one) => one.action === "return").reasons[0].code;
  await act("worker", number, "return", { reason, note: "不在我的网格。" });
  return number;
}

async function open_case(page, number) {
  await page.goto(`/desk/case/${number}`);
  await page.locator(".case-columns").waitFor();
}

const lines = (page) => page.locator("a[data-line]");

describe("the desk", { concurrency: 2 }, () => {
  with_browser();

  test("dispatches a case in three clicks: the rules' suggestion is chosen, the reason stands beside it", () =>
    as_staff({ login: DESK }, async (page, watch) => {
      const number = await returned();
      await page.goto("/desk/mine");
      await tap(watch, page.getByRole("link", { name: number }));
      await tap(watch, page.locator("[data-act=dispatch]"));
      await page.locator("dialog input[type=radio]:checked").waitFor();
      await page.getByText("规则推荐").waitFor();
      await take_pictures(page, "desk-dispatch");
      await tap(watch, page.locator("dialog [data-send]"));
      await page.locator(".timeline li").first().getByText("派单").waitFor();
      assert.ok(watch.taps <= 3, `${watch.taps} clicks`);
      assert.equal((await find(number)).state, "assigned");
    }));

  test("shows what a case needs on one screen, opens the reporter for a purpose, and says why a step is not possible", () =>
    as_staff({ login: DESK }, async (page) => {
      const phone = fresh_phone();
      const { number } = await reported({ reporter: { name: "周阿姨", phone } });
      await open_case(page, number);
      for (const part of [".case-words", ".case-place", ".case-history", ".case-sentence", ".actions", ".why"]) {
        const box = await page.locator(part).boundingBox();
        assert.ok(box && box.y < 768 - 40, `${part} begins at ${box?.y}`);
      }
      await page.getByText(masked(phone)).waitFor();
      assert.equal(await page.getByText(phone).count(), 0, "the number is masked");
      await page.getByRole("button", { name: "联系报告人" }).click();
      await page.locator("dialog .button").click();
      await page.locator(`a[href="tel:${phone}"]`).waitFor();
      await page.locator(".actions summary").click();
      assert.ok((await page.locator(".actions dd").first().innerText()).length > 2, "the reason is said");
      await page.locator(".why summary").click();
      await page.locator(".why code").first().waitFor();
      await take_pictures(page, "desk-case");
    }));

  test("is worked with the keyboard alone: down, open, the next one, back, search", () =>
    as_staff({ login: DESK }, async (page) => {
      await Promise.all([reported(), reported()]);
      await page.goto("/desk/area");
      await lines(page).first().waitFor();
      const numbers = await lines(page).allInnerTexts();
      await page.keyboard.press("j");
      await page.keyboard.press("x");
      assert.equal(await page.locator("tbody input:checked").count(), 1);
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/case/${numbers[0]}`);
      await page.locator(".case-columns").waitFor();
      await page.keyboard.press("]");
      await page.waitForURL(`**/case/${numbers[1]}`);
      await page.keyboard.press("[");
      await page.waitForURL(`**/case/${numbers[0]}`);
      await page.keyboard.press("?");
      await page.locator("dialog .key-list").waitFor();
      await page.keyboard.press("Escape");
      await page.locator(".case-columns").waitFor();
      await page.keyboard.press("q");
      await page.waitForURL("**/desk/area");
      await lines(page).first().waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type(numbers[1]);
      await page.keyboard.press("Enter");
      await page.waitForURL("**/search?q=*");
      await page.getByRole("link", { name: numbers[1] }).waitFor();
    }));

  test("keeps the filter in the address, and what comes meanwhile waits until it is asked for", () =>
    as_staff({ login: DESK }, async (page) => {
      const first = await reported();
      await page.goto("/desk/area");
      await lines(page).first().waitFor();
      await page.getByLabel("类型").selectOption(DOGS.type);
      await page.waitForURL(/type=P06004/);
      await page.reload();
      await page.getByRole("link", { name: first.number }).waitFor();
      // The list of types may come after the lines.
      await page.locator(`select:has(option:checked[value="${DOGS.type}"])`).waitFor();
      const before = await lines(page).allInnerTexts();
      const second = await reported();
      await page.locator("[data-fresh]").waitFor();
      assert.deepEqual(await lines(page).allInnerTexts(), before, "no line moved");
      await page.keyboard.press("n");
      await page.getByRole("link", { name: second.number }).waitFor();
    }));

  test("handles fifty together in six clicks; taken back within half a minute nothing happens, left alone it is told case by case", { timeout: 240_000 }, () =>
    as_staff({ login: DESK }, async (page, watch) => {
      for (let made = 0; made < 50; made += 1) await reported({ words: `${DOGS.words}（${made}）` });
      await page.goto(`/desk/area?type=${DOGS.type}&state=assigned`);
      await lines(page).nth(49).waitFor();
      const number = await lines(page).first().innerText();
      const version = (await find(number)).version;
      const begin = async () => {
        await tap(watch, page.locator("thead input"));
        await tap(watch, page.locator("[data-together]"));
        await tap(watch, page.locator("dialog .choice", { hasText: "改派" }));
        await tap(watch, page.locator("dialog .choice", { hasText: "各自的街道窗口" }));
        await page.fill("dialog [name=note]", "统一由窗口联系。");
        await tap(watch, page.locator("dialog [data-send]"));
      };
      watch.taps = 0;
      await begin();
      assert.ok(watch.taps <= 6, `${watch.taps} clicks`);
      await page.getByText("还没发出").waitFor();
      // Another dialog opened meanwhile does not cover the way back.
      await page.keyboard.press("?");
      await page.locator("dialog .key-list").waitFor();
      await page.getByRole("button", { name: /撤销/ }).click();
      await page.keyboard.press("Escape");
      await page.getByText("已撤销，什么都没有改动").waitFor();
      assert.equal((await find(number)).version, version, "nothing was sent");

      await begin();
      // One of them goes on meanwhile: it is refused by itself, the others are done.
      await act("worker", number, "take");
      await page.locator("dialog", { hasText: "批量“改派”的结果" }).waitFor({ timeout: 60_000 });
      await page.getByText("办成 49 件，没办成 1 件").first().waitFor();
      assert.match(await page.locator("dialog tbody tr").first().innerText(), new RegExp(number));
      await take_pictures(page, "desk-together");
    }));

  test("merges two reports after comparing them; both numbers lead to the one that goes on", () =>
    as_staff({ login: DESK }, async (page) => {
      const first = await reported({ words: "有人遛狗不牵绳。" });
      const second = await reported({ words: "跳舞的音响太响，孩子睡不着。" });
      await open_case(page, second.number);
      await page.locator("[data-act=merge]").click();
      await page.fill("dialog [name=other]", first.number);
      await page.locator("dialog form .button").click();
      await page.locator(".compare .differs").first().waitFor();
      await take_pictures(page, "desk-merge");
      assert.equal(await page.locator(`dialog input[value="${first.number}"]`).isChecked(), true, "the earlier one goes on");
      await page.locator("[data-merge]").click();
      await page.waitForURL(`**/case/${first.number}`);
      assert.equal((await find(second.number)).state, "merged");
    }));

  test("a call: the kind is offered from the words, the draft outlives a reload, number and code are read out", () =>
    as_staff({ login: DESK }, async (page) => {
      await page.goto("/desk/report");
      await page.fill("[name=words]", "楼下有人遛狗不牵绳，狗屎也不收。");
      await page.locator("[name=type]:checked").waitFor();
      await page.locator("[name=community] option").nth(1).waitFor({ state: "attached" });
      await page.locator("[name=community]").selectOption({ index: 1 });
      await page.locator("[name=grid] option").nth(1).waitFor({ state: "attached" });
      await page.locator("[name=grid]").selectOption({ index: 1 });
      await page.fill("[name=address]", "6栋东头");
      const phone = fresh_phone();
      await page.fill("[name=phone]", phone);
      await page.waitForTimeout(500);
      await page.reload();
      assert.equal(await page.inputValue("[name=phone]"), phone);
      assert.equal(await page.inputValue("[name=address]"), "6栋东头");
      await take_pictures(page, "desk-call");
      await page.locator("[data-send]").click();
      await page.locator(".aloud").waitFor();
      const [number, code] = await page.locator(".aloud dd").allInnerTexts();
      assert.match(code, /^\d{3} \d{3}$/);
      const made = await find(number);
      assert.deepEqual([made.source, made.reporter_phone], ["desk", masked(phone)]);
      assert.match(made.place, /6栋东头/);
      await page.locator("[data-again]").click();
      assert.equal(await page.inputValue("[name=words]"), "", "the draft is gone when it is sent");
    }));

  test("a call put through by the hotline is kept as one, by who dispatches", () =>
    as_staff({ login: "dispatcher" }, async (page) => {
      const grid = await find_staffed_grid();
      await page.goto("/desk/report");
      await page.fill("[name=words]", DOGS.words);
      await page.locator("[name=type-list]").selectOption(DOGS.type);
      await page.locator(`[name=community] option[value="${grid.slice(0, 12)}"]`).waitFor({ state: "attached" });
      await page.locator("[name=community]").selectOption(grid.slice(0, 12));
      await page.locator(`[name=grid] option[value="${grid}"]`).waitFor({ state: "attached" });
      await page.locator("[name=grid]").selectOption(grid);
      await page.fill("[name=phone]", fresh_phone());
      await page.locator("[name=hotline]").check();
      await page.locator("[data-send]").click();
      await page.locator(".aloud").waitFor();
      const [number] = await page.locator(".aloud dd").allInnerTexts();
      assert.equal((await find(number, "dispatcher")).source, "hotline");
    }));

  test("a call about something reported already: the caller is added to it", () =>
    as_staff({ login: DESK }, async (page) => {
      const grid = await find_staffed_grid();
      await reported(CLUTTER);
      await page.goto("/desk/report");
      await page.fill("[name=words]", CLUTTER.words);
      await page.locator("[name=type-list]").selectOption(CLUTTER.type);
      await page.locator(`[name=community] option[value="${grid.slice(0, 12)}"]`).waitFor({ state: "attached" });
      await page.locator("[name=community]").selectOption(grid.slice(0, 12));
      await page.locator(`[name=grid] option[value="${grid}"]`).waitFor({ state: "attached" });
      await page.locator("[name=grid]").selectOption(grid);
      await page.fill("[name=phone]", fresh_phone());
      const same = page.locator(".same li").first();
      await same.waitFor();
      const number = (await same.locator("a").innerText()).trim();
      const before = (await find(number)).followers;
      await same.getByRole("button").click();
      await page.locator(".aloud").waitFor();
      assert.equal((await find(number)).followers, before + 1);
    }));

  test("finds by number, words and phone; a phone never stands in the address, nor unmasked in the results", () =>
    as_staff({ login: DESK }, async (page) => {
      const phone = fresh_phone();
      const { number } = await reported({ reporter: { name: "周阿姨", phone } });
      await page.goto("/desk/search");
      await page.getByText("编号：").waitFor();
      for (const text of [number.replaceAll("-", ""), "遛狗", phone]) {
        await page.fill("#bar-search", text);
        await page.keyboard.press("Enter");
        await page.getByRole("link", { name: number }).waitFor();
      }
      assert.ok(!page.url().includes(phone), page.url());
      assert.equal(await page.getByText(phone).count(), 0);
      await page.fill("#bar-search", "没有这样的话");
      await page.keyboard.press("Enter");
      await page.getByText("没有找到", { exact: true }).waitFor();
      await page.locator("[data-in-register]").click();
      await page.waitForURL((url) => url.pathname === "/desk/register" && url.searchParams.get("q") === "没有这样的话");
    }));

  test("two people on one case: the second sees who did what, and keeps what they wrote", () =>
    as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(409);
      const { number } = await reported();
      await open_case(page, number);
      await page.locator("[data-act=redispatch]").click();
      await page.fill("dialog [name=note]", "请城管看一下。");
      await act("worker", number, "take");
      await page.locator("dialog input[type=radio]").first().check();
      await page.locator("dialog [data-send]").click();
      await page.getByText("您看的时候，别人改动了这件事").waitFor();
      await page.locator("dialog .timeline").getByText("签收").waitFor();
      assert.equal(await page.inputValue("dialog [name=note]"), "请城管看一下。");
    }));

  test("while a case is open, another's change is announced and shown when asked", () =>
    as_staff({ login: DESK }, async (page) => {
      const { number } = await reported();
      await open_case(page, number);
      await act("worker", number, "take");
      await page.locator("[data-newer]").getByText("签收").waitFor();
      await page.locator("[data-newer] button").click();
      await page.locator(".case-head").getByText("处理中").waitFor();
    }));

  test("a session that ends in the middle of a call lies over the page; the words are still there", () =>
    as_staff({ login: DESK }, async (page, watch) => {
      // Without a session nobody may say that a desk reports.
      for (const status of [401, 403]) watch.allow(status);
      await page.goto("/desk/report");
      await page.fill("[name=words]", "水管爆了，水喷得很高。");
      await page.fill("[name=address]", "田心社区 9 栋");
      await page.context().clearCookies({ name: "session" });
      await page.locator("[data-send]").click();
      await page.getByRole("heading", { name: "登录已过期" }).waitFor();
      assert.equal(await page.inputValue("[name=words]"), "水管爆了，水喷得很高。");
    }));

  test("hostile text is text: a script, right to left, 200 characters, ten thousand rows pasted", () =>
    as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(422);
      const long = "李".repeat(200);
      const { number } = await reported({ words: `${SCRIPT} ${RIGHT_TO_LEFT} ${DOGS.words}`, place: { grid: await find_staffed_grid(), address: `${SCRIPT}${"楼".repeat(60)}` } });
      await open_case(page, number);
      assert.ok((await page.locator(".case-words").innerText()).includes(SCRIPT));
      assert.doesNotMatch(await page.title(), /broken/);
      await resize(page, NARROWEST);
      assert.deepEqual(await find_overflow(page), []);
      await resize(page, 1366);
      await page.goto("/desk/report");
      for (const field of ["words", "address", "name"]) await page.fill(`[name=${field}]`, `${SCRIPT}${RIGHT_TO_LEFT}${long}`);
      const rows = Array.from({ length: 10_000 }, (_, row) => `第${row}行`).join("\n");
      await page.locator("[name=words]").evaluate((field, text) => {
        field.focus();
        document.execCommand("selectAll");
        document.execCommand("insertText", false, text);
      }, rows);
      assert.ok((await page.inputValue("[name=words]")).length <= 2000, "the field holds what the server takes");
      await page.fill("#bar-search", `${SCRIPT}${long}`);
      await page.keyboard.press("Enter");
      await page.getByText("没有找到", { exact: true }).waitFor();
      assert.doesNotMatch(await page.title(), /broken/);
    }));

  test("a case prints on paper without bars or buttons", () =>
    as_staff({ login: DESK }, async (page) => {
      const { number } = await reported();
      await open_case(page, number);
      await page.emulateMedia({ media: "print" });
      for (const bar of [".bar", ".bar-places", ".actions", ".notices"]) assert.equal(await page.locator(bar).isVisible(), false, bar);
      assert.equal(await page.locator(".case-words").isVisible(), true);
      assert.equal(await page.locator(".case-history").isVisible(), true);
    }));

  test("a unit takes with one key and asks for more time once; what it objects to the dispatcher rules on", () =>
    as_staff({ login: "unit" }, async (page) => {
      const { number } = await reported(BURST);
      await open_case(page, number);
      await page.keyboard.press("t");
      await page.locator(".case-head").getByText("处理中").waitFor();
      const due = (await find(number)).due_at;
      await page.keyboard.press("e");
      await page.locator("dialog [name=reason]").selectOption({ index: 1 });
      await page.fill("dialog [name=note]", "等配件，两天内换好。");
      await page.locator("dialog input[type=number]").fill("2");
      await page.locator("dialog [data-send]").click();
      await page.locator(".timeline").getByText("延期").waitFor();
      assert.ok((await find(number)).due_at > due, "there is more time");

      const other = await reported(BURST);
      const reason = (await find(other.number, "unit")).actions.find((one) => one.action === "object").reasons[0].code;
      await act("unit", other.number, "object", { reason, note: "这是小区内部的管子。" });
      await as_staff({ login: "dispatcher" }, async (ruling) => {
        await open_case(ruling, other.number);
        await ruling.locator("[data-act=rule]").click();
        await ruling.locator("dialog input[type=radio]").first().check();
        await ruling.fill("dialog [name=note]", "由它办，小区外的主管。");
        await ruling.locator("dialog [data-send]").click();
        await ruling.locator(".timeline").getByText("裁定承办单位").waitFor();
      });
    }));

  test("a unit sees its own queue and no area's", () =>
    as_staff({ login: "unit" }, async (page) => {
      await page.goto("/desk");
      await page.getByRole("heading", { name: "我的" }).waitFor();
      assert.deepEqual(await page.locator(".bar-places a").allInnerTexts(), ["我的", "本单位", "代人上报", "协办和吹哨", "清单", "联动单位", "停水停电停气", "感知设备"]);
      await page.goto("/desk/unit");
      await page.locator("a[data-line], .empty").first().waitFor();
    }));

  test("in the mode for the elderly nothing is cut and axe finds nothing", { timeout: 120_000 }, () =>
    as_staff({ login: DESK, elder: true }, async (page) => {
      const { number } = await reported();
      const found = [];
      for (const path of ["/desk/area", `/desk/case/${number}`, "/desk/report", "/desk/search"]) {
        await page.goto(path);
        await page.locator("h1").first().waitFor();
        for (const width of [NARROWEST, 1366]) {
          await resize(page, width);
          found.push(...[...(await find_overflow(page)), ...(await find_axe(page))].map((one) => `${path} ${width}: ${one}`));
        }
      }
      assert.deepEqual(found, []);
    }));

  for (const lang of ["zh", "en"]) {
    test(`every screen in ${lang}: axe finds nothing, nothing is cut at ${NARROWEST} px with the text at twice its size`, { timeout: 180_000 }, () =>
      as_staff({ login: DESK, lang }, async (page, watch) => {
        for (const status of [403, 404]) watch.allow(status);
        const number = await returned();
        const found = [];
        for (const path of ["/desk/mine", "/desk/area", "/desk/overdue", "/desk/waiting", "/desk/all", `/desk/case/${number}`, "/desk/report", "/desk/search", "/desk/search?q=遛狗", "/desk/no-such", "/desk/case/261122-0000-0000"]) {
          await page.goto(path);
          await settle(page);
          for (const width of [NARROWEST, ...WIDTHS]) {
            await resize(page, width);
            found.push(...(await find_overflow(page)).map((one) => `${path} ${width}: ${one}`));
            if (width !== NARROWEST) found.push(...[...(await find_axe(page)), ...(await find_colour_only(page))].map((one) => `${path} ${width}: ${one}`));
          }
          await resize(page, NARROWEST);
          await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
          found.push(...(await find_overflow(page)).map((one) => `${path} at 200 %: ${one}`));
        }
        await resize(page, 1366);
        await open_case(page, number);
        await page.locator("[data-act=dispatch]").click();
        await page.locator("dialog input[type=radio]").first().waitFor();
        found.push(...(await find_axe(page)).map((one) => `dispatch: ${one}`));
        assert.deepEqual([...new Set(found)], []);
      }));
  }
});
