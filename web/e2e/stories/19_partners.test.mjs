// Partners on the desk: the water company gets a server of its own, which is down, comes back, says what nobody knows and refuses; what the
// desk sees and does about it. The water company works at the console again when the file ends, whatever happened: other stories need it there.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { as_staff, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { take_pictures } from "../pictures.mjs";
import { settle } from "../screens.mjs";
import { call, find_staffed_grid, token_of } from "../staff.mjs";
import { fresh_phone } from "../town.mjs";

const DISPATCHER = "dispatcher";
const BURST_PIPE = "P01002";
const TEST_MS_MAX = 180_000;
/** Their server refuses whatever has these words. */
const NOT_OURS = "高架桥上的消防管漏水，一直往下滴。";

/** A server of Open311, as the water company might have one: it can be down, and it says of a request what it is told to say. */
async function open_their_server() {
  const requests = [];
  const by_key = new Map();
  const theirs = { requests, is_down: true, says: (id, status, status_notes) => Object.assign(requests.find((one) => one.id === id), { status, status_notes }) };
  const told = ({ id, status, status_notes }) => ({ service_request_id: id, status, status_notes });
  function answer(request, url, body) {
    if (theirs.is_down) return [503, "维护中"];
    if (request.method === "GET") {
      const asked = url.searchParams.get("service_request_id")?.split(",") ?? [];
      return [200, JSON.stringify(requests.filter((one) => one.status && asked.includes(one.id)).map(told))];
    }
    if (!url.pathname.endsWith("/requests.json")) return [200, "[{}]"];
    const description = body.get("description") ?? "";
    if (description.includes(NOT_OURS) && theirs.refuses) return [400, JSON.stringify([{ code: 400, description: "service is not in our area" }])];
    const key = request.headers["idempotency-key"];
    if (!by_key.has(key)) {
      by_key.set(key, { id: String(7000 + requests.length), description, fields: Object.fromEntries(body) });
      requests.push(by_key.get(key));
    }
    return [201, JSON.stringify([{ service_request_id: by_key.get(key).id }])];
  }
  const server = createServer(async (request, reply) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const [status, text] = answer(request, new URL(request.url, "http://theirs"), new URLSearchParams(Buffer.concat(parts).toString()));
    reply.writeHead(status, { "content-type": "application/json", connection: "close" }).end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(theirs, { url: `http://127.0.0.1:${server.address().port}/v2`, close: () => new Promise((done) => server.close(done)) });
}

/** The water company works at the console, whatever it was before. */
async function back_to_console(water) {
  const token = await token_of(DISPATCHER);
  const path = `/api/linkage/partners/${water}`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const now = await call("GET", path, token);
    if (now.status === 404 || now.body?.rung === "console") return;
    const set = await call("PUT", path, token, { rung: "console", states: now.body.states, version: now.body.version });
    if (set.status === 200) return;
  }
  throw new Error("the water company is not back at the console: other stories will fail");
}

async function report(words) {
  const body = { words, type: BURST_PIPE, place: { grid: await find_staffed_grid(), address: "3 栋东头" }, reporter: { name: "周阿姨", phone: fresh_phone() } };
  const made = await call("POST", "/api/cases", null, body);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  return made.body.number;
}

async function open(page, path) {
  await page.goto(path);
  await settle(page);
}

const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });

