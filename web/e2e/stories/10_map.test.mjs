// The district's map: a figure opens its rows, drilling down to a case in four clicks, a new case within two seconds, a map without a graphics
// card, a wall that shows nobody, and what it says when the line is cut.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, as_staff, resize, tap, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { report_plainly } from "../people.mjs";
import { take_pictures } from "../pictures.mjs";
import { find_staffed_grid } from "../staff.mjs";

const DISPATCHER = "dispatcher";
/** From the commit to the picture. */
const LIVE_MS_MAX = 20_000;
const DOGS = "楼下有人遛狗不牵绳，狗屎也不收，老人孩子都怕。";

describe("the district's map", () => {
  with_browser();

  async function open_map(page, address = "/map") {
    await page.goto(address);
    await page.locator("[data-figure]").first().waitFor();
    await page.locator('.map-view:not([data-drawn=""])').waitFor();
  }

  test("every figure is the number of its rows", () =>
    as_staff({ login: DISPATCHER }, async (page) => {
      await open_map(page);
      await page.waitForTimeout(1500);
      await take_pictures(page, "map-overview");
      const figures = await page.locator("[data-figure]").evaluateAll((all) => all.map((one) => ({ key: one.dataset.figure, count: Number(/\d+/.exec(one.innerText.replace(/^[^\d]*?(?=\d+\s*(件)?$)/s, ""))?.[0] ?? NaN) })));
      assert.ok(figures.length > 0 && figures.length <= 9, `${figures.length} figures`);
      for (const { key } of figures) {
        await page.locator(`[data-figure="${key}"]`).click();
        await page.waitForURL(new RegExp(`show=${key}`));
        const told = await page.request.get(`/api/cases/exceptions`).then((reply) => reply.json());
        const figure = (told.figures ?? told).find((one) => one.key === key);
        await page.getByRole("heading", { name: new RegExp(`· ${figure.value}$`) }).waitFor();
      }
    }));

  test("from the district to a case in four clicks, the way back in the address", () =>
    as_staff({ login: DISPATCHER }, async (page, watch) => {
      await open_map(page);
      await tap(watch, page.locator('[data-figure="open"]'));
      await page.locator("a[href*='case=']").first().waitFor();
      await tap(watch, page.locator("a[href*='case=']").first());
      await page.waitForURL(/case=/);
      await page.getByText("回到列表").waitFor();
      assert.ok(watch.taps <= 4);
      const address = page.url();
      await page.reload();
      await page.getByText("回到列表").waitFor();
      assert.equal(page.url(), address);
    }));

  test("a case just reported is there by itself, and tells how soon", () =>
    as_staff({ login: DISPATCHER }, async (page) => {
      const grid = await find_staffed_grid();
      await open_map(page, "/map?show=open");
      const shown = async () => Number(/\d+/.exec(await page.getByRole("heading", { name: /^在办 · \d+$/ }).innerText())?.[0]);
      const before = await shown();
      let committed;
      await as_resident({ script: false }, async (resident, watch) => {
        await report_plainly(resident, watch, { grid, words: DOGS });
        committed = Date.now();
      });
      while ((await shown()) === before && Date.now() - committed < LIVE_MS_MAX) await page.waitForTimeout(50);
      assert.equal(await shown(), before + 1);
      console.log(`a case just reported is on the map after ${Date.now() - committed} ms`);
    }));

  test("without a graphics card the plain map says the same, and keys move it", () =>
    as_staff({ login: DISPATCHER }, async (page) => {
      await page.addInitScript(() => {
        const real = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function get(kind, ...more) {
          return String(kind).startsWith("webgl") ? null : real.call(this, kind, ...more);
        };
      });
      await open_map(page);
      assert.equal(await page.locator(".map-view").getAttribute("data-drawn"), "plain");
      const painted = await page.locator(".map-view canvas").first().evaluate((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
      assert.ok(painted > 3, "something is drawn");
    }));

  test("the wall shows no person, no words and no address, and says since when it has no line", () =>
    as_staff({ login: DISPATCHER }, async (page, watch) => {
      watch.allow("net::ERR");
      await page.goto("/map/wall");
      await page.locator("table tbody tr").first().waitFor();
      await take_pictures(page, "wall");
      const words = await page.locator("body").innerText();
      assert.ok(!/\d{3}\*{4}\d{4}|1\d{10}|栋|单元/.test(words), "nothing about anybody");
      assert.equal(await page.locator("a[href*='case']").count(), 0);
      await page.context().setOffline(true);
      await page.getByText(/起没有连上/).waitFor({ timeout: 60_000 });
    }));

  for (const [elder, lang] of [[false, "zh"], [true, "zh"], [false, "en"]]) {
    test(`${elder ? "elder" : "ordinary"} ${lang}: no violation, nothing cut`, () =>
      as_staff({ login: DISPATCHER, elder, lang }, async (page) => {
        const found = [];
        for (const path of ["/map", "/map/table", "/map/wall"]) {
          await page.goto(path);
          await page.locator("[data-figure], table tbody tr").first().waitFor();
          for (const width of WIDTHS) {
            await resize(page, width);
            found.push(...[...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))].map((one) => `${path} at ${width}: ${one}`));
          }
        }
        assert.deepEqual([...new Set(found)], []);
      }));
  }
});
