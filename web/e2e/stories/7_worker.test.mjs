// The grid worker's phone: signing in, the day's tasks, taking, returning once, done with a photo, what happens when the line or the session breaks.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, as_staff, resize, tap, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow, find_small } from "../checks.mjs";
import { wait_for_value, wait_until_kept } from "../drafts.mjs";
import { report_plainly } from "../people.mjs";
import { make_photo } from "../photo.mjs";
import { take_pictures } from "../pictures.mjs";
import { settle, show_all_tasks } from "../screens.mjs";
import { find_staffed_grid } from "../staff.mjs";
import { accounts } from "../town.mjs";

const WORKER = "worker";
/** A matter for the grid at any hour; what makes noise is not for it at night. */
const DOGS = "楼下有人遛狗不牵绳，狗屎也不收，老人孩子都怕。";
const SCRIPT = '<script>alert("x")</script>';
const RIGHT_TO_LEFT = "\u202eمرحبا\u202c";

describe("the worker's phone", () => {
  with_browser();

  /** A resident's report that the rules give to the worker of the grid. */
  async function reported(words = DOGS) {
    const grid = await find_staffed_grid();
    let receipt;
    await as_resident({ script: false }, async (page, watch) => {
      receipt = await report_plainly(page, watch, { grid, words, address: "3栋前坪" });
    });
    return receipt;
  }

  async function open_case(page, number) {
    await page.goto(`/grid/case/${number}`);
    await page.locator("[data-more], [data-act]").first().waitFor();
  }

  test("signs in, finds the new case in the list without reloading, takes it and says it is done, in five taps", () =>
    as_resident({ width: 360 }, async (page, watch) => {
      watch.allow(401);
      const account = accounts().accounts.find((one) => one.login === WORKER);
      await page.goto("/grid");
      await page.fill("[name=login]", account.login);
      await page.fill("[name=password]", "not the password");
      await page.getByRole("button", { name: "登录", exact: true }).click();
      await page.locator(".problem").waitFor();
      assert.equal(await page.locator("[name=password]").evaluate((field) => field === document.activeElement), true, "the focus is where the trouble is");
      await page.fill("[name=password]", account.password);
      await page.getByRole("button", { name: "登录", exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "今天" }).waitFor();
      await show_all_tasks(page);

      const receipt = await reported();
      const card = page.locator(`.task[href$="${receipt.number}"]`);
      await card.waitFor();
      await take_pictures(page, "worker-tasks");
      watch.taps = 0;
      await tap(watch, card);
      await tap(watch, page.locator("[data-act=take]"));
      await tap(watch, page.locator("[data-act=finish]"));
      await page.fill("[name=note]", "和狗主人说好了，出门牵绳，狗屎带走。");
      const photo = await make_photo(page, { mended: true, width: 1200, height: 900 });
      await page.setInputFiles("dialog input[type=file]", photo);
      await page.locator("dialog .shot canvas").waitFor();
      await take_pictures(page, "worker-done");
      await tap(watch, page.locator("dialog [data-send]"));
      await page.locator(".timeline").getByText("处理完成").waitFor();
      assert.ok(watch.taps <= 5, `${watch.taps} taps`);
      await page.locator(".timeline img").first().waitFor();

      await page.goto("/grid/day");
      const handled = page.locator("[data-sentence=cases_handled]");
      await handled.locator("summary").click();
      await handled.locator(".link-row").filter({ hasText: receipt.number }).first().waitFor();
      await take_pictures(page, "worker-day");
    }));

  test("returns a case once, with a reason; the second time the screen says why not", () =>
    as_staff({ login: WORKER, width: 360 }, async (page) => {
      const receipt = await reported();
      await open_case(page, receipt.number);
      await page.locator("[data-more]").click();
      await page.locator("dialog [data-act=return]").click();
      await page.selectOption("[name=reason]", { index: 1 });
      await page.fill("[name=note]", "不在我的网格。");
      await page.locator("dialog [data-send]").click();
      await page.locator(".said-notice.good").waitFor();
      await page.goto(`/grid/case/${receipt.number}`);
      await page.locator(".timeline").getByText("不在我的网格。").waitFor();
      await page.locator("[data-more]").click();
      await page.locator("dialog details.more summary").click();
      assert.ok((await page.locator("dialog .facts dd").allInnerTexts()).every((why) => why.length > 3), "each says why not");
    }));

  test("a session that ends in the middle lies over the text and gives it back", () =>
    as_staff({ login: WORKER, width: 360 }, async (page, watch) => {
      for (const status of [401, 404]) watch.allow(status);
      const receipt = await reported();
      await open_case(page, receipt.number);
      await page.locator("[data-more]").click();
      await page.locator("dialog [data-act=object]").click();
      await page.selectOption("[name=reason]", { index: 1 });
      await page.fill("[name=note]", `这是公园管理处的事 ${SCRIPT}${RIGHT_TO_LEFT}`);
      const [session] = (await page.context().cookies()).filter((cookie) => cookie.name === "session");
      await page.context().clearCookies({ name: "session" });
      await page.locator("dialog [data-send]").click();
      const again = page.getByRole("dialog", { name: "登录已过期" });
      await again.waitFor();
      const account = accounts().accounts.find((one) => one.login === WORKER);
      await again.locator("[name=login]").fill(account.login);
      await again.locator("[name=password]").fill(account.password);
      await again.getByRole("button", { name: "登录", exact: true }).click();
      await again.waitFor({ state: "detached" });
      assert.ok(session && (await page.inputValue("[name=note]")).includes(SCRIPT), "the text is there");
      await page.locator("dialog [data-send]").click();
      await page.locator(".said-notice.good").waitFor();
      await page.goto(`/grid/case/${receipt.number}`);
      await page.locator(".timeline").getByText(SCRIPT).waitFor();
    }));

  test("what was typed is there after a reload, and gone once sent", () =>
    as_staff({ login: WORKER, width: 360 }, async (page) => {
      await page.goto("/grid/report");
      await page.fill("[name=words]", "5栋前面的路灯不亮，晚上看不见路。");
      await page.fill("[name=address]", "5栋");
      await page.locator("[name=type]").first().waitFor();
      await wait_until_kept(page);
      await page.reload();
      await wait_for_value(page, "[name=words]", "5栋前面的路灯不亮，晚上看不见路。");
      await page.locator("[name=type]").first().check();
      await take_pictures(page, "worker-report");
      await page.locator("[data-send]").click();
      await page.getByText("已上报").waitFor();
      await page.reload();
      await page.locator("[name=words]").waitFor();
      await settle(page);
      assert.equal(await page.inputValue("[name=words]"), "");
    }));

  test("without a line the screen says so, keeps what it has, and comes back", () =>
    as_staff({ login: WORKER, width: 360 }, async (page, watch) => {
      watch.allow("net::ERR");
      const receipt = await reported();
      await page.goto("/grid");
      await show_all_tasks(page);
      await page.locator(`.task[href$="${receipt.number}"]`).waitFor();
      await page.context().setOffline(true);
      await page.getByRole("button", { name: "刷新" }).click();
      await page.getByText("没有连上").waitFor();
      assert.ok(await page.locator(`.task[href$="${receipt.number}"]`).isVisible(), "the list stays");
      await page.context().setOffline(false);
      await page.getByRole("button", { name: "再试" }).click();
      await page.getByText("没有连上").waitFor({ state: "detached" });
    }));

  test("on a phone whose clock is three days ahead the deadlines are right all the same", () =>
    as_staff({ login: WORKER, width: 360 }, async (page) => {
      const receipt = await reported();
      await page.clock.setSystemTime(Date.now() + 3 * 24 * 3_600_000);
      await page.goto("/grid");
      await show_all_tasks(page);
      const card = page.locator(`.task[href$="${receipt.number}"]`);
      await card.waitFor();
      const due = await card.locator(".due").getAttribute("class");
      assert.ok(!/soon|over/.test(due), due);
    }));

  for (const elder of [false, true]) {
    for (const lang of ["zh", "en"]) {
      test(`${elder ? "elder" : "ordinary"} ${lang}: no violation, nothing small, nothing cut`, () =>
        as_staff({ login: WORKER, elder, lang, width: 360 }, async (page) => {
          const { number } = await reported();
          const found = [];
          for (const path of ["/grid", `/grid/case/${number}`, "/grid/report", "/grid/day", "/grid/me"]) {
            await page.goto(path);
            await page.locator("main :is(.card, .task, .empty, .day-line)").first().waitFor();
            for (const width of [320, ...WIDTHS]) {
              await resize(page, width);
              const wrong = [...(await find_overflow(page)), ...(width === 320 ? [] : [...(await find_axe(page)), ...(await find_small(page, elder)), ...(await find_colour_only(page))])];
              found.push(...wrong.map((one) => `${path} at ${width}: ${one}`));
            }
          }
          assert.deepEqual([...new Set(found)], []);
        }));
    }
  }
});
