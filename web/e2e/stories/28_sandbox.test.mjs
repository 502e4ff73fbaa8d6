// An integrator tries its system alone: enters the sandbox by its key, says where messages go, lets a case come, reads what was sent and how it
// is signed, fetches its photo, says that it is done, lets the reporter confirm; reads why a false message was refused; speaks for sensors. All
// without a script, too.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { as_resident, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow, find_small } from "../checks.mjs";
import { BASE } from "../town.mjs";

const GIVEN = JSON.parse(process.env.MULIN_SANDBOX ?? "{}");
const TEST_MS_MAX = 180_000;

/** A server of the integrator's: keeps what came, and can be waited for. */
async function open_ours() {
  const came = [];
  const server = createServer(async (request, reply) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    came.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    reply.writeHead(204, { connection: "close" }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const waits = async (wanted) => {
    for (let tries = 0; tries < 600; tries += 1) {
      const found = came.filter(wanted);
      if (found.length > 0) return found;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`it never came: ${JSON.stringify(came)}`);
  };
  return { came, waits, url: `http://127.0.0.1:${server.address().port}/ours`, close: () => new Promise((done) => server.close(done)) };
}

const bytes_of = (secret) => Buffer.from(secret.replace("whsec_", ""), "base64");
const sign = (secret, id, at, body) => `v1,${createHmac("sha256", bytes_of(secret)).update(`${id}.${at}.${body}`).digest("base64")}`;
const about = (number, kind) => ({ body }) => JSON.parse(body).type === kind && JSON.parse(body).data.number === number;

/** What the integrator says for a sensor; answers what it came to. */
async function read_out(sensor, value, at) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${GIVEN.KEY}` };
  const body = JSON.stringify({ readings: [{ sensor, value, at }] });
  const answer = await fetch(`${BASE}/api/linkage/readings`, { method: "POST", headers, body });
  assert.equal(answer.status, 200);
  return answer.json();
}

/** A signed message of the integrator's; answers the status. */
async function say(secret, number, state) {
  const body = JSON.stringify({ type: "case.said", data: { number, state, note: "已换管。" } });
  const id = `${number}-${state}-${Math.random()}`;
  const at = String(Math.floor(Date.now() / 1000));
  const headers = { "content-type": "application/json", "mulin-district": GIVEN.DISTRICT, "webhook-id": id, "webhook-timestamp": at, "webhook-signature": sign(secret, id, at, body) };
  return (await fetch(`${BASE}/api/linkage/partners/${GIVEN.PARTNER}/messages`, { method: "POST", headers, body })).status;
}

async function enter(page) {
  await page.goto("/sandbox");
  await page.fill("#key", GIVEN.KEY);
  await page.getByRole("button", { name: "进入" }).click();
  await page.getByRole("heading", { name: "一、让一件事过来" }).waitFor();
}

async function examine(page) {
  const found = [];
  for (const width of WIDTHS) {
    await resize(page, width);
    found.push(...(await find_overflow(page)), ...(await find_axe(page)), ...(await find_colour_only(page)), ...(await find_small(page, false)));
  }
  return found;
}

describe("the sandbox", { concurrency: 1 }, () => {
  with_browser();
  let ours;
  before(async () => { ours = await open_ours(); });
  after(async () => ours?.close());

  test("the whole loop alone, without a script", { timeout: TEST_MS_MAX }, () =>
    as_resident({ script: false, width: 1366 }, async (page) => {
      await enter(page);
      assert.ok(await page.locator("[data-sandbox]").isVisible(), "the page says that all is invented");
      await page.fill("#address", ours.url);
      await page.getByRole("button", { name: "保存" }).click();
      const secret = await page.locator("[data-secret] code").textContent();
      await page.getByRole("button", { name: "来一件" }).click();
      const number = await page.locator("[data-case]").first().getAttribute("data-case");
      const [assigned] = await ours.waits(about(number, "case.assigned"));
      const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature } = assigned.headers;
      assert.equal(sign(secret, id, at, assigned.body), signature);

      // The photo is fetched by its link, without a key.
      const [photo] = JSON.parse(assigned.body).data.photos;
      const fetched = await fetch(new URL(photo.url, BASE), { headers: { "mulin-district": GIVEN.DISTRICT } });
      assert.deepEqual([fetched.status, fetched.headers.get("content-type"), fetched.headers.get("set-cookie")], [200, "image/jpeg", null]);

      // A false message is refused, and the page says why.
      assert.equal(await say("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", number, "taken"), 401);
      await page.goto("/sandbox?status=401");
      await page.locator("a.link-row").first().click();
      assert.match(await page.locator("[data-why]").textContent(), /签名核对不上/);
      const signed = await page.locator("#signature pre").textContent();
      assert.ok(signed.includes(`"number":"${number}"`), signed);

      // The message that was sent, once more under the same id.
      await page.goto("/sandbox?path=/ours&status=204");
      await page.locator("a.link-row").last().click();
      const shown = await page.locator("main").textContent();
      assert.ok(shown.includes("webhook-id: msg_") && !shown.includes(secret) && !shown.includes(GIVEN.KEY));
      assert.ok((await page.locator("[data-curl]").textContent()).startsWith("curl -sS -X POST"));
      const shown_id = shown.match(/webhook-id: (msg_[0-9a-f-]+)/)[1];
      const times = ours.came.filter(({ headers }) => headers["webhook-id"] === shown_id).length;
      await page.getByRole("button", { name: "再推送一次" }).click();
      await ours.waits(() => ours.came.filter(({ headers }) => headers["webhook-id"] === shown_id).length > times);

      for (const state of ["taken", "done"]) assert.equal(await say(GIVEN.SECRET, number, state), 200);
      await page.goto("/sandbox");
      await page.locator(`[data-case="${number}"]`).getByRole("button", { name: "报告人：办好了" }).click();
      await page.getByRole("heading", { name: "一、让一件事过来" }).waitFor();
      assert.equal(await page.locator(`[data-case="${number}"]`).count(), 0, "closed");

      // One that the district takes back.
      await page.getByRole("button", { name: "来一件" }).click();
      const back = await page.locator("[data-case]").first().getAttribute("data-case");
      await ours.waits(about(back, "case.assigned"));
      await page.locator(`[data-case="${back}"]`).getByRole("button", { name: "区里收回" }).click();
      await ours.waits(about(back, "case.withdrawn"));

      await page.getByRole("button", { name: "退出沙箱" }).click();
      await page.goto("/sandbox");
      assert.ok(await page.locator("#key").isVisible());
    }));

  test("what is said for a sensor is shown with the case it became and what was not taken", { timeout: TEST_MS_MAX }, () =>
    as_resident({ script: false, width: 360 }, async (page) => {
      await enter(page);
      const smoke = page.locator("[data-sensor=smoke]");
      assert.match(await smoke.textContent(), /还没有收到过/);
      assert.match(await page.locator("#sensors").textContent(), /沙箱不提供 MQTT/);
      const at = new Date().toISOString();
      assert.equal((await read_out("smoke", true, at)).taken, 1);
      assert.equal((await read_out("smoke", true, at)).refused[0].reason, "again");
      const filed = smoke.locator("[data-alarm=filed]");
      for (let tries = 0; tries < 300 && (await filed.count()) === 0; tries += 1) {
        await new Promise((done) => setTimeout(done, 100));
        await page.goto("/sandbox");
      }
      assert.match(await filed.first().textContent(), /已立事件\s+\d{6}-\d{4}-\d{4}/);
      assert.ok(await page.locator("[data-refused=again]").isVisible());

      // A gauge waits for its minute.
      await read_out("water_level", 0.4, new Date().toISOString());
      await page.goto("/sandbox");
      assert.match(await page.locator("[data-sensor=water_level] [data-turning]").textContent(), /满 60 秒才报警/);
    }));

  test("a key of nobody is refused in words, and every state of the page fits", { timeout: TEST_MS_MAX }, () =>
    as_resident({ width: 360 }, async (page, watch) => {
      watch.allow(401);
      watch.allow(422);
      await page.goto("/sandbox");
      await page.fill("#key", "no such key");
      await page.getByRole("button", { name: "进入" }).click();
      await page.locator("#key-problem").waitFor();
      const found = (await examine(page)).map((one) => `enter: ${one}`);
      await enter(page);
      await page.fill("#address", "nowhere");
      await page.getByRole("button", { name: "保存" }).click();
      await page.locator("#address-problem").waitFor();
      found.push(...(await examine(page)).map((one) => `home: ${one}`));
      assert.equal(await say("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "1", "taken"), 401);
      await page.goto("/sandbox?status=401");
      await page.locator("a.link-row").first().click();
      await page.locator("[data-curl]").waitFor();
      found.push(...(await examine(page)).map((one) => `exchange: ${one}`));
      await page.goto("/sandbox?elder=1");
      await page.getByRole("heading", { name: "一、让一件事过来" }).waitFor();
      found.push(...(await examine(page)).map((one) => `elder: ${one}`));
      assert.deepEqual([...new Set(found)], []);
    }));
});
