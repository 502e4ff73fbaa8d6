// Every resident page in every guise: axe, text and target sizes, width from 320 px, weight. One test a guise, one finding a line.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, resize, send, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_heavy, find_overflow, find_small } from "../checks.mjs";
import { BURST, find_a_grid, follow, report_plainly } from "../people.mjs";
import { take_pictures } from "../pictures.mjs";
import { fresh_phone, masked } from "../town.mjs";

const NARROWEST = 320;
const TEXT_PX_MAX = "30";

describe("every page", { concurrency: 2 }, () => {
  with_browser();

  for (const elder of [false, true]) {
    for (const lang of ["zh", "en"]) {
      test(`${elder ? "elder" : "ordinary"} ${lang}: no violation, nothing small, nothing cut`, () =>
        as_resident({ elder, lang }, async (page, watch) => {
          for (const status of [400, 403, 404, 422]) watch.allow(status);
          const found = [];
          for await (const name of walk_pages(page, watch)) {
            found.push(...(await examine(page, elder)).map((one) => `${name}: ${one}`));
            if (elder) found.push(...(await examine_bottom_bar(page)).map((one) => `${name}: ${one}`));
            if (lang === "zh" && ["home"].includes(name)) await take_pictures(page, elder ? `${name}-elder` : name);
          }
          assert.deepEqual([...new Set(found)], []);
        }));
    }
  }

  test("elder text at its largest still fits a narrow screen, and high contrast passes axe", () =>
    as_resident({ elder: true }, async (page) => {
      await page.goto("/");
      await page.evaluate((size) => {
        localStorage.setItem("mulin.size", size);
        localStorage.setItem("mulin.contrast", "high");
      }, TEXT_PX_MAX);
      await resize(page, NARROWEST);
      const found = [];
      for (const path of ["/", "/report", "/follow", "/grids", "/inbox", "/help", "/sign-in"]) {
        await page.goto(path);
        found.push(...[...(await find_overflow(page)), ...(await find_axe(page)), ...(await find_small(page, true))].map((one) => `${path}: ${one}`));
      }
      assert.deepEqual(found, []);
    }));

  test("home shows its six doors on a phone without scrolling", () =>
    as_resident({}, async (page) => {
      await page.goto("/");
      const doors = await page.locator(".door").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().bottom));
      assert.equal(doors.length, 6);
      assert.ok(Math.max(...doors) <= 740, `the last door ends at ${Math.max(...doors)} px`);
    }));

  test("the documents are light", () =>
    as_resident({}, async (page) => {
      const found = [];
      const code = await find_a_grid(page);
      const community = code.slice(0, 12);
      for (const path of ["/", "/report", "/follow", "/grids", `/grids?area=${community}`, `/grids/${code}`, "/inbox", "/help"]) {
        const html = await (await page.request.get(path)).text();
        found.push(...find_heavy(html).map((one) => `${path}: ${one}`));
      }
      assert.deepEqual(found, []);
    }));
});

async function examine(page, elder) {
  const found = [];
  for (const width of [NARROWEST, ...WIDTHS]) {
    await resize(page, width);
    found.push(...(await find_overflow(page)).map((one) => `${one}`));
    if (width === NARROWEST) continue;
    found.push(...(await find_axe(page)), ...(await find_small(page, elder)));
  }
  return found;
}

/** 首页 / 返回 / 打电话, fixed, in this order, on each elder page. */
async function examine_bottom_bar(page) {
  const hrefs = await page.locator("nav.bottom a").evaluateAll((links) => links.map((one) => (one.dataset.back === undefined ? one.getAttribute("href").split(":")[0] : "back")));
  return JSON.stringify(hrefs) === JSON.stringify(["/", "back", "tel"]) ? [] : [`the bottom bar is ${hrefs.join(", ") || "missing"}`];
}

/** Goes to every resident page there is, one after another; yields each one's name while it is shown. */
async function* walk_pages(page, watch) {
  const code = await find_a_grid(page);
  const paths = { home: "/", report: "/report", "report here": `/report?grid=${code}`, follow: "/follow", grids: "/grids", community: `/grids?area=${code.slice(0, 12)}`, search: "/grids?q=田心", grid: `/grids/${code}`, inbox: "/inbox", help: "/help", "sign in": "/sign-in", "no such page": "/no-such-page" };
  for (const [name, path] of Object.entries(paths)) {
    await page.goto(path);
    yield name;
  }
  yield* walk_forms(page);
  const receipt = await report_plainly(page, watch, { address: `田心社区 ${Date.now() % 1000} 栋` });
  yield "receipt";
  await follow(page, watch, receipt);
  yield "case";
  yield* walk_account(page, receipt.phone);
}

/** The pages that only answer a form: trouble named, the type confirmed, not our district, a wrong code. */
async function* walk_forms(page) {
  await page.goto("/report");
  await send(page, () => page.locator("[data-send]").click());
  yield "report with trouble";
  await page.goto("/report");
  await page.fill("#words", BURST);
  await page.fill("#address", "田心社区 9 栋");
  await page.check("input[name=anonymous]");
  await page.evaluate(() => document.querySelector("[data-suggest]").replaceChildren());
  await send(page, () => page.locator("[data-send]").click());
  yield "confirm";
  await page.goto("/report");
  await page.fill("#words", BURST);
  await page.locator("[data-suggest] input[type=radio]:checked").waitFor();
  await page.check("input[name=anonymous]");
  await page.evaluate(() => {
    for (const [name, value] of Object.entries({ place_kind: "point", lon: "112.9388", lat: "28.2282" })) document.querySelector(`[name=${name}]`).value = value;
  });
  await send(page, () => page.locator("[data-send]").click());
  yield "not ours";
  await page.evaluate(() => localStorage.clear());
  await page.goto("/follow");
  await page.fill("#number", "X-1");
  await page.fill("#code", "000000");
  await send(page, () => page.locator("form.card button[type=submit]").click());
  yield "follow with trouble";
}

/** Signing in, and what only the signed-in see. */
async function* walk_account(page, phone = fresh_phone()) {
  await page.goto("/sign-in");
  await page.fill("#phone", phone);
  await send(page, () => page.locator("form.card button[type=submit]").click());
  yield "sign-in code";
  const inbox = await page.context().newPage();
  await inbox.goto("/inbox");
  const code = (await inbox.locator("[data-message]", { hasText: masked(phone) }).locator("[data-code]").first().innerText()).trim();
  await inbox.close();
  await page.fill("#code", code);
  await page.locator("form.card button[type=submit]").click();
  await page.waitForURL(/\/my/);
  yield "my reports";
}
