// Who serves my home: by words, by list, by where the phone is; the grid's public page; a report from there.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, with_browser } from "../browser.mjs";
import { find_a_grid, point_on_outline } from "../people.mjs";
import { take_pictures } from "../pictures.mjs";

describe("who serves my home", () => {
  with_browser();

  test("by the list, without the script: worker, leader, phones to tap, supervision, a door to report", () =>
    as_resident({ script: false }, async (page) => {
      const code = await find_a_grid(page);
      await page.goto(`/grids/${code}`);
      const words = await page.locator("main").innerText();
      for (const wanted of [/网格员/, /网格长/, /监督电话/]) assert.match(words, wanted);
      assert.ok((await page.locator('main a[href^="tel:"]').count()) >= 2);
      assert.ok((await page.locator("svg[data-outline] .chosen").count()) === 1, "the outline shows this grid");
      await page.locator(`a[href="/report?grid=${code}"]`).click();
      assert.equal(await page.inputValue("[name=grid]"), code);
      assert.equal(await page.inputValue("[name=place_kind]"), "grid");
    }));

  test("by words, and an answer when nothing is found", () =>
    as_resident({}, async (page) => {
      await page.goto("/grids");
      await take_pictures(page, "grids");
      await page.fill("#q", "田心");
      await page.getByRole("button", { name: "找" }).click();
      await page.waitForURL(/q=/);
      assert.ok((await page.locator('main a[href^="/grids"]', { hasText: "田心" }).count()) > 0);
      await page.goto("/grids?q=没有这个地方");
      assert.match(await page.locator("main").innerText(), /没有找到/);
    }));

  test("by where the phone is", async () => {
    let at;
    let code;
    await as_resident({}, async (page) => {
      code = await find_a_grid(page);
      await page.goto(`/grids/${code}`);
      await take_pictures(page, "grid");
      at = await point_on_outline(page, code);
    });
    await as_resident({ at }, async (page) => {
      await page.goto("/grids");
      await page.click("[data-grid-here]");
      await page.waitForURL(`**/grids/${code}`);
    });
  });
});
