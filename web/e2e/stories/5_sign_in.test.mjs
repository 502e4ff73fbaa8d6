// A resident signs in with a code from the demo inbox and sees what was reported with that number.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, send, with_browser } from "../browser.mjs";
import { report_plainly } from "../people.mjs";
import { take_pictures } from "../pictures.mjs";
import { fresh_phone, masked } from "../town.mjs";

describe("signing in by phone", () => {
  with_browser();

  test("the code comes to the inbox, never to the page; my reports are listed; signing out ends it", () =>
    as_resident({ script: false }, async (page, watch) => {
      const phone = fresh_phone();
      await page.goto("/my");
      await page.waitForURL(/\/sign-in/);
      await page.fill("#phone", phone);
      await send(page, () => page.getByRole("button", { name: "发验证码" }).click());
      const asked = await page.content();
      const inbox = await page.context().newPage();
      await inbox.goto("/inbox");
      await take_pictures(inbox, "inbox");
      const code = (await inbox.locator("[data-message]", { hasText: masked(phone) }).first().locator("[data-code]").innerText()).trim();
      assert.match(code, /^\d{6}$/);
      assert.ok(!asked.includes(code), "the answer does not hold the code");
      await page.fill("#code", code);
      await page.getByRole("button", { name: "登录" }).click();
      await page.waitForURL(/\/my/);
      const { number } = await report_plainly(page, watch, { phone });
      await page.goto("/my");
      assert.equal(await page.locator(`a[href="/case/${number}"]`).count(), 1);
      await page.locator(`a[href="/case/${number}"]`).click();
      await page.locator("[data-state]").waitFor();
      await page.goto("/my");
      await send(page, () => page.getByRole("button", { name: "退出登录" }).click());
      await page.goto("/my");
      await page.waitForURL(/\/sign-in/);
    }));

  test("a wrong code is refused in words", () =>
    as_resident({ script: false }, async (page, watch) => {
      for (const status of [400, 401, 403, 422]) watch.allow(status);
      await page.goto("/sign-in");
      await page.fill("#phone", fresh_phone());
      await send(page, () => page.getByRole("button", { name: "发验证码" }).click());
      await page.fill("#code", "000000");
      await send(page, () => page.getByRole("button", { name: "登录" }).click());
      assert.equal(await page.locator("#code-problem").count(), 1);
    }));
});
