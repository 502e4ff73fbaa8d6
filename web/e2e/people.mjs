// What residents do, in the words of the screens; stories are made of these.
import assert from "node:assert/strict";
import { send, tap } from "./browser.mjs";
import { fresh_phone, masked } from "./town.mjs";

/** Words whose type the suggester knows well. */
export const BURST = "3 栋楼下自来水管破了，一直往外冒水，路面都淹了。";

/** Lets the phone say where it is, and waits until the page has taken it; when it does not, says what the page said instead. */
export async function say_here(page, act = () => page.click("[data-gps]")) {
  await act();
  const said = page.locator("[data-place-said]");
  await said.filter({ hasText: "✓" }).waitFor().catch(async (late) => {
    throw new Error(`the place was not taken; the page says “${await said.textContent()}”`, { cause: late });
  });
}

/** Goes through whatever the server asks between the form and the receipt, as a person without the script meets it. */
export async function answer_questions(page, watch) {
  for (let step = 0; step < 3; step += 1) {
    if (await page.locator("[data-code]").count()) return;
    const none_of_these = page.getByRole("button", { name: /都不是，提交我的|None of these, send mine/ });
    const that_is_it = page.getByRole("button", { name: /就是这个，提交|That is it, send/ });
    const button = (await none_of_these.count()) ? none_of_these : that_is_it;
    await send(page, () => tap(watch, button));
  }
}

/** The receipt now on the screen. */
export async function read_receipt(page) {
  const number = (await page.locator("[data-number]").first().innerText()).trim();
  const code = (await page.locator("[data-code]").first().innerText()).trim();
  assert.match(code, /^\d{6}$/);
  assert.ok(number.length >= 4, "a receipt has a number");
  return { number, code };
}

/** Files a report the plain way and returns its receipt. */
export async function report_plainly(page, watch, { words = BURST, address = "田心社区 3 栋东头", grid, phone = fresh_phone() } = {}) {
  await page.goto(grid ? `/report?grid=${grid}` : "/report");
  await page.fill("#words", words);
  await page.fill("#address", address);
  if (phone) await page.fill("#reporter_phone", phone);
  else await page.check("input[name=anonymous]");
  await send(page, () => tap(watch, page.locator("[data-send]")));
  await answer_questions(page, watch);
  return { ...(await read_receipt(page)), phone };
}

/** Opens a case by its number and code, as from a receipt on paper. */
export async function follow(page, watch, { number, code }) {
  await page.goto("/follow");
  await page.fill("#number", number);
  await page.fill("#code", code);
  await tap(watch, page.getByRole("button", { name: /^(查|Look)$/ }));
  await page.waitForURL(/\/case\//);
}

/** Any grid of the district: code, and a point inside it as the outline page shows it. */
export async function find_a_grid(page) {
  await page.goto("/grids");
  for (let level = 0; level < 3; level += 1) {
    const leaf = page.locator('main a[href^="/grids/"]').first();
    if (await leaf.count()) return (await leaf.getAttribute("href")).split("/").pop();
    await page.locator('.two a[href*="?area="]').first().click();
    await page.waitForLoadState();
  }
  throw new Error("no grid is reached from /grids within three steps");
}

/** The middle of the outline on the page, in degrees: surely inside the district's first cells. */
export async function point_on_outline(page, code) {
  return page.evaluate((wanted) => {
    const svg = document.querySelector("svg[data-outline]");
    const cell = wanted ? svg.querySelector(`[data-code="${wanted}"] path`) : svg.querySelector("[data-code] path");
    const box = cell.getBBox();
    const { west, north, perLon, perLat } = svg.dataset;
    const inside = (x, y) => cell.isPointInFill(new DOMPoint(x, y));
    for (let row = 1; row < 10; row += 1) {
      for (let column = 1; column < 10; column += 1) {
        const [x, y] = [box.x + (box.width * column) / 10, box.y + (box.height * row) / 10];
        if ((row + column) % 3 === 0 && inside(x, y)) return { lon: Number(west) + x / Number(perLon), lat: Number(north) - y / Number(perLat) };
      }
    }
    throw new Error(`no point inside ${wanted}`);
  }, code);
}

/** Signs in with a code from the demo inbox, on the way to a page that asks for it; in either language. */
export async function sign_in_by_phone(page, phone, next) {
  await page.goto(next);
  await page.waitForURL(/\/sign-in/);
  await page.fill("#phone", phone);
  await send(page, () => page.getByRole("button", { name: /发验证码|Send the code/ }).click());
  const inbox = await page.context().newPage();
  await inbox.goto("/inbox");
  const code = (await inbox.locator("[data-message]", { hasText: masked(phone) }).first().locator("[data-code]").innerText()).trim();
  await inbox.close();
  await page.fill("#code", code);
  await send(page, () => page.getByRole("button", { name: /^(登录|Sign in)$/ }).click());
}

/** Proves to be a person of the register, with the phone that is registered; ends on that person's data. */
export async function claim_data(page, { name, phone, document }) {
  await sign_in_by_phone(page, phone, "/my/data");
  await page.fill("#name", name);
  await page.fill("#number", document);
  await send(page, () => page.getByRole("button", { name: /^(核对|Check)$/ }).click());
  await page.waitForURL(/\/my\/data\/./);
}
