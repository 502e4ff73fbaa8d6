// The hotline on the desk: a table is checked row by row, taken in once, and what became of each order stands there; who asks the same again
// gets the earlier result, and the dispatcher sees what is like a case and why.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_staff, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { take_pictures } from "../pictures.mjs";
import { settle } from "../screens.mjs";
import { call, find_staffed_grid, token_of } from "../staff.mjs";
import { fresh_phone } from "../town.mjs";

const DISPATCHER = "dispatcher";
const TEST_MS_MAX = 180_000;
const HEAD = "工单编号,受理时间,诉求类型,诉求内容,事发地址,来电人,联系电话,诉求分类,备注";
/** Numbers nobody has handed in before, however often the story runs. */
const run = Date.now().toString(36);
const caller = fresh_phone();
const WANTED = "和平小区 3 栋从昨晚开始没水，一滴都没有。";
const row = (number, words = WANTED, at = "2026-03-02 09:15", phone = caller) => [`${run}-${number}`, at, "求助", words, "和平小区 3 栋", "周阿姨", phone, "停水", "不读的列"].join(",");

const table = (...rows) => ({ name: "工单.csv", mimeType: "text/csv", buffer: Buffer.from([HEAD, ...rows].join("\r\n"), "utf8") });

async function open(page) {
  await page.goto("/desk/hotline");
  await settle(page);
}

async function drop(page, file) {
  await page.setInputFiles("input[type=file]", file);
  await page.locator("[data-table-report]").waitFor();
  await settle(page);
}

describe("the hotline on the desk", { concurrency: 1 }, () => {
  with_browser();

  test("a table is checked first: what does not hold is told by row and column, and nothing is taken by looking", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page) => {
      await open(page);
      await drop(page, table(row(1), row(2, WANTED, "昨天上午")));
      const fault = page.locator("[data-table-fault]");
      assert.equal(await fault.count(), 1);
      assert.match(await fault.innerText(), /3[\s\S]*受理时间/, "the third row, by its heading");
      assert.match(await page.locator("[data-table-report]").innerText(), /没有读的：[\s\S]*备注/);
      await take_pictures(page, "desk-hotline");
      const listed = await call("GET", "/api/linkage/work-orders?limit=100", await token_of(DISPATCHER));
      assert.ok(!listed.body.items.some((one) => one.number.startsWith(run)));
    }));

  test("it is taken in once; the same caller asking the same again gets the earlier result", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page) => {
      await open(page);
      await drop(page, table(row(1)));
      await page.locator("[data-take]").click();
      const order = page.locator(`[data-work-order='${run}-1']`);
      await order.waitFor();
      assert.match(await order.innerText(), /立为事件/);
      await page.reload();
      await settle(page);
      await drop(page, table(row(1), row(3)));
      assert.match(await page.locator("[data-table-report]").innerText(), /共 2 行：1 件会答复原结果，1 件以前收过。/);
      await page.locator("[data-take]").click();
      const again = page.locator(`[data-work-order='${run}-3']`);
      await again.waitFor();
      assert.match(await again.innerText(), /答复原结果/);
      const number = await order.locator("[data-line]").innerText();
      assert.equal(await again.locator("[data-line]").innerText(), number, "the same case");
      await again.locator("[data-line]").click();
      await page.locator(".case-columns").waitFor();
    }));

  test("the dispatcher sees what is like a case, and why", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page) => {
      const grid = await find_staffed_grid();
      const report = async () => {
        const words = `幸福路小学门口的路灯杆倾斜${run}，快倒了。`;
        const made = await call("POST", "/api/cases", null, { words, type: "P01001", answers: { how_far: "home" }, place: { grid, address: "幸福路小学门口" }, reporter: { phone: fresh_phone() } });
        assert.equal(made.status, 200, JSON.stringify(made.body));
        return made.body.number;
      };
      const [first, second] = [await report(), await report()];
      await page.goto(`/desk/case/${second}`);
      await page.locator(".case-columns").waitFor();
      const like = page.locator("[data-similar]").filter({ hasText: first });
      await like.waitFor();
      assert.ok((await like.locator("[data-why]").innerText()).length > 5, "with its reasons");
      await take_pictures(page, "desk-similar");
      assert.deepEqual([...(await find_axe(page)), ...(await find_overflow(page))], []);
    }));

  for (const elder of [false, true]) {
    for (const lang of ["zh", "en"]) {
      test(`${elder ? "elder" : "ordinary"} ${lang}: no violation, nothing cut, nothing told by colour alone`, { timeout: TEST_MS_MAX }, () =>
        as_staff({ login: DISPATCHER, elder, lang }, async (page) => {
          await open(page);
          await drop(page, table(row(5), row(6, "")));
          const found = [];
          for (const width of WIDTHS) {
            await resize(page, width);
            found.push(...[...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))].map((one) => `${width}: ${one}`));
          }
          assert.deepEqual([...new Set(found)], []);
        }));
    }
  }
});
