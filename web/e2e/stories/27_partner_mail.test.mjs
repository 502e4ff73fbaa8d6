// A partner by mail: the dispatcher enters its address, a case arrives in the office's mailbox, and the office sees its photo, takes it,
// shows one of its own and reports it done on a phone, without an account and without a script. The desk sees it, the reporter confirms.
// When the file ends the gas company works at the console again, and mail goes where it went before.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { as_resident, as_staff, send, with_browser } from "../browser.mjs";
import { find_small } from "../checks.mjs";
import { look_well } from "../looks.mjs";
import { lend_mail_gateway } from "../mail_gateway.mjs";
import { open_mail_server, words_of } from "../mail_server.mjs";
import { follow } from "../people.mjs";
import { make_photo } from "../photo.mjs";
import { settle } from "../screens.mjs";
import { call, find_staffed_grid, grey_png, token_of } from "../staff.mjs";
import { BASE, fresh_phone } from "../town.mjs";
import { until } from "../until.mjs";

const DISPATCHER = "dispatcher";
const NO_GAS = "P01010";
const OFFICE = "office@gas.example.cn";
const TEST_MS_MAX = 180_000;
const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });

async function open(page, path) {
  await page.goto(path);
  await settle(page);
}

/** The token of a photo, sent as a resident's page sends it. */
async function kept_photo() {
  let photo;
  await as_resident({}, async (page) => {
    await page.goto("/");
    photo = await make_photo(page, { width: 1200, height: 900 });
  });
  const form = new FormData();
  form.append("photos", new Blob([photo.buffer], { type: photo.mimeType }), photo.name);
  const answer = await fetch(`${BASE}/api/cases/photos`, { method: "POST", body: form });
  assert.equal(answer.status, 200);
  return (await answer.json()).photos;
}

/** The photo of the case on the page, small, and whole behind it. */
async function sees_photo(page) {
  const small = page.locator("[data-photos-shown] img").first();
  await small.scrollIntoViewIfNeeded();
  await until(() => small.evaluate((image) => image.complete && image.naturalWidth > 0), "the photo on the page");
  const whole = await fetch(new URL(await page.locator("[data-photos-shown] a").first().getAttribute("href"), BASE));
  assert.deepEqual([whole.status, whole.headers.get("content-type"), whole.headers.get("cache-control")], [200, "image/jpeg", "private, no-store"]);
}

async function back_to_console(gas) {
  const token = await token_of(DISPATCHER);
  const now = (await call("GET", `/api/linkage/partners/${gas}`, token)).body;
  if (now.rung === "console") return;
  const set = await call("PUT", `/api/linkage/partners/${gas}`, token, { rung: "console", states: now.states, version: now.version });
  assert.equal(set.status, 200, JSON.stringify(set.body));
}

