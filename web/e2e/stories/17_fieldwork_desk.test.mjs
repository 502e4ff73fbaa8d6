// The desk's side of fieldwork: a form from a workbook and in the editor, compared, tried out on the phone beside it, published; what came in,
// opened for a purpose and taken along masked; what rules ask of the grids, weeks and months, days, phones, and standing in.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { as_staff, resize, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "../checks.mjs";
import { every_type, publish_form } from "../forms.mjs";
import { take_pictures } from "../pictures.mjs";
import { enter, grid_of, make_building } from "../register.mjs";
import { say_purpose, settle } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";
import { make_workbook } from "../workbook.mjs";

const DESK = "desk";
const WORKER = "worker";
const TEST_MS_MAX = 180_000;
const STREET = grid_of(DESK);

let last = 0;
/** A key no other form of the stories has. */
function fresh_key() {
  last += 1;
  return `story_${process.pid}_${last}`;
}

async function open(page, path) {
  await page.goto(path);
  await settle(page);
}

const said = (page, words) => page.locator(".said-notice").filter({ hasText: words });

/** A workbook as `setInputFiles` takes it. */
function file(key, survey, choices = [["list_name", "name", "label"]]) {
  const sheets = { survey: [["type", "name", "label", "relevant", "mulin::prefill"], ...survey], choices, settings: [["form_id", "form_title", "version"], [key, "犬只登记核对", ""]] };
  return { name: `${key}.xlsx`, mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", buffer: make_workbook(sheets) };
}

const YES_NO = [["list_name", "name", "label"], ["yn", "y", "有"], ["yn", "n", "没有"]];
const DOGS = [["select_one yn", "dog", "养犬吗", "", ""], ["integer", "dogs", "几只", "${dog} = 'y'", ""], ["text", "remark", "备注", "", ""]];

async function send_workbook(page, workbook) {
  await open(page, "/desk/forms");
  await page.locator("[data-show-upload]").click();
  await page.locator("input[type=file]").setInputFiles(workbook);
  await page.locator("[data-upload]").click();
}

describe("fieldwork on the desk", { concurrency: 1 }, () => {
  with_browser();

  test("a workbook: what is wrong is told by sheet, row and column; mended it is a draft, published, changed and compared", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(422);
      const key = fresh_key();
      await send_workbook(page, file(key, [["select_one none", "dog", "养犬吗", "", ""], ["integer", "dogs", "几只", "${nobody} = 'y'", ""]]));
      const faults = page.locator("[data-findings]").first();
      await faults.waitFor();
      assert.match(await faults.innerText(), /survey[\s\S]*3/, "the sheet and the row of the fault");
      await take_pictures(page, "desk-form-faults");

      await page.locator("input[type=file]").setInputFiles(file(key, DOGS, YES_NO));
      await page.locator("[data-upload]").click();
      await page.locator("[data-form-state=draft]").first().waitFor();
      await settle(page);
      const page_words = await page.locator("main").innerText();
      assert.match(page_words, /3\s*题/, "how many questions");
      assert.match(page_words, /《养犬吗》 是 有/, "a rule in words");
      await page.locator("[data-publish]").click();
      await page.locator("[data-confirm=publish]").click();
      await page.locator(".form-tools [data-form-state=live]").waitFor();

      const changed = [["select_one yn", "dog", "家里养犬吗", "", ""], ["integer", "dogs", "几只", "${dog} = 'y'", ""], ["photo", "licence", "犬证照片", "", ""]];
      await send_workbook(page, file(key, changed, YES_NO));
      const changes = page.locator("[data-changes]");
      await changes.locator("[data-change=added]").waitFor();
      assert.match(await changes.locator("[data-change=added]").innerText(), /犬证照片/);
      assert.match(await changes.locator("[data-change=removed]").innerText(), /备注/);
      assert.match(await changes.locator("[data-change=words]").innerText(), /养犬吗[\s\S]*家里养犬吗/, "both sides");
      await take_pictures(page, "desk-form");
      await page.locator("[data-publish]").click();
      await page.locator("[data-confirm=publish]").click();
      await page.locator("[data-version='1'] [data-form-state=withdrawn]").waitFor();
      await page.locator("[data-withdraw]").click();
      await page.locator("[data-confirm=withdraw]").click();
      await page.locator("[data-version='2'] [data-form-state=withdrawn]").waitFor();
    }));

  test("what the register knows is not asked: the form says so and is not published", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      await send_workbook(page, file(fresh_key(), [["text", "person_phones", "联系电话", "", ""]]));
      await page.locator("[data-known]").waitFor();
      assert.match(await page.locator("[data-known]").innerText(), /person\.phones/, "what to write instead");
      assert.equal(await page.locator("[data-publish]").getAttribute("aria-disabled"), "true");
    }));

  test("twenty questions in the editor: pasted, written, ordered by keyboard, tried out on the phone, undone, kept through a reload, saved", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      const key = fresh_key();
      await open(page, "/desk/forms/new");
      await page.locator("[name='title.zh']").fill("取暖安全检查");
      await page.locator("[name=form_id]").fill(key);
      await page.locator("[data-paste]").click();
      const lines = ["用什么取暖\t多选\t电暖器、煤炉、空调、其他", "煤炉在卧室吗\t有、没有", "几台取暖器\t整数", ...Array.from({ length: 15 }, (_, at) => `第 ${at + 1} 项检查\t合格、不合格`)];
      await page.locator("[name=pasted]").fill(lines.join("\n"));
      await page.locator("[data-take]").click();
      await said(page, "加了 18 题").waitFor();
      assert.equal(await page.locator("[data-line-of]").count(), 18);

      // One more with keys alone: the same type as the chosen one, its words, its choices, up two lines, then a rule.
      await page.keyboard.press("Control+Enter");
      await page.keyboard.type("插线板有没有过热");
      await page.locator("[name=choices]").fill("有\tyes\n没有\tno");
      await page.locator("[aria-current=true][data-line-of]").focus();
      const name = await page.locator("[aria-current=true][data-line-of]").getAttribute("data-line-of");
      await page.keyboard.press("Alt+ArrowUp");
      await page.keyboard.press("Alt+ArrowUp");
      const order = await page.locator("[data-line-of]").evaluateAll((all) => all.map((one) => one.getAttribute("data-line-of")));
      assert.equal(order.indexOf(name), 16);
      await page.locator("summary", { hasText: "什么时候问" }).click();
      await page.locator("[data-rule=relevant] [data-add-condition]").click();
      await page.getByText("就是说：《用什么取暖》").waitFor();
      const phone = page.locator("[data-preview]");
      await phone.getByText("用什么取暖").first().waitFor();

      await page.locator("[data-line-of]").nth(2).click();
      await phone.getByText("几台取暖器").first().waitFor();
      await page.keyboard.press("Delete");
      assert.equal(await page.locator("[data-line-of]").count(), 18);
      await page.keyboard.press("Control+z");
      assert.equal(await page.locator("[data-line-of]").count(), 19);
      await take_pictures(page, "desk-form-editor");
      await page.reload();
      await settle(page);
      assert.equal(await page.locator("[data-line-of]").count(), 19, "the draft outlives the page");

      await page.locator("[data-new-type]").selectOption("photo");
      await page.locator("[data-add]").click();
      await page.keyboard.type("拍一张取暖器");
      await page.locator("[data-save]").click();
      await page.locator("[data-form-state=draft]").first().waitFor();
      await settle(page);
      assert.match(await page.locator("[data-burden]").innerText(), /^20$/m, "twenty questions");
      await page.locator("[data-edit]").click();
      await settle(page);
      assert.equal(await page.locator("[name=form_id]").getAttribute("readonly"), "", "the key of a form stays");
      assert.equal(await page.locator("[data-line-of]").count(), 20);
    }));

  test("an expression is checked as it is typed, and what is still wrong keeps a form from being saved", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      await open(page, "/desk/forms/new");
      await page.locator("[data-add]").click();
      await page.keyboard.type("多大年纪");
      await page.locator("summary", { hasText: "什么时候问" }).click();
      await page.locator("[name=relevant]").fill("${nobody} >");
      await page.getByText("没有写完").waitFor();
      await page.locator("[name=relevant]").fill("${nobody} > 1");
      await page.getByText("没有题目 nobody").waitFor();
      await page.locator("[data-save]").click();
      await page.locator("[name='title.zh'][aria-invalid]").waitFor();
      assert.match(page.url(), /forms\/new$/);
    }));

  test("what came in: listed without its inside, opened for a purpose, question and answer; a copy is masked", { timeout: TEST_MS_MAX }, async () => {
    const live = await publish_form(every_type(fresh_key()), STREET);
    const answers = { who: "欧阳建明", people: 3, gas: "yes", wrong: "old leak", bottle: [{ number: "A17", kilos: 15 }, { number: "B2", kilos: 5 }], told: "OK" };
    const id = `019c8a00-0000-7000-8000-${String(Date.now()).slice(-12).padStart(12, "0")}`;
    const sent = await call("POST", `/api/fieldwork/forms/${live.form}/submissions`, await token_of(WORKER), { id, version: live.number, answers, filled_at: "2026-11-20T09:30:00+08:00" });
    assert.equal(sent.status, 200, JSON.stringify(sent.body));
    await as_staff({ login: DESK }, async (page) => {
      await open(page, `/desk/forms/${live.form}/submissions`);
      assert.equal(await page.getByText("欧阳建明").count(), 0, "the list tells nothing of the inside");
      await page.locator("[data-submission] a").click();
      await page.waitForURL(/submissions\/[\w-]+$/);
      await settle(page);
      await say_purpose(page, "visit");
      await page.locator("[data-answers]").getByText("欧阳建明").waitFor();
      const told = await page.locator("[data-answers]").innerText();
      assert.match(told, /有什么问题[\s\S]*老化、漏气/, "choices by their labels");
      assert.match(told, /钢瓶 第 2 个[\s\S]*B2/);
      await take_pictures(page, "desk-submission");
      await open(page, `/desk/forms/${live.form}/submissions`);
      await page.locator("[data-copy-out]").click();
      await page.locator("dialog [name=purpose]").selectOption("check");
      const [copy] = await Promise.all([page.waitForEvent("download"), page.locator("dialog [data-send]").click()]);
      const text = await (await import("node:fs/promises")).readFile(await copy.path(), "utf8");
      assert.ok(text.includes("***") && !text.includes("欧阳建明"), "masked");
      await said(page, "已导出").waitFor();
    });
  });

  test("a campaign from a template: tried before anybody goes, published with a reason, followed from the area to the buildings, ended", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      await open(page, "/desk/campaigns/new");
      await page.locator("button.link-row", { hasText: "垃圾分类宣传" }).click();
      await page.waitForURL(/campaigns\/[\da-f-]{36}$/);
      const trial = page.locator("[data-trial]");
      await trial.locator("[data-grid-load]").first().waitFor();
      await take_pictures(page, "desk-campaign-trial");
      if (await trial.locator("[name=beyond_reason]").count()) {
        await trial.locator("[data-publish-campaign]").click();
        await trial.locator("[name=beyond_reason][aria-invalid]").waitFor();
        await trial.locator("[name=beyond_reason]").fill("月底前要送到，两个人一起去。");
      }
      await trial.locator("[data-publish-campaign]").click();
      await said(page, "已发布").waitFor();
      const coverage = page.locator("[data-coverage]");
      await coverage.locator("tbody a").first().waitFor();
      // Street, community, grid: what is below is opened row by row, and a building is the last.
      for (let level = 0; level < 3 && (await coverage.locator("tbody a").count()) > 0; level += 1) {
        const before = page.url();
        await coverage.locator("tbody a").first().click();
        await page.waitForURL((url) => url.href !== before);
        await settle(page);
      }
      assert.equal(await coverage.locator("tbody a").count(), 0);
      await coverage.getByText(/\d+栋/).first().waitFor();
      await page.locator("[data-end]").click();
      await page.locator("dialog [data-confirm-end]").click();
      await page.locator(":is([data-campaign-state=closing], [data-campaign-state=closed])").first().waitFor();
    }));

  test("a patrol route: stops found in the register, ordered by keys, one taken off and back, kept, ended after a question", { timeout: TEST_MS_MAX }, async () => {
    const { estate } = await make_building(grid_of(WORKER));
    const lamps = ["塔灯甲", "塔灯乙", "塔灯丙"];
    for (const name of lamps) await enter("thing", { component: "0101", name }, { place: estate });
    await as_staff({ login: DESK }, async (page) => {
      await open(page, "/desk/routes/new");
      await page.locator("[name=name]").fill("夜巡");
      await page.locator("[name=look_at]").fill("亮不亮，灯罩有没有松");
      await page.locator("[name=area]").selectOption(grid_of(WORKER));
      for (const name of lamps) {
        await page.locator("input[type=search]:not(#bar-search)").fill(name);
        await page.keyboard.press("Enter");
        await page.locator("[data-picker] .choice").filter({ hasText: name }).first().click();
        await page.locator("[data-stop]").filter({ hasText: name }).waitFor();
      }
      await page.locator("[data-stop]").nth(2).focus();
      await page.keyboard.press("Home");
      const order = () => page.locator("[data-stop] bdi").allInnerTexts();
      assert.match((await order())[0], /塔灯丙/);
      await page.locator(".stops li").first().locator("button").last().click();
      assert.equal((await order()).length, 2);
      await said(page, "去掉了").getByRole("button", { name: /撤销/ }).click();
      assert.match((await order())[0], /塔灯丙/);
      await page.locator("[data-save-route]").click();
      await page.waitForURL(/routes\/[\da-f-]{36}$/);
      await settle(page);
      for (const width of WIDTHS) {
        await resize(page, width);
        assert.deepEqual([...(await find_axe(page)), ...(await find_overflow(page))], []);
      }
      await page.locator("[data-end-route]").click();
      await page.locator("dialog [data-confirm-end]").click();
      await page.getByText("已停用", { exact: true }).waitFor();
    });
  });

  test("visit rules: whom, how often, by what right; with too few hours each grid says what does not fit", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page, watch) => {
      watch.allow(422);
      await open(page, "/desk/rules");
      const rule = await page.locator("[data-visit-rule=lives_alone_80]").innerText();
      assert.match(rule, /每周一次[\s\S]*20 分钟[\s\S]*紧急呼叫[\s\S]*73号/);
      assert.match(await page.locator("[data-visit-rule=lives_alone]").innerText(), /本人同意/);
      const own = page.locator(`[data-grid-load='${grid_of(WORKER)}']`);
      await own.getByText("600 分钟").waitFor();
      await page.locator("[name=hours]").fill("1");
      await page.locator("[data-weigh]").click();
      await own.getByText("60 分钟", { exact: false }).waitFor();
      await own.getByText("超出工时").waitFor();
      assert.match(await own.innerText(), /排不下：.+，\d+ 户/, "what does not fit is named");
      await take_pictures(page, "desk-visit-rules");
      await page.locator("[name=only_beyond]").check();
      assert.equal(await page.locator("[data-grid-load][data-beyond=false]").count(), 0);
      await page.locator("[name=hours]").fill("200");
      await page.locator("[data-weigh]").click();
      await page.locator("[name=hours][aria-invalid]").waitFor();
    }));

  test("a week and a month: grid by grid with their sum, said in words of grids; a number opens its list, a grid its day; taken along", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: DESK }, async (page) => {
      await open(page, "/desk/sheets");
      const paths = await page.locator("[data-sheet-line]").evaluateAll((all) => all.map((one) => one.dataset.sheetLine));
      assert.deepEqual(paths, [...paths].sort(), "in the order of their paths, whatever their figures");
      assert.ok((await page.locator("[data-stands-out] li").count()) > 0);
      await page.locator("[data-sheet-total]").waitFor();
      const first = page.locator("[data-stands-out] h2");
      const week = await first.innerText();
      await page.keyboard.press("[");
      await page.waitForURL(/from=/);
      await page.waitForFunction((before) => document.querySelector("[data-stands-out] h2")?.innerText !== before, week);
      await page.locator("[name=period][value=month]").check();
      await first.filter({ hasText: "-01 至" }).waitFor();
      await take_pictures(page, "desk-sheet");
      const [paper] = await Promise.all([page.waitForEvent("download"), page.locator("[data-print-pdf]").click()]);
      assert.match(paper.suggestedFilename(), /^month-.+\.pdf$/);
      const [book] = await Promise.all([page.waitForEvent("download"), page.locator("[data-print-xlsx]").click()]);
      assert.match(book.suggestedFilename(), /^month-.+\.xlsx$/);
      const list = page.locator("[data-sheet-line] a[href*='/desk/register/stale']").first();
      await list.click();
      await page.waitForURL(/register\/stale\?area=/);
      await page.goBack();
      await settle(page);
      await page.locator(`[data-sheet-line='${grid_of(WORKER)}'] th a`).click();
      await page.waitForURL(/days\?grid=/);
      await page.locator("[data-grid-day]").waitFor();
    }));

  test("the day of a grid: no times, the worker's words only where they are shown, the day before and after", { timeout: TEST_MS_MAX }, async () => {
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(new Date());
    const before = (await call("GET", `/api/fieldwork/days/${today}`, await token_of(WORKER))).body.own?.version ?? 0;
    const write = async (shown, version) => call("PUT", `/api/fieldwork/days/${today}`, await token_of(WORKER), { words: "5 栋的灯今天修好了。", shown, version });
    assert.equal((await write(false, before)).status, 200);
    await as_staff({ login: "leader" }, async (page) => {
      await open(page, `/desk/days?grid=${grid_of(WORKER)}`);
      await page.locator("[data-grid-day]").waitFor();
      assert.equal(await page.getByText("5 栋的灯").count(), 0, "what is not shown is not here");
      assert.equal((await write(true, before + 1)).status, 200);
      await page.reload();
      await page.locator("[data-day-added]").getByText("5 栋的灯今天修好了。").waitFor();
      assert.doesNotMatch(await page.locator("[data-grid-day]").innerText(), /\d{1,2}:\d{2}/, "no times of day");
      await take_pictures(page, "desk-day");
      assert.ok(await page.locator("[data-after]").isDisabled(), "tomorrow is not told");
      await page.keyboard.press("[");
      await page.waitForURL(/date=/);
      await settle(page);
      assert.equal(await page.locator("[data-day-added]").count(), 0);
      await page.locator("[data-after]").click();
      await page.locator("[data-day-added]").waitFor();
    });
  });

  test("a lost phone is wiped from the desk, after a question", { timeout: TEST_MS_MAX }, async () => {
    const id = `019c8a00-0000-7000-8000-${String(Date.now()).slice(-12).padStart(12, "0")}`;
    const begun = await call("POST", "/api/fieldwork/devices", await token_of(WORKER), { id, name: "红米 12" });
    assert.equal(begun.status, 200, JSON.stringify(begun.body));
    await as_staff({ login: DESK }, async (page) => {
      await open(page, "/desk/devices");
      const phone = page.locator(`[data-phone='${id}']`);
      await phone.locator("[data-phone-state=working]").waitFor();
      await take_pictures(page, "desk-phones");
      await phone.locator("[data-lost]").click();
      await page.keyboard.press("Escape");
      await phone.locator("[data-phone-state=working]").waitFor();
      await phone.locator("[data-lost]").click();
      await page.locator("dialog [data-confirm-lost]").click();
      await phone.locator("[data-phone-state=lost]").waitFor();
      assert.equal(await phone.locator("[data-lost]").count(), 0);
    });
  });

  test("somebody stands in for a grid: arranged by its leader, listed, handed back with what was done", { timeout: TEST_MS_MAX }, () =>
    as_staff({ login: "leader" }, async (page) => {
      await open(page, "/desk/stand-ins");
      await page.locator("[data-begin-stand-in]").click();
      await page.locator("[name=post][aria-invalid]").waitFor();
      const post = page.locator("[name=post]");
      await post.selectOption(await post.locator("option", { hasText: "第2网格" }).first().getAttribute("value"));
      if (await page.locator("[name=by]").count()) await page.locator("[name=by]").selectOption({ index: 1 });
      await page.locator("[name=reason]").fill("去市里培训");
      await page.locator("[data-begin-stand-in]").click();
      const line = page.locator("[data-stand-in]").filter({ hasText: "第2网格" });
      await line.getByText("去市里培训").waitFor();
      await said(page, "顶岗，带过去").waitFor();
      await take_pictures(page, "desk-stand-ins");
      await line.locator("[data-end-stand-in]").click();
      await page.locator("dialog [data-confirm-end]").click();
      await page.locator("[data-handed-back]").waitFor();
      await line.waitFor({ state: "detached" });
    }));

  test("every screen in every guise: no violation, nothing cut, nothing told by colour alone", { timeout: TEST_MS_MAX * 3 }, async () => {
    const live = await publish_form(every_type(fresh_key()), STREET);
    const paths = ["/desk/forms", `/desk/forms/${live.form}`, `/desk/forms/${live.form}/versions/1/edit`, "/desk/forms/new", `/desk/forms/${live.form}/submissions`, "/desk/campaigns", "/desk/campaigns/new", "/desk/routes", "/desk/routes/new", "/desk/rules", "/desk/sheets", "/desk/days", "/desk/devices", "/desk/stand-ins"];
    const found = [];
    for (const [elder, lang] of [[false, "zh"], [true, "zh"], [false, "en"]]) {
      await as_staff({ login: DESK, elder, lang }, async (page) => {
        for (const path of paths) {
          await open(page, path);
          for (const width of WIDTHS) {
            await resize(page, width);
            const wrong = [...(await find_axe(page)), ...(await find_overflow(page)), ...(await find_colour_only(page))];
            found.push(...wrong.map((one) => `${path} ${lang}${elder ? " elder" : ""} ${width}: ${one}`));
          }
        }
      });
    }
    assert.deepEqual(found, []);
  });
});
