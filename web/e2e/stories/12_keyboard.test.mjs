// The main job with the keyboard alone, through every face: a resident reports, the worker takes it and passes it up, the desk dispatches, the operator
// proves the work with a photo, the desk checks, the reporter confirms, and the audit administrator reads what was done. No mouse, no touch.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, as_staff, send, with_browser } from "../browser.mjs";
import { expect_focus, press, type } from "../keyboard.mjs";
import { read_receipt } from "../people.mjs";
import { make_photo } from "../photo.mjs";
import { settle, state_of } from "../screens.mjs";
import { find_staffed_grid } from "../staff.mjs";
import { fresh_phone } from "../town.mjs";

const WORDS = "单元门口垃圾三天没人收，下面还一直渗水。";
const OPERATOR = "供水公司";

describe("the main job with the keyboard alone", () => {
  with_browser();

  test("from the report to the audit", { timeout: 240_000 }, async () => {
    const grid = await find_staffed_grid();
    const phone = fresh_phone();
    let receipt;

    await as_resident({ width: 1366 }, async (page) => {
      await page.goto(`/report?grid=${grid}`);
      await type(page, page.locator("#words"), WORDS);
      await page.locator("[data-suggest] input[type=radio]").first().waitFor();
      await press(page, page.locator("[data-suggest] input[type=radio]").first(), "Space");
      await type(page, page.locator("#address"), "3栋2单元");
      await type(page, page.locator("#reporter_phone"), phone);
      await send(page, () => press(page, page.locator("[data-send]")));
      const none_of_these = page.getByRole("button", { name: "都不是，提交我的" });
      if (await none_of_these.count()) await send(page, () => press(page, none_of_these));
      receipt = await read_receipt(page);
    });

    await as_staff({ login: "worker", width: 360 }, async (page) => {
      await page.goto("/grid");
      const task = page.locator(`.task[href$="${receipt.number}"]`);
      const more = page.locator("[data-more-tasks]");
      await task.or(more).first().waitFor();
      if (!(await task.count())) await press(page, more);
      await press(page, task);
      await step(page, "take");
      await press(page, page.locator("[data-more]").first());
      await step(page, "pass_up", { note: "垃圾清了，渗水是供水管破了，要供水公司来。" });
    });

    await as_staff({ login: "desk" }, async (page) => {
      await find_on_desk(page, receipt.number);
      await step(page, "dispatch", { post: OPERATOR });
    });

    await as_staff({ login: "unit" }, async (page) => {
      await find_on_desk(page, receipt.number);
      await step(page, "take");
      await step(page, "finish", { note: "换了一段主管，地面已冲洗。", photo: await make_photo(page, { mended: true, width: 800, height: 600 }) });
    });

    await as_staff({ login: "desk" }, async (page) => {
      await find_on_desk(page, receipt.number);
      await step(page, "verify", { note: "到现场看过，不漏了。" });
      assert.match(await state_of(page), /确认/);
    });

    await as_resident({ width: 1366 }, async (page) => {
      await page.goto("/follow");
      await type(page, page.locator("#number"), receipt.number);
      await type(page, page.locator("#code"), receipt.code);
      await send(page, () => page.keyboard.press("Enter"));
      await send(page, () => press(page, page.locator("#confirm button")));
      assert.match(await page.locator("[data-state]").innerText(), /已办结/);
    });

    await as_staff({ login: "audit-admin" }, async (page) => {
      await page.goto("/admin");
      await settle(page);
      await press(page, page.locator("main a[href='/admin/audit']"));
      await page.locator("table tbody tr").first().waitFor();
      await expect_focus(page);
      // Steps of cases only, by the address: whatever else happens in the district meanwhile comes before them in the record.
      await page.goto("/admin/audit?name=cases.case_stepped");
      const line = page.locator("tbody tr", { hasText: receipt.number }).first().locator("button");
      await press(page, line);
      await page.locator("dialog .facts").waitFor();
      await page.keyboard.press("Escape");
      await page.locator("dialog").waitFor({ state: "detached" });
      assert.ok(await line.evaluate((one) => one === document.activeElement), "back where one was");
    });
  });
});

/** By the search of the desk: "/" leads to it from anywhere. */
async function find_on_desk(page, number) {
  await page.goto("/desk");
  await settle(page);
  await page.keyboard.press("/");
  await page.keyboard.insertText(number);
  await page.keyboard.press("Enter");
  await press(page, page.getByRole("link", { name: number }));
  await page.locator(".case-columns").waitFor();
  await expect_focus(page);
}

/** A step of the workflow with what its form asks for; afterwards the focus is still somewhere. */
async function step(page, action, { note, post, photo } = {}) {
  await press(page, page.locator(`[data-act=${action}]:visible`).first());
  const dialog = page.locator("dialog[open]").last();
  if (post) {
    await type(page, dialog.locator("input[type=search]"), post);
    await press(page, dialog.locator("label.choice", { hasText: post }).first().locator("input"), "Space");
  }
  if (note) await type(page, dialog.locator("[name=note]"), note);
  if (photo) {
    const chooser = page.waitForEvent("filechooser");
    await press(page, dialog.locator("input[type=file]"), "Space");
    await (await chooser).setFiles(photo);
    await dialog.locator(".shot canvas").first().waitFor();
  }
  if (note || post || photo) await press(page, dialog.locator("[data-send]"));
  const said = page.locator(".said-notice").last();
  await said.waitFor();
  assert.ok(await said.evaluate((one) => one.classList.contains("good")), await said.innerText());
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await expect_focus(page);
}