describe("partners", { concurrency: 1 }, () => {
  with_browser();
  let theirs;
  let water;
  let screen;
  let number;

  before(async () => {
    theirs = await open_their_server();
    const all = (await call("GET", "/api/territory/organisations", await token_of(DISPATCHER))).body;
    water = all.find((one) => one.key === "water_supply").id;
    screen = `/desk/partners/${water}`;
  });
  after(async () => {
    try {
      await back_to_console(water);
    } finally {
      await theirs.close();
    }
  });

  const try_now = (page) => page.locator("[data-lane-deed=try]").click();
  /** Saves until something is told; asked first only where something still waits to leave, which is as it happens. */
  const saves = async (page, told) => {
    await page.locator("[data-save]").click();
    const confirm = page.locator("[data-confirm-save]");
    await confirm.or(told).first().waitFor();
    if (await confirm.count()) await confirm.click();
    await told.waitFor();
  };
  const their_request = (words) => theirs.requests.find((one) => one.description.includes(words));

  test("their server is set; while it is down the screen says so in words, and trying at once brings it to nothing waiting", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page, watch) => {
      watch.allow(422);
      await open(page, "/desk/mine");
      const linkage = page.locator("[data-group=linkage]");
      await linkage.locator("button").press("Enter");
      await linkage.getByRole("link", { name: "联动单位" }).waitFor();
      await page.keyboard.press("Escape");
      await linkage.getByRole("link", { name: "联动单位" }).waitFor({ state: "hidden" });
      await linkage.locator("button:focus").press("Enter");
      await linkage.getByRole("link", { name: "联动单位" }).click();
      await page.locator(`[data-unit='${water}'] a[data-line]`).click();
      await page.waitForURL(new RegExp(`${screen}$`));
      await settle(page);
      await linkage.locator("button.router-link-active").waitFor();
      await linkage.getByRole("link", { name: "联动单位" }).waitFor({ state: "hidden" });
      await page.locator("input[name=rung][value=open311]").check();
      await page.locator("[name=address]").fill("http://10.0.0.8/v2");
      await page.locator("[data-save]").click();
      await page.locator("[name=address][aria-invalid]").waitFor();
      assert.match(await page.locator("form .problem").innerText(), /10\.0\.0\.8/, "the server's refusal stands at its field");
      await page.locator("[name=address]").fill(theirs.url);
      await page.locator("[name=key]").fill("their-key");
      await page.locator("[data-save]").click();
      await said(page, "对接设置已保存").waitFor();
      assert.equal(await page.locator("[name=key]").inputValue(), "", "the key is never shown again");
      await page.getByText("已设置，不再显示").waitFor();

      const words = "路口的水管爆了，水喷得很高，路都淹了。";
      number = await report(words);
      await open(page, screen);
      await page.locator("[data-lane=silent]").waitFor();
      await page.locator("[data-last-error]", { hasText: "503" }).waitFor();
      assert.match(await page.locator("[data-last-error]").innerText(), /对方服务器出错或正在维护（503）：“维护中”/);
      assert.notEqual(await page.locator("[data-waiting]").innerText(), "0 件");
      await take_pictures(page, "desk-partner-silent");

      theirs.is_down = false;
      await try_now(page);
      await said(page, "正在重试").waitFor();
      await page.locator("[data-lane=well]").waitFor();
      assert.equal(await page.locator("[data-waiting]").innerText(), "0 件");
      const request = their_request(words);
      assert.ok(request.description.includes(number), "their people read our number");
      assert.equal(request.fields.service_code, BURST_PIPE);
      assert.equal(request.fields.api_key, "their-key");
      assert.ok(!JSON.stringify(request.fields).includes("周阿姨"), "nobody's name leaves");
    }));

  test("it is paused and resumed, and what cannot be done now says why", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page) => {
      await open(page, screen);
      await page.locator("[data-lane-deed=pause]").click();
      await page.locator("[data-lane=paused]").waitFor();
      assert.equal(await page.locator("[data-lane-deed=try]").count(), 0);
      await page.locator("details.more summary", { hasText: "现在不能做" }).click();
      await page.getByText("已经暂停，先恢复").waitFor();
      await page.locator("[data-lane-deed=resume]").click();
      await page.locator("[data-lane-deed=pause]").waitFor();
    }));

  test("a state nobody knows is a question with a way to the case; a refused case is a dead delivery", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page) => {
      theirs.says(their_request(number).id, "awaiting_parts", "等配件。");
      theirs.refuses = true;
      const refused = await report(NOT_OURS);
      await open(page, screen);
      await try_now(page);
      const question = page.locator("[data-question]").filter({ hasText: "awaiting_parts" });
      await question.waitFor();
      assert.match(await question.innerText(), /awaiting_parts：等配件。[\s\S]*对照表里没有这个状态/);
      const dead = page.locator("[data-dead]").filter({ hasText: refused });
      await dead.waitFor();
      assert.match(await dead.innerText(), /新件[\s\S]*对方不收（400）：“service is not in our area”/);
      await take_pictures(page, "desk-partner");
    }));

  test("every guise: no violation, nothing cut, nothing told by colour alone; the unit sees its own lane and sets nothing", { timeout: TEST_MS_MAX }, async () => {
    const found = [];
    async function examine(page, path, who) {
      await open(page, path);
      await page.locator("details.more").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
      for (const width of WIDTHS) {
        await resize(page, width);
        const wrong = [...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))];
        found.push(...wrong.map((one) => `${path} ${who} ${width}: ${one}`));
      }
    }
    for (const [elder, lang] of [[false, "zh"], [true, "zh"], [false, "en"]]) {
      await as_staff({ login: DISPATCHER, elder, lang }, async (page) => {
        for (const path of ["/desk/partners", screen]) await examine(page, path, `${lang}${elder ? " elder" : ""}`);
      });
    }
    await as_staff({ login: "unit" }, async (page) => {
      await open(page, "/desk/partners");
      await page.waitForURL(new RegExp(`${screen}$`));
      await page.getByText("对接由区网格中心设置和处理").waitFor();
      await examine(page, screen, "unit");
      assert.equal(await page.locator("main form, [data-lane-deed], [data-settle], [data-again]").count(), 0);
    });
    await as_staff({ login: "worker" }, async (page, watch) => {
      watch.allow(403);
      await open(page, "/desk/partners");
      await page.getByText("您的岗位看不到这里").waitFor();
    });
    assert.deepEqual(found, []);
  });

  test("the counts of the list open; the question is settled after a look at the case, the dead delivery is sent again", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page) => {
      await open(page, "/desk/partners");
      const row = page.locator(`[data-unit='${water}']`);
      await take_pictures(page, "desk-partners");
      await row.locator("[data-dead-count]").waitFor();
      await row.locator("[data-question-count]").click();
      const question = page.locator("[data-question]").filter({ hasText: "awaiting_parts" });
      await question.locator("[data-open-case]").click();
      await page.locator(".case-columns").waitFor();
      assert.ok((await page.locator("h1").innerText()).includes(number));
      await page.goBack();
      await question.locator("[data-settle]").click();
      await said(page, "已处理").waitFor();
      await question.waitFor({ state: "detached" });

      const dead = page.locator("[data-dead]").filter({ hasText: "service is not in our area" });
      await dead.locator("[data-give-up]").click();
      await page.locator("dialog").getByText("对方不会从系统里得知这一条").waitFor();
      await page.keyboard.press("Escape");
      theirs.refuses = false;
      await dead.locator("[data-again]").click();
      await dead.waitFor({ state: "detached" });
      await page.locator("[data-lane=well]").waitFor();
      assert.ok(their_request(NOT_OURS));
    }));

  test("two people set it: the later one is told what the other changed; with messages a secret is shown once; then the console again", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page, watch) => {
      watch.allow(409);
      await open(page, screen);
      const token = await token_of(DISPATCHER);
      const path = `/api/linkage/partners/${water}`;
      const now = (await call("GET", path, token)).body;
      const other = await call("PUT", path, token, { rung: "open311", address: theirs.url, states: "updates", version: now.version });
      assert.equal(other.status, 200, JSON.stringify(other.body));
      await page.locator("input[name=rung][value=webhook]").check();
      await page.locator("[name=address]").fill(`${theirs.url}/hooks`);
      await page.locator("[data-save]").click();
      await page.locator("[name=key][aria-invalid]").waitFor();
      await page.locator("[name=key]").fill(`whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`);
      await saves(page, page.locator("[data-others]").getByText("状态对照表"));
      assert.equal(await page.locator("[name=address]").inputValue(), `${theirs.url}/hooks`, "what was typed stays");
      await saves(page, said(page, "对接设置已保存"));

      await page.locator("[data-exchange]").click();
      await page.locator("dialog .secret", { hasText: "whsec_" }).waitFor();
      await page.locator("[data-noted]").click();
      await page.locator("[data-has-secret]", { hasText: "已设置" }).waitFor();
      await page.locator("[data-exchange]").click();
      await page.locator("dialog").getByText("原来的再用一天").waitFor();
      await page.locator("[data-confirm-exchange]").click();
      await page.locator("dialog .secret").waitFor();
      await page.locator("dialog").getByText("原来的密钥再用一天").waitFor();
      assert.deepEqual(await find_axe(page), []);
      await page.locator("[data-noted]").click();

      await page.locator("input[name=rung][value=console]").check();
      await saves(page, page.getByText("什么都不用往外送").first());
    }));

  test("how promises were kept: a figure opens its cases, and there are as many as it says; the unit sees its own", { timeout: TEST_MS_MAX }, async () => {
    await as_staff({ login: DISPATCHER }, async (page) => {
      await open(page, screen);
      await page.locator("[data-promises]").click();
      await page.locator("[data-promise-line=all]").waitFor();
      const given = Number(await page.locator("[data-figure=given] strong").innerText());
      assert.ok(given > 0, "the demo's utility cases of two months");
      const sum = await page.locator("[data-promise-line]:not([data-promise-line=all]) td:first-of-type .cell-link").allInnerTexts();
      assert.equal(sum.reduce((all, one) => all + Number(one), 0), given);
      await take_pictures(page, "promises");
      await page.locator("[data-figure=done]").click();
      const done = Number(await page.locator("[data-figure=done] strong").innerText());
      const rows = page.locator("[data-promise-cases=done] tbody tr");
      await rows.first().waitFor();
      assert.equal(await rows.count(), Math.min(done, 100));
      await rows.first().locator("[data-line]").click();
      await page.locator(".case-columns").waitFor();
      await page.goBack();
      await page.locator("[data-period=before]").click();
      await page.waitForFunction(() => document.querySelector("[data-period=before]")?.getAttribute("aria-pressed") === "true");
      await settle(page);
    });
    for (const elder of [false, true]) {
      for (const lang of ["zh", "en"]) {
        await as_staff({ login: "unit", elder, lang }, async (page) => {
          const found = [];
          for (const path of [`/desk/partners/${water}/promises`, `/desk/partners/${water}/promises?measure=given#cases`, `/desk/partners/${water}/promises?from=2020-01-01&to=2020-01-31`]) {
            await open(page, path);
            for (const width of WIDTHS) {
              await resize(page, width);
              found.push(...[...(await find_overflow(page)), ...(await find_axe(page)), ...(await find_colour_only(page))].map((one) => `${path} at ${width}: ${one}`));
            }
          }
          assert.deepEqual([...new Set(found)], []);
        });
      }
    }
  });
});
