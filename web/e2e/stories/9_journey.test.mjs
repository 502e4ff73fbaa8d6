// The main job across every screen: a resident reports, the worker takes it and cannot, the desk dispatches, the operator returns and objects, the
// dispatcher rules,
// done with proof, checked, the reporter says no, done again, confirmed and rated. Each person on a screen of their own.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, as_staff, send, tap, with_browser } from "../browser.mjs";
import { follow, report_plainly } from "../people.mjs";
import { make_photo } from "../photo.mjs";
import { take_pictures } from "../pictures.mjs";
import { open_case, state_of, take_step } from "../screens.mjs";
import { find_staffed_grid } from "../staff.mjs";

const WORDS = "单元门口垃圾三天没人收，下面还一直渗水。";
const OPERATOR = "供水公司";

describe("the main job, each on their own screen", () => {
  with_browser();

  test("from the report to the rating", async () => {
    const grid = await find_staffed_grid();
    let receipt;
    const photo = { mended: true, width: 1200, height: 900 };
    const resident = (story) => as_resident({ script: false }, story);
    const at = (login, face, story, more = {}) => as_staff({ login, ...more }, async (page, watch) => {
      await open_case(page, face, receipt.number);
      await story(page, watch);
    });

    await resident(async (page, watch) => {
      receipt = await report_plainly(page, watch, { grid, words: WORDS, address: "3栋2单元" });
    });

    await at("worker", "grid", async (page) => {
      await take_step(page, "take");
      await take_pictures(page, "worker-case");
      await take_step(page, "pass_up", { note: "垃圾清了，渗水是供水管破了，要供水公司来。" });
    }, { width: 360 });

    await at("desk", "desk", async (page) => {
      await take_step(page, "dispatch", { post: OPERATOR });
      assert.match(await page.locator(".timeline").innerText(), /供水公司/);
    });

    await at("unit", "desk", async (page) => {
      await take_step(page, "return", { reason: 1, note: "没写清是哪根管。" });
    });
    await at("desk", "desk", async (page) => {
      await take_step(page, "dispatch", { post: OPERATOR, note: "2单元门口左边的竖管。" });
    });
    await at("unit", "desk", async (page) => {
      await take_step(page, "object", { reason: 1, note: "可能是物业的户内管。" });
    });

    await at("dispatcher", "desk", async (page) => {
      await take_step(page, "rule", { post: OPERATOR, note: "现场看过，是楼外的主管。" });
      assert.match(await state_of(page), /已派出/);
    });

    const mend = (note) => at("unit", "desk", async (page) => {
      if (await page.locator("[data-act=take]").first().isVisible()) await take_step(page, "take");
      await take_step(page, "finish", { note, photo: await make_photo(page, photo) });
    });
    const check = () => at("desk", "desk", async (page) => {
      await take_step(page, "verify", { note: "到现场看过，不漏了。" });
      assert.match(await state_of(page), /确认/);
    });
    await mend("换了一段主管，地面已冲洗。");
    await check();

    await resident(async (page, watch) => {
      await follow(page, watch, receipt);
      assert.ok((await page.locator(".line img").count()) >= 1, "done is shown by a photo");
      await page.locator("#reopen summary").click();
      await page.fill("#words", "夜里又渗了，接头那里。");
      await send(page, () => tap(watch, page.locator("#reopen button[type=submit]")));
    });

    await mend("接头重新焊过，观察一天不漏。");
    await check();

    await resident(async (page, watch) => {
      await follow(page, watch, receipt);
      await send(page, () => tap(watch, page.locator("#confirm button")));
      assert.match(await page.locator("[data-state]").innerText(), /已办结/);
      await page.locator("input[name=stars][value='5']").check();
      await send(page, () => tap(watch, page.locator("#rate button[type=submit]")));
    });

    await at("desk", "desk", async (page) => {
      const told = await page.locator(".timeline").innerText();
      for (const step of ["办不了，上交", "退回", "提出管辖异议", "裁定承办单位", "没解决，重新办理", "确认解决"]) assert.ok(told.includes(step), `${step} in the history`);
    });
  });
});
