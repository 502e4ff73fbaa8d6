// The administration: each of the three administrators sees their own places and no other's; every screen in every guise.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_staff, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { take_pictures } from "../pictures.mjs";
import { ADMIN_PLACES } from "../routes.mjs";
import { settle } from "../screens.mjs";

describe("the administration", () => {
  with_browser();

  for (const [login, paths] of Object.entries(ADMIN_PLACES)) {
    for (const lang of ["zh", "en"]) {
      test(`${login} in ${lang}: no violation, nothing cut`, () =>
        as_staff({ login, lang, elder: lang === "en" }, async (page) => {
          const found = [];
          for (const path of paths) {
            await page.goto(path);
            await settle(page);
            for (const width of WIDTHS) {
              await resize(page, width);
              found.push(...[...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))].map((one) => `${path} at ${width}: ${one}`));
            }
            if (lang === "zh" && ["/admin/rules/workflow", "/admin/audit", "/admin/hand-over"].includes(path)) await take_pictures(page, `admin-${path.split("/").pop()}`);
          }
          assert.deepEqual([...new Set(found)], []);
        }));
    }
  }

  test("nobody sees another administrator's places, and each is told why", () =>
    as_staff({ login: "audit-admin" }, async (page, watch) => {
      watch.allow(403);
      for (const path of ["/admin/people", "/admin/grants", "/admin/health", "/admin/rules/dry-run"]) {
        await page.goto(path);
        await settle(page);
        assert.match(await page.locator("main").innerText(), /看不到|没有.*权限|不归|授权/, path);
        assert.equal(await page.locator("main table").count(), 0, `${path} shows a table`);
      }
      await page.goto("/admin");
      await settle(page);
      assert.equal(await page.locator("main a[href='/admin/people']").count(), 0, "what one may not enter is not offered");
    }));

  test("the audit search keeps its filters in the address", () =>
    as_staff({ login: "audit-admin" }, async (page) => {
      await page.goto("/admin/audit");
      await settle(page);
      await page.locator("table tbody tr").first().waitFor();
      const link = page.locator("a[href*='audit.csv']").first();
      assert.ok(await link.count(), "and may be taken along as a file");
      assert.equal((await page.request.get(await link.getAttribute("href"))).status(), 200);
    }));
});
