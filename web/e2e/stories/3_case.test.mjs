// A case's life as its reporter sees it: followed by code, handled by staff, confirmed, reopened with new facts, rated, withdrawn.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, send, tap, with_browser } from "../browser.mjs";
import { follow, report_plainly } from "../people.mjs";
import { make_photo } from "../photo.mjs";
import { take_pictures } from "../pictures.mjs";
import { find_staffed_grid, handle_case } from "../staff.mjs";

describe("the life of a case", () => {
  with_browser();

  test("followed by number and code; a wrong code is refused without saying which was wrong", () =>
    as_resident({ script: false }, async (page, watch) => {
      watch.allow(403);
      watch.allow(422);
      const receipt = await report_plainly(page, watch);
      await page.context().clearCookies();
      await page.goto(`/case/${receipt.number}`);
      await page.waitForURL(/\/follow/);
      assert.equal(await page.inputValue("#number"), receipt.number);
      const wrong = String((Number(receipt.code) + 1) % 1_000_000).padStart(6, "0");
      await page.fill("#code", wrong);
      await send(page, () => page.getByRole("button", { name: "查" }).click());
      const refused = await page.locator("#code-problem").innerText();
      await page.fill("#number", "2099-999999");
      await page.fill("#code", receipt.code);
      await send(page, () => page.getByRole("button", { name: "查" }).click());
      assert.equal(await page.locator("#code-problem").innerText(), refused, "both are refused alike");
      await follow(page, watch, receipt);
      assert.equal((await page.locator("[data-number]").first().innerText()).trim(), receipt.number);
      assert.ok((await page.locator("[data-plain]").innerText()).length > 5, "the state in plain words");
      assert.match(await page.locator(".owner").innerText(), /最晚到/);
    }));

  test("handled, reopened with new facts and a photo, handled again, confirmed, rated", () =>
    as_resident({ script: false }, async (page, watch) => {
      const grid = await find_staffed_grid();
      const receipt = await report_plainly(page, watch, { grid });
      // As large as the report page sends one; a debug build needs half a minute for a camera's own size.
      const proof = await draw_photo({ mended: true, width: 1600, height: 1200 });
      await handle_case(receipt.number, proof.buffer);
      await follow(page, watch, receipt);
      await take_pictures(page, "confirm");
      assert.ok((await page.locator(".line img").count()) >= 1, "done is shown by a photo");
      const photo = await page.locator(".line img").first().getAttribute("src");
      assert.equal((await page.request.get(photo)).status(), 200);

      await page.locator("#reopen summary").click();
      await page.fill("#words", "今天早上又漏了，比昨天还大。");
      await page.setInputFiles("#photos", await draw_photo({ width: 1600, height: 1200 }));
      await send(page, () => tap(watch, page.locator("#reopen button[type=submit]")));
      assert.match(await page.locator("main").innerText(), /今天早上又漏了/);
      assert.equal(await page.locator("#confirm").count(), 0, "it is being handled again");

      await handle_case(receipt.number, proof.buffer);
      await page.goto(`/case/${receipt.number}`);
      await send(page, () => tap(watch, page.locator("#confirm button")));
      assert.match(await page.locator("[data-state]").innerText(), /已办结/);
      assert.equal(await page.locator(".top-link").first().getAttribute("href"), `/case/${receipt.number}?lang=en`);
      await page.locator('input[name=stars][value="4"]').check();
      await send(page, () => page.locator("#rate button[type=submit]").click());
      assert.match(await page.locator("main").innerText(), /4 \/ 5/);
      await take_pictures(page, "closed");
    }));

  test("added to, then withdrawn by its reporter", () =>
    as_resident({ script: false }, async (page, watch) => {
      const receipt = await report_plainly(page, watch, { words: "楼道声控灯不亮，晚上很黑。", address: "响石岭街道 杉木塘社区 5 栋 2 单元" });
      await follow(page, watch, receipt);
      await page.locator("#supplement summary").click();
      await page.fill("#supplement_words", "三楼到五楼都不亮。");
      await send(page, () => page.locator("#supplement button[type=submit]").click());
      assert.match(await page.locator(".line").innerText(), /三楼到五楼都不亮/);
      await page.locator("#withdraw summary").click();
      await page.fill("#withdraw_words", "邻居自己换好了");
      await send(page, () => page.locator("#withdraw button[type=submit]").click());
      assert.match(await page.locator("[data-state]").innerText(), /已撤回/);
    }));
});

/** A photo drawn in a browser with the script on; the stories here have it off. */
async function draw_photo(what) {
  let photo;
  await as_resident({}, async (page) => {
    photo = await make_photo(page, what);
  });
  return photo;
}