describe("a partner by mail", { concurrency: 1 }, () => {
  with_browser();
  let server;
  let put_back;
  let gas;
  let receipt;
  let link;

  before(async () => {
    server = await open_mail_server();
    const gateway = { address: server.url, settings: { from: "睦邻 <notice@example.cn>", site: BASE } };
    put_back = await lend_mail_gateway();
    const set = await call("PUT", "/api/messages/gateways/mail", await token_of("system-admin"), gateway);
    assert.equal(set.status, 204, JSON.stringify(set.body));
    gas = (await call("GET", "/api/territory/organisations", await token_of(DISPATCHER))).body.find((one) => one.key === "gas").id;
  });
  after(async () => {
    try {
      await back_to_console(gas);
      await put_back();
    } finally {
      await server.close();
    }
  });

  const mail_of = (number) => until(() => server.mails.find((one) => words_of(one).includes(number)), `a mail about ${number}`);

  test("the dispatcher enters the office's address, and a case arrives there with a link", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page, watch) => {
      watch.allow(422);
      await open(page, `/desk/partners/${gas}`);
      await page.locator("input[name=rung][value=mail]").check();
      await page.locator("[name=address]").fill("office.gas.example.cn");
      await page.locator("[data-save]").click();
      await page.locator("[name=address][aria-invalid]").waitFor();
      await page.locator("[name=address]").fill(OFFICE);
      await look_well(page, "desk-partner-mail");
      await page.locator("[data-save]").click();
      await said(page, "对接设置已保存").waitFor();

      const body = { words: "家里突然没有燃气了，灶打不着火。", type: NO_GAS, place: { grid: await find_staffed_grid(), address: "5 栋" }, photos: await kept_photo(), reporter: { name: "周阿姨", phone: fresh_phone() } };
      receipt = (await call("POST", "/api/cases", null, body)).body;
      const words = words_of(await mail_of(receipt.number));
      assert.ok(words.includes("灶打不着火") && !words.includes("周阿姨"), words);
      link = new URL(words.split("\n").find((line) => line.includes("/answer/")).trim()).pathname;
      await page.locator("[name=address]").fill("other@gas.example.cn");
      await page.locator("[data-moves-mailbox]").waitFor();
    }));

  test("a trial asks for nothing, and the page says what became of it", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DISPATCHER }, async (page, watch) => {
      watch.allow(409);
      server.refuse("550 no such mailbox");
      await open(page, `/desk/partners/${gas}`);
      await page.locator("[data-send-trial]").click();
      await said(page, "已试发").waitFor();
      await page.locator("[data-trial=refused]").waitFor();
      assert.equal(await page.locator("[data-trial-error]").innerText(), "邮件服务器退回（550）：“no such mailbox”");
      await page.locator("[data-send-trial]").click();
      await page.getByText("请先看它的结果").waitFor();
      await page.locator("[data-dead]").filter({ hasText: "试发" }).waitFor();
      await look_well(page, "desk-partner-trial");

      server.refuse(null);
      await page.locator("[data-dead] [data-again]").click();
      await page.locator("[data-trial=taken]").waitFor();
      const mail = await until(() => server.mails.find((one) => words_of(one).includes("试发")), "a trial");
      assert.ok(!words_of(mail).includes("://"), words_of(mail));
      await page.locator("[data-dead]").waitFor({ state: "detached" });
      await look_well(page, "desk-partner-trial-taken");
    }));

  test("on a phone, without a script, the office takes it, shows a photo and reports it done", { timeout: TEST_MS_MAX }, () =>
    as_resident({ script: false }, async (page) => {
      await page.goto(link);
      assert.match(await page.locator("main").innerText(), /灶打不着火[\s\S]*接下/);
      assert.deepEqual(await find_small(page), []);
      await sees_photo(page);
      await send(page, () => page.locator("button[value=taken]").click());
      await page.locator("[data-done]").filter({ hasText: "已接下" }).waitFor();
      await page.locator("#tell summary").click();
      await page.locator("#progress_words").fill("抢修队已到楼下。");
      await send(page, () => page.locator("button[value=progress]").click());
      await page.locator("#history").getByText("抢修队已到楼下。").waitFor();
      await page.locator("#done_words").fill("阀门已更换，恢复供气。");
      await page.locator("#done_photos").setInputFiles({ name: "done.png", mimeType: "image/png", buffer: Buffer.from(grey_png()) });
      await send(page, () => page.locator("button[value=done]").click());
      await page.locator("[data-done]").filter({ hasText: "收到，谢谢" }).waitFor();
      assert.equal(await page.locator("button[value=done]").count(), 0);
    }));

  test("the page is well in every guise, and a false link says what to do", { timeout: TEST_MS_MAX }, async () => {
    const body = { words: "燃气表不走字，怕是坏了。", type: NO_GAS, place: { grid: await find_staffed_grid(), address: "6 栋" }, photos: await kept_photo(), reporter: { phone: fresh_phone() } };
    const { number } = (await call("POST", "/api/cases", null, body)).body;
    const words = words_of(await mail_of(number));
    const path = new URL(words.split("\n").find((line) => line.includes("/answer/")).trim()).pathname;
    for (const [elder, lang] of [[false, "zh"], [true, "zh"], [false, "en"]]) {
      await as_resident({ elder, lang }, async (page, watch) => {
        watch.allow(404);
        await open(page, path);
        await sees_photo(page);
        await page.locator("details.more").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
        await look_well(page, `answer${elder ? "-elder" : ""}${lang === "en" ? "-en" : ""}`);
        await open(page, "/answer/AAAA");
        await look_well(page, `answer-false${elder ? "-elder" : ""}${lang === "en" ? "-en" : ""}`);
        assert.match(await page.locator("main").innerText(), lang === "en" ? /not have been copied whole/ : /没有复制完整/);
      });
    }
  });

  test("the desk sees who did it, with the photo; it is looked at, and the reporter confirms", { timeout: TEST_MS_MAX }, async () => {
    await as_staff({ login: DISPATCHER }, async (page) => {
      await open(page, `/desk/case/${receipt.number}`);
      await page.getByText("阀门已更换，恢复供气。").first().waitFor();
      await page.getByText("燃气公司").first().waitFor();
      await page.locator(`img[src*='/photo/${receipt.number}/']`).first().waitFor();
    });
    const token = await token_of("desk");
    const { body: seen } = await call("GET", `/api/cases/${receipt.number}`, token);
    if (seen.state === "verifying") {
      const verified = await call("POST", `/api/cases/${receipt.id}/actions`, token, { action: "verify", note: "到现场看过，已通气。" });
      assert.equal(verified.status, 200, JSON.stringify(verified.body));
    }
    await as_resident({}, async (page, watch) => {
      await follow(page, watch, receipt);
      await send(page, () => page.locator("#confirm button").click());
      await page.getByText("已按您的确认办结").waitFor();
    });
    await as_resident({}, async (page, watch) => {
      watch.allow(410);
      await page.goto(link);
      await page.getByText("这件事已经办结").first().waitFor();
    });
  });
});
