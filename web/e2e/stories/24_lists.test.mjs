// Duty lists: the office changes who answers for a matter in a draft, lays it out; the unit it names objects, the dispatcher rules; it is taken
// back, mended, published for tomorrow; everybody reads each version and what changed, without a script.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { as_resident, as_staff, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { take_pictures } from "../pictures.mjs";
import { settle } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";

const TEST_MS_MAX = 180_000;
const LIST = "needs";
const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });

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

/** What an earlier run left open is given up: the list has one draft at a time. */
async function withdraw_open() {
  const token = await token_of("dispatcher");
  const { body } = await call("GET", "/api/cases/duties", token);
  for (const one of body.lists.find((list) => list.key === LIST).versions.filter((it) => ["draft", "laid_out"].includes(it.state))) {
    const { version } = (await call("GET", `/api/cases/duties/versions/${one.id}`, token)).body;
    await call("POST", `/api/cases/duties/versions/${one.id}/withdraw`, token, { version });
  }
}

describe("duty lists", { concurrency: 1 }, () => {
  with_browser();
  before(withdraw_open);

  test("a version is drafted, objected to, ruled on, mended and published; everybody reads it", { timeout: TEST_MS_MAX }, async () => {
    let id;
    await as_staff({ login: "dispatcher" }, async (page) => {
      await open(page, "/desk/lists");
      await page.locator(`[data-list='${LIST}'] [data-begin]`).click();
      await page.locator("[data-version-state]").filter({ hasText: "草稿" }).waitFor();
      id = new URL(page.url()).pathname.split("/").pop();
      await page.locator("[data-item='1.1'] [data-edit]").click();
      await page.locator("[name=who]").selectOption("unit:water_supply");
      await page.locator("[name=zh]").fill("照明、无障碍、健身、饮水设施补缺");
      await page.locator("[data-keep-item]").click();
      await page.locator("[data-change='1.1']").filter({ hasText: "供水公司" }).waitFor();
      await assert_sound(page, "a draft");
      await take_pictures(page, "list-draft");
      await page.locator("[data-try]").click();
      await page.locator("[data-trial-outcome]").waitFor();
      await page.locator("[data-lay-out]").click();
      await page.locator("[data-version-state]").filter({ hasText: "公示中" }).waitFor();
    });

    await as_staff({ login: "unit" }, async (page) => {
      await open(page, `/desk/lists/${id}`);
      await page.locator("[data-item='1.1'] [data-object]").click();
      await page.locator("[name=words]").fill("健身设施不归供水公司管");
      await page.locator("[data-say]").click();
      await page.locator("[data-objections]").filter({ hasText: "健身设施不归供水公司管" }).waitFor();
      await assert_sound(page, "objected to");
    });

    await as_staff({ login: "dispatcher" }, async (page, watch) => {
      await open(page, `/desk/lists/${id}`);
      watch.allow(409);
      await page.locator("[data-sustain]").click();
      await page.locator("[name=words]").fill("成立，改为只写饮水");
      await page.locator("[data-say]").click();
      await said(page, "已裁定").waitFor();
      await page.locator("[data-publish]").click();
      await page.locator("[name=document]").fill("故事〔2026〕1号");
      await page.locator("[name=reason]").fill("按季度修订");
      await page.locator("[name=early]").fill("各单位已签字");
      await page.locator("[data-confirm-publish]").click();
      await page.locator("dialog .problem").filter({ hasText: "1.1" }).waitFor();
      await page.keyboard.press("Escape");
      await page.locator("[data-take-back]").click();
      await page.locator("[data-version-state]").filter({ hasText: "草稿" }).waitFor();
      await page.locator("[data-item='1.1'] [data-edit]").click();
      await page.locator("[name=zh]").fill("公共饮水设施补缺");
      await page.locator("[data-keep-item]").click();
      await page.locator("[data-change='1.1']").filter({ hasText: "公共饮水设施补缺" }).waitFor();
      await page.locator("[data-lay-out]").click();
      await page.locator("[data-publish]").click();
      await page.locator("[name=document]").fill("故事〔2026〕1号");
      await page.locator("[name=reason]").fill("按季度修订");
      await page.locator("[name=early]").fill("各单位已签字");
      await assert_sound(page, "publishing");
      await take_pictures(page, "list-publish");
      // Another run may have taken tomorrow: the day after the latest published one.
      const { body } = await call("GET", "/api/cases/duties", await token_of("dispatcher"));
      const days = body.lists.find((list) => list.key === LIST).versions.map((one) => one.effective_from).filter(Boolean).sort();
      const tomorrow = await page.locator("[name=effective_from]").inputValue();
      const latest = days[days.length - 1] ?? "";
      const next = latest >= tomorrow ? new Date(Date.parse(latest) + 86_400_000).toISOString().slice(0, 10) : tomorrow;
      await page.locator("[name=effective_from]").fill(next);
      await page.locator("[data-confirm-publish]").click();
      await page.locator("[data-version-state]").filter({ hasText: "已发布" }).waitFor();
    });

    const { label } = (await call("GET", `/api/cases/duties/versions/${id}`)).body;
    await as_resident({}, async (page) => {
      await page.goto(`/lists?q=${encodeURIComponent("路灯")}`);
      await page.locator("#found").filter({ hasText: "市政维护机构" }).waitFor();
      await assert_sound(page, "the lists");
      await take_pictures(page, "lists");
      await page.goto(`/lists/${LIST}/${label}`);
      assert.match(await page.locator("main").innerText(), /故事〔2026〕1号[\s\S]*公共饮水设施补缺[\s\S]*异议成立/u);
      await assert_sound(page, "a list");
      await take_pictures(page, "list");
      await page.goto(`/lists/${LIST}/${label}/changes`);
      await page.locator("#change-1\\.1").filter({ hasText: "修改" }).waitFor();
      await assert_sound(page, "the changes");
      await take_pictures(page, "list-changes");
      await page.goto(`/lists/${LIST}/${label}?lang=en&elder=1`);
      await assert_sound(page, "a list in English, large");
    });
  });
});
