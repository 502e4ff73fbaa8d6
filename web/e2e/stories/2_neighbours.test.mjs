// Two neighbours meet the same burst pipe: the second is offered the first one's case and joins it with one tap.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, send, tap, with_browser } from "../browser.mjs";
import { BURST, answer_questions, find_a_grid, follow, point_on_outline, read_receipt, say_here } from "../people.mjs";
import { take_pictures } from "../pictures.mjs";
import { fresh_phone } from "../town.mjs";

describe("the same trouble twice", () => {
  with_browser();

  test("我也遇到 with the script: one tap, and both follow the one case", async () => {
    const at = await point_in_last_grid();
    const first = await file_here(at);
    await as_resident({ at: { lon: at.lon + 0.0002, lat: at.lat } }, async (page, watch) => {
      await fill_here(page);
      await page.locator("[data-nearby] [data-me-too]").first().waitFor();
      await take_pictures(page, "nearby");
      assert.equal(await page.locator("[data-nearby] [data-me-too]").first().getAttribute("data-me-too"), first.number);
      await send(page, () => tap(watch, page.locator(`[data-me-too="${first.number}"]`)));
      assert.match(await page.locator("main").innerText(), /已加入/);
      const own = await read_receipt(page);
      assert.equal(own.number, first.number);
      await follow(page, watch, own);
    });
  });

  test("without that answer the server offers it on a page between", async () => {
    const at = await point_in_last_grid();
    const first = await file_here(at);
    await as_resident({ at }, async (page, watch) => {
      // The script found the place, then the line to the small question broke: the page between must still come.
      watch.allow("net::ERR_FAILED");
      await page.route("**/api/cases/nearby*", (route) => route.abort());
      await fill_here(page);
      await send(page, () => page.locator("[data-send]").click());
      await take_pictures(page, "offer");
      await send(page, () => page.locator(`form[action="/case/${first.number}/me-too"] button`).click());
      assert.equal((await read_receipt(page)).number, first.number);
    });
  });
});

async function fill_here(page) {
  if (!page.url().endsWith("/report")) await page.goto("/report");
  await page.fill("#words", BURST);
  await say_here(page);
  await page.locator("[data-suggest] input[type=radio]:checked").waitFor();
  await page.fill("#reporter_phone", fresh_phone());
}

async function file_here(at) {
  let receipt;
  await as_resident({ at }, async (page, watch) => {
    await fill_here(page);
    await page.waitForLoadState("networkidle");
    await send(page, () => page.locator("[data-send]").click());
    await answer_questions(page, watch);
    receipt = await read_receipt(page);
  });
  return receipt;
}

let taken = 0;

/** A point of a grid no other story uses. */
async function point_in_last_grid() {
  let at;
  taken += 1;
  await as_resident({}, async (page) => {
    await find_a_grid(page);
    const leaf = page.locator('main .two a[href^="/grids/"]').nth(taken);
    await leaf.click();
    await page.waitForURL(/\/grids\/\d/);
    at = await point_on_outline(page, page.url().split("/").pop());
  });
  return at;
}
