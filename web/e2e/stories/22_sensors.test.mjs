// Sensors: what is wrong stands first, one has its day as a line and its alarms with their cases, it is muted with a reason and heard again,
// a table of them is looked through and taken, an alarm becomes a case; the administrator sets the broker.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_staff, with_browser } from "../browser.mjs";
import { look_well } from "../looks.mjs";
import { settle } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";

const DESK = "dispatcher";
const TEST_MS_MAX = 180_000;
const WAIT_MS = 250;
const TRIES = 400;
const REASON = "楼道装修，灰大";
const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });
/** Codes of this run alone: a second run meets a district that knows the first one's. */
const RUN = Date.now().toString(36);

async function open(page, path) {
  await page.goto(path);
  await settle(page);
}

async function sensors() {
  return (await call("GET", "/api/linkage/sensors?limit=100", await token_of(DESK))).body.items;
}

async function gateway() {
  const admin = await token_of("system-admin");
  const { body: account } = await call("POST", "/api/identity/accounts", admin, { kind: "service", name: "感知平台（故事）" });
  await call("POST", `/api/identity/accounts/${account.id}/roles`, await token_of("security-admin"), { role: "sensor_gateway", scope: { kind: "district" } });
  return (await call("POST", "/api/identity/service-keys", admin, { account: account.id })).body.key;
}

async function wait_for(what, holds) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await holds();
    if (found) return found;
    await new Promise((done) => { setTimeout(done, WAIT_MS); });
  }
  throw new Error(`it never came to be: ${what}`);
}

describe("sensors", { concurrency: 1 }, () => {
  with_browser();

  test("what is wrong stands first; a sensor has its day, its alarms and its case", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      await wait_for("the demo's gauge has a case", async () => {
        const one = (await sensors()).find((it) => it.code === "SW-001");
        const { body } = await call("GET", `/api/linkage/sensors/${one.id}`, await token_of(DESK));
        return body.alarms.some((alarm) => alarm.case);
      });
      await open(page, "/desk/sensors");
      const first = page.locator("[data-sensor]").first();
      await first.locator("[data-condition=alarm]").waitFor();
      await look_well(page, "desk-sensors");
      await page.locator("[data-sensor='SW-001'] [data-line]").click();
      await page.locator("[data-day-words]").filter({ hasText: "报警值 0.27 m" }).waitFor();
      await settle(page);
      await look_well(page, "desk-sensor");
      await page.locator("[data-case]").first().click();
      await page.waitForURL(/\/case\//);
      await page.getByText("积水水位计").first().waitFor();
    }));

  test("a table is looked through and taken; its detector makes a case, is muted with a reason and heard again", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(422);
      const [known] = await sensors();
      const code = `YG-${RUN}`;
      const table = `设备编号,种类,安装位置,经度,纬度\n${code},烟感探测器,故事楼道${RUN},${known.lon},${known.lat}\n坏 编号,烟感探测器,楼道,${known.lon},${known.lat}\n`;
      await open(page, "/desk/sensors");
      await page.locator("input[type=file]").setInputFiles({ name: "sensors.csv", mimeType: "text/csv", buffer: Buffer.from(table) });
      await page.locator("[data-look-through]").click();
      await page.locator("[data-looked]").filter({ hasText: "可以登记 1 台" }).waitFor();
      await page.locator("[data-register]").click();
      await said(page, "登记了 1 台").waitFor();
      const one = await wait_for("it is registered", async () => (await sensors()).find((it) => it.code === code));

      const key = await gateway();
      const { body: receipt } = await call("POST", "/api/linkage/readings", key, { readings: [{ sensor: code, value: true, at: new Date().toISOString() }] });
      assert.equal(receipt.taken, 1, JSON.stringify(receipt));
      const alarm = await wait_for("it has become something", async () => {
        const { body } = await call("GET", `/api/linkage/sensors/${one.id}`, await token_of(DESK));
        return body.alarms.find((it) => it.case);
      });
      assert.ok(["filed", "joined", "gathered"].includes(alarm.outcome), alarm.outcome);

      await open(page, `/desk/sensors/${one.id}`);
      await page.locator("[data-condition=alarm]").waitFor();
      await page.locator("[data-mute]").click();
      await page.locator("[data-confirm-mute]").click();
      await page.getByText("请写明为什么静音").waitFor();
      await page.locator("[name=mute-reason]").fill(REASON);
      await page.locator("[data-confirm-mute]").click();
      await page.locator("[data-mute-reason]").filter({ hasText: REASON }).waitFor();
      await page.locator("[data-condition=muted]").waitFor();
      await page.locator("[data-unmute]").click();
      await page.locator("[data-condition=alarm]").waitFor();
    }));

  test("one is registered by hand: a place elsewhere is refused at its field; it is changed, and taken out of use", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(422);
      const [known] = await sensors();
      await open(page, "/desk/sensors");
      await page.locator("[data-register-one]").click();
      const form = page.locator("[data-sensor-form]");
      await form.locator("[name=code]").fill(`SW-${RUN}`);
      await form.locator("[name=kind]").selectOption("water_level");
      await form.locator("[name=name]").fill(`故事下穿通道${RUN}`);
      await form.locator("[name=lon]").fill("112.9");
      await form.locator("[name=lat]").fill("28.2");
      await form.locator("[name=alarm]").fill("三十厘米");
      await page.locator("[data-save-sensor]").click();
      await form.getByText("阈值是数字").waitFor();
      await form.locator("[name=alarm]").fill("0.3");
      await page.locator("[data-save-sensor]").click();
      await form.getByText("不在本区").waitFor();
      await look_well(page, "desk-sensor-form");
      await form.locator("[name=lon]").fill(String(known.lon));
      await form.locator("[name=lat]").fill(String(known.lat));
      await page.locator("[data-save-sensor]").click();
      await page.waitForURL(/\/desk\/sensors\/[0-9a-f-]{36}$/);
      await page.locator("[data-condition=unheard]").waitFor();
      await page.locator("[data-change]").click();
      await form.locator("[name=name]").fill(`故事下穿通道西口${RUN}`);
      await form.locator("[name=in_use]").uncheck();
      await page.locator("[data-save-sensor]").click();
      await page.locator("[data-condition=off]").waitFor();
      await page.getByRole("heading", { name: `故事下穿通道西口${RUN}` }).waitFor();
    }));

  test("the administrator sets the broker, and a wrong address is refused at its field", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: "system-admin" }, async (page, watch) => {
      watch.allow(422);
      await open(page, "/admin/broker");
      await page.locator("[name=address]").fill("http://127.0.0.1");
      await page.locator("[name=enabled]").uncheck();
      await page.locator("[data-save-broker]").click();
      await page.getByText("地址写成 mqtt://").first().waitFor();
      await page.locator("[name=address]").fill("mqtt://127.0.0.1:9");
      await page.locator("[data-save-broker]").click();
      await said(page, "已保存").waitFor();
      await look_well(page, "admin-broker");
    }));
});
