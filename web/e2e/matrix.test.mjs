// The whole matrix, for `make soak`: every address of every face, ordinary and elder, in both languages, at three widths. axe finds nothing, nothing
// is wider than the screen, nothing is said by colour alone; no request leaves this host and the console is silent (as in every story).
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_resident, as_staff, resize, WIDTHS, with_browser } from "./browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "./checks.mjs";
import { every_route } from "./routes.mjs";
import { say_purpose, settle } from "./screens.mjs";

const TEST_MS_MAX = 600_000;
const ROUTES = await every_route();

describe("the matrix", { concurrency: 2 }, () => {
  with_browser();

  for (const [login, paths] of ROUTES) {
    for (const [elder, lang] of [[false, "zh"], [false, "en"], [true, "zh"], [true, "en"]]) {
      test(`${login ?? "resident"}, ${elder ? "elder" : "ordinary"} ${lang}: ${paths.length} addresses`, { timeout: TEST_MS_MAX }, async () => {
        const found = [];
        const story = async (page, watch) => {
          watch.allow(404);
          for (const path of paths) found.push(...(await examine(page, path)));
        };
        await (login ? as_staff({ login, elder, lang }, story) : as_resident({ elder, lang }, story));
        assert.deepEqual([...new Set(found)], []);
      });
    }
  }
});

async function examine(page, path) {
  const found = [];
  await page.goto(path);
  await settle(page);
  await say_purpose(page);
  for (const width of WIDTHS) {
    await resize(page, width);
    const wrong = [...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))];
    found.push(...wrong.map((one) => `${path} at ${width}: ${one}`));
  }
  return found;
}
