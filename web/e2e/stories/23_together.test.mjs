// Together: the street calls the water company to the spot; it comes, it is decided, what is decided is its step with a clock; both sides say what
// they think; and the numbers of calls open the calls behind them.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { as_staff, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { take_pictures } from "../pictures.mjs";
import { settle } from "../screens.mjs";
import { call, find_staffed_grid, token_of } from "../staff.mjs";
import { fresh_phone } from "../town.mjs";

const TEST_MS_MAX = 180_000;
const PLACE = "3栋前坪";
const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });

let number;

async function open(page, path) {
  await page.goto(path);
  await settle(page);
}

async function assert_sound(page, what) {
  for (const width of WIDTHS) {
    await resize(page, width);
    assert.deepEqual(await find_overflow(page), [], `${what} at ${width}`);
  }
  assert.deepEqual(await find_axe(page), [], what);
  assert.deepEqual(await find_colour_only(page), [], what);
}

/** A case the street's desk has in hand. */
async function in_hand() {
  const token = await token_of("desk");
  const body = { words: "一楼门前渗水，几家说法不一，要一起看。", type: "P07008", place: { grid: await find_staffed_grid(), address: PLACE }, source: "desk", reporter: { phone: fresh_phone() } };
  const { status, body: made } = await call("POST", "/api/cases", token, body);
  assert.ok(status < 300, JSON.stringify(made));
  const act = (action, more = {}) => call("POST", `/api/cases/${made.id}/actions`, token, { action, ...more });
  const can = async (action) => (await call("GET", `/api/cases/${made.id}`, token)).body.actions.some((one) => one.action === action && one.can);
  if (await can("redispatch")) await act("redispatch", { to: "subdistrict_desk", note: "街道自己办" });
  for (const action of ["take", "self_handle"]) if (await can(action)) await act(action);
  return made.number;
}

describe("together", { concurrency: 1 }, () => {
  with_browser();
  before(async () => { number = await in_hand(); });

  test("a unit is asked for help, says yes and does it", { timeout: TEST_MS_MAX }, async () => {
    await as_staff({ login: "desk" }, async (page) => {
      await open(page, `/desk/case/${number}`);
      await page.locator("[data-together] [data-ask]").click();
      await page.locator("[name=to]").selectOption("unit:water_supply");
      await page.locator("dialog [name=words]").fill("请查一楼给水管有没有漏");
      await assert_sound(page, "asking for help");
      await page.locator("[data-ask-help]").click();
      await page.locator("[data-help]").filter({ hasText: "等待答复" }).waitFor();
      await take_pictures(page, "case-together");
    });
    await as_staff({ login: "unit" }, async (page) => {
      await open(page, "/desk/together");
      const line = page.locator("[data-help]").filter({ hasText: "请查一楼给水管有没有漏" }).first();
      await line.locator("[data-accept]").click();
      await said(page, "已接下协办").waitFor();
      await line.locator("[data-help-state]").filter({ hasText: "协办中" }).waitFor();
      await assert_sound(page, "the unit's desk");
      await take_pictures(page, "together");
      await line.locator("[data-finish]").click();
      await page.locator("dialog [name=words]").fill("给水管不漏，是雨水管接头");
      await page.locator("[data-say]").click();
      await said(page, "已记下").waitFor();
    });
    await as_staff({ login: "desk" }, async (page) => {
      await open(page, `/desk/case/${number}`);
      await page.locator("[data-help]").filter({ hasText: "给水管不漏，是雨水管接头" }).waitFor();
      await assert_sound(page, "a case with a helper");
    });
  });

  test("units are called to the spot; who came and what was decided is written down, and both sides reviewed", { timeout: TEST_MS_MAX }, async () => {
    let path;
    await as_staff({ login: "desk" }, async (page) => {
      await open(page, `/desk/case/${number}`);
      await page.locator("[data-whistle]").click();
      await page.locator("[name=whom][value='unit:water_supply']").check();
      await page.locator("[name=kind][value=ordinary]").check();
      await page.locator("[name=matter]").fill("请到现场一起看渗水从哪里来");
      await assert_sound(page, "calling");
      await take_pictures(page, "call-form");
      await page.locator("[data-call-units]").click();
      await page.locator("[data-call-state]").filter({ hasText: "等待到场" }).waitFor();
      path = new URL(page.url()).pathname;
    });
    await as_staff({ login: "unit" }, async (page) => {
      await open(page, path);
      await page.locator("[data-coming]").click();
      await page.locator("[data-unit-outcome]").filter({ hasText: "答复：来" }).waitFor();
      await assert_sound(page, "called");
    });
    await as_staff({ login: "desk" }, async (page) => {
      await open(page, path);
      await page.locator("[data-arrived]").click();
      await page.locator("dialog [name=words]").fill("供水抢修一队");
      await page.locator("[data-say]").click();
      await page.locator("[data-unit-outcome]").filter({ hasText: "按时到场" }).waitFor();
      await page.locator("[data-decide]").click();
      await page.locator("[name=decision]").fill("雨水管由街道修，供水公司先关小阀门");
      await page.locator("[data-task]").fill("关小楼前阀门");
      await assert_sound(page, "deciding");
      await page.locator("[data-send-decision]").click();
      await page.locator("[data-call-state]").filter({ hasText: "已议定" }).waitFor();
      await page.locator("[data-useful]").click();
      await page.locator("dialog [name=words]").fill("来得快，帮着查清了");
      await page.locator("[data-say]").click();
      await page.locator("[data-unit]").filter({ hasText: "来得快，帮着查清了" }).waitFor();
      await assert_sound(page, "a call that was decided");
      await take_pictures(page, "call");
    });
    await as_staff({ login: "unit" }, async (page) => {
      await open(page, path);
      await page.locator("[data-confirm]").click();
      await page.locator("[data-unit]").filter({ hasText: "双方确认" }).waitFor();
      await page.locator("[data-justified]").click();
      await page.locator("dialog [name=words]").fill("确实要到现场看");
      await page.locator("[data-say]").click();
      await page.locator("[data-unit]").filter({ hasText: "确实要到现场看" }).waitFor();
      await open(page, "/desk/together");
      await page.locator("[data-help]").filter({ hasText: "关小楼前阀门" }).first().waitFor();
    });
    await as_staff({ login: "dispatcher" }, async (page) => {
      await open(page, "/desk/together/figures");
      await page.locator("[data-behind=on_time]").first().click();
      await page.locator("[data-behind-rows] a").filter({ hasText: PLACE }).first().waitFor();
      await assert_sound(page, "how units answer");
      await take_pictures(page, "call-figures");
    });
  });
});
