// A resident reports: without the script, with photo and place, in elder mode by keyboard, and comes back to a draft.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, send, tap, with_browser } from "../browser.mjs";
import { find_overflow, find_small } from "../checks.mjs";
import { BURST, answer_questions, find_a_grid, point_on_outline, read_receipt, say_here } from "../people.mjs";
import { make_photo } from "../photo.mjs";
import { take_pictures } from "../pictures.mjs";
import { grey_png } from "../staff.mjs";
import { fresh_phone } from "../town.mjs";

const TAPS_MAX = 5;
const ELDER_TAPS_MAX = 6;
const SCREENS_MAX = 2;
const NUMBER_PX_MIN = 24;
const PRESS_MS = 200;
const PHOTO_BYTES_MAX = 512 * 1024;

describe("reporting", () => {
  with_browser();

  test("without JavaScript: words, place in words, a photo; the guessed type is confirmed; a receipt to keep", () =>
    as_resident({ script: false }, async (page, watch) => {
      await page.goto("/report");
      await page.fill("#words", BURST);
      await page.fill("#address", "田心社区 3 栋东头");
      await page.setInputFiles("#photos", { name: "a.png", mimeType: "image/png", buffer: grey_png() });
      await page.check("input[name=anonymous]");
      await send(page, () => tap(watch, page.locator("[data-send]")));
      assert.equal(await page.locator("input[type=radio][name=type]").count() > 1, true, "types are offered");
      assert.equal(await page.locator(".choice .hint").first().isVisible(), true, "with why");
      await answer_questions(page, watch);
      await read_receipt(page);
      const receipt = await page.locator("main").innerText();
      assert.match(receipt, /现在谁负责/);
      assert.match(receipt, /最晚到/);
    }));

  test("what is missing is named at the field and on top, and nothing typed is lost", () =>
    as_resident({ script: false }, async (page, watch) => {
      watch.allow(422);
      await page.goto("/report");
      await page.fill("#address", "田心社区 3 栋东头");
      await page.check("input[name=anonymous]");
      await send(page, () => page.locator("[data-send]").click());
      assert.equal(await page.locator("#words-problem").count(), 1);
      assert.equal(await page.getAttribute("#words", "aria-invalid"), "true");
      assert.match(await page.title(), /请改一下/);
      assert.equal(await page.inputValue("#address"), "田心社区 3 栋东头");
      assert.equal(await page.isChecked("input[name=anonymous]"), true);
    }));

  test("with the script: photo made small, place by GPS, type chosen, within five taps", async () => {
    const at = await any_point();
    await as_resident({ at }, async (page, watch) => {
      await page.goto("/report");
      await page.fill("#words", BURST);
      const photo = await make_photo(page);
      await tap(watch, page.locator(".drop"));
      await page.setInputFiles("#photos", photo);
      await page.locator(".shot").waitFor();
      await say_here(page, () => tap(watch, page.locator("[data-gps]")));
      await page.locator("[data-suggest] input[type=radio]:checked").waitFor();
      await page.fill("#address", "3 栋东头，井盖旁边");
      await page.fill("#reporter_phone", fresh_phone());
      const sent = await page.evaluate(() => document.querySelector("#photos").files[0].size);
      assert.ok(sent < PHOTO_BYTES_MAX && sent < photo.buffer.length / 2, `the photo of ${photo.buffer.length} bytes goes as ${sent}`);
      await take_pictures(page, "report");
      await send(page, () => tap(watch, page.locator("[data-send]")));
      await answer_questions(page, watch);
      await read_receipt(page);
      await take_pictures(page, "receipt");
      assert.match(await page.locator(".ticket").innerText(), /3 栋东头/, "the words say the point closer");
      const size = await page.locator(".number").first().evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
      assert.ok(size >= NUMBER_PX_MIN, `the number is ${size} px`);
      assert.ok(watch.taps <= TAPS_MAX, `${watch.taps} taps`);
      assert.equal(await page.evaluate(() => localStorage.getItem("mulin.draft.report")), null, "the draft is gone");
    });
  });

  test("a press is not lost when the types come while the finger is down", async () => {
    const at = await any_point();
    await as_resident({ at }, async (page) => {
      await page.goto("/report");
      let press;
      const pressed = new Promise((resolve) => (press = resolve));
      await page.route("**/api/cases/suggest*", (route) => pressed.then(() => route.continue()));
      const told = page.waitForResponse((reply) => reply.url().includes("/api/cases/suggest"));
      await page.fill("#words", BURST);
      await page.hover("[data-gps]");
      await page.mouse.down();
      press();
      await (await told).finished();
      await page.waitForTimeout(PRESS_MS);
      assert.equal(await page.locator("[data-suggest] input[type=radio]").count(), 0, "nothing moves under the finger");
      await say_here(page, () => page.mouse.up());
      await page.locator("[data-suggest] input[type=radio]:checked").waitFor();
    });
  });

  test("the place is chosen on the outline map, and by keyboard too", () =>
    as_resident({ width: 768 }, async (page) => {
      await page.goto("/report");
      await page.click("[data-map-open]");
      for (let level = 0; level < 3; level += 1) {
        await page.locator("[data-map-panel] svg[data-outline]").waitFor();
        if (await page.locator("[data-map-panel] svg.picking").count()) break;
        const before = await page.locator("[data-map-panel] svg").innerHTML();
        await page.locator("[data-map-panel] [data-code]").first().focus();
        await page.keyboard.press("Enter");
        await page.waitForFunction((old) => document.querySelector("[data-map-panel] svg")?.innerHTML !== old, before);
      }
      await take_pictures(page, "map");
      const cell = page.locator("[data-map-panel] [data-code]").first();
      await cell.focus();
      await page.keyboard.press("Enter");
      assert.match(await page.inputValue("[name=grid]"), /^\d{12}[JZ]\d{3}$/);
      await cell.locator("path").click();
      await page.waitForFunction(() => document.querySelector("[name=place_kind]").value === "point");
      assert.match(await page.locator("[data-place-said]").innerText(), /✓/);
    }));

  test("a draft survives a reload and a closed page, without the phone number", () =>
    as_resident({}, async (page) => {
      await page.goto("/report");
      await page.fill("#words", "路灯坏了三天");
      await page.fill("#address", "响石岭路");
      await page.fill("#reporter_phone", "13912345678");
      await page.waitForFunction(() => localStorage.getItem("mulin.draft.report")?.includes("响石岭路"));
      const again = await page.context().newPage();
      await page.close();
      await again.goto("/report");
      assert.equal(await again.inputValue("#words"), "路灯坏了三天");
      assert.equal(await again.inputValue("#address"), "响石岭路");
      assert.equal(await again.inputValue("#reporter_phone"), "");
      await send(again, () => again.click("[data-draft-drop]"));
      assert.equal(await again.inputValue("#words"), "");
    }));

  test("elder mode by keyboard alone: six key presses at most besides typing, within two screens", async () => {
    const at = await any_point();
    await as_resident({ elder: true, at }, async (page) => {
      await page.goto("/report");
      assert.deepEqual(await find_small(page, true), []);
      assert.deepEqual(await find_overflow(page), []);
      const end = await page.locator("[data-send]").evaluate((one) => one.getBoundingClientRect().bottom + scrollY);
      assert.ok(end <= SCREENS_MAX * page.viewportSize().height, `the send button ends at ${end} px`);
      const presses = await report_by_keyboard(page);
      const watch = { taps: presses };
      await answer_questions(page, watch);
      await read_receipt(page);
      assert.ok(watch.taps <= ELDER_TAPS_MAX, `${watch.taps} presses`);
    });
  });

  test("a place outside the district is told so, with the line that helps", () =>
    as_resident({ at: { lon: 112.9388, lat: 28.2282 } }, async (page, watch) => {
      watch.allow(422);
      watch.allow(404);
      await page.goto("/report");
      await page.click("[data-gps]");
      await page.waitForFunction(() => document.querySelector("[data-place-said]").textContent.length > 12);
      assert.equal(await page.inputValue("[name=lon]"), "", "a point that is not ours is not taken");
      await page.fill("#words", BURST);
      // Sent before the types are offered, it would be asked for its type first.
      await page.locator("[data-suggest] input[type=radio]:checked").waitFor();
      await page.check("input[name=anonymous]");
      await page.evaluate(() => {
        document.querySelector("[name=place_kind]").value = "point";
        document.querySelector("[name=lon]").value = "112.9388";
        document.querySelector("[name=lat]").value = "28.2282";
      });
      await send(page, () => page.locator("[data-send]").click());
      assert.ok((await page.locator('a[href="tel:12345"]').count()) > 0);
      assert.match(await page.locator("main").innerText(), /不归本区管/);
    }));
});

/** Types and tabs through the form as a person without a pointer; returns the presses that chose something. */
async function report_by_keyboard(page) {
  let presses = 0;
  const press_on = async (selector) => {
    await tab_to(page, selector);
    presses += 1;
  };
  await tab_to(page, "#words");
  await page.keyboard.type(BURST);
  await press_on("[data-gps]");
  await say_here(page, () => page.keyboard.press("Enter"));
  await page.locator("[data-suggest] input[type=radio]:checked").waitFor();
  await press_on("input[name=anonymous]");
  await page.keyboard.press("Space");
  await press_on("[data-send]");
  await send(page, () => page.keyboard.press("Enter"));
  return presses;
}

async function tab_to(page, selector) {
  for (let step = 0; step < 60; step += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${selector} is not reached by Tab`);
}

/** A point inside the district, read from the public outline. */
async function any_point() {
  let at;
  await as_resident({}, async (page) => {
    const code = await find_a_grid(page);
    await page.goto(`/grids/${code}`);
    at = await point_on_outline(page, code);
  });
  return at;
}
