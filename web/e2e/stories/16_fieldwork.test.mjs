// The worker's day at the door: today in one list, a visit in two taps, a form with every type of question, homes found by initials.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { as_staff, resize, tap, WIDTHS, with_browser } from "../browser.mjs";
import { find_axe, find_colour_only, find_overflow, find_small } from "../checks.mjs";
import { wait_for_value, wait_until_kept } from "../drafts.mjs";
import { every_type, hundred_questions, publish_form } from "../forms.mjs";
import { make_photo } from "../photo.mjs";
import { take_pictures } from "../pictures.mjs";
import { grid_of } from "../register.mjs";
import { settle, show_all_tasks } from "../screens.mjs";
import { call, token_of } from "../staff.mjs";

const WORKER = "worker";
const CPU_RATE = 4;
const FORM_PAGES_MAX = 60;
const SHOWN = 7;
const HERE = { lon: 113.134, lat: 27.872 };

describe("the worker's day at the door", () => {
  with_browser();
  const street = () => grid_of(WORKER).split("/").slice(0, 2).join("/");
  const fresh_key = () => `story_${randomUUID().slice(0, 8)}`;

  /** What the server has of a form. */
  async function submissions_of(form) {
    const { body } = await call("GET", `/api/fieldwork/forms/${form}/submissions?area=${encodeURIComponent(grid_of(WORKER))}`, await token_of("desk"));
    return body.items;
  }

  async function today() {
    const { status, body } = await call("GET", "/api/fieldwork/today", await token_of(WORKER));
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  /** Answers whatever the open page asks, as a thumb would. */
  async function answer_page(page) {
    const names = await page.locator("[data-question]").evaluateAll((all) => all.map((one) => one.dataset.question));
    for (const name of names) await answer(page.locator(`[data-question=${name}]`), name);
  }

  async function answer(question, name) {
    const page = question.page();
    const field = question.locator("input:not([type=file], [type=search]), textarea, select").first();
    const typed = { who: "王姐", people: "3", hose: "1.5", changed: "2025-03-04", month: "2025-03", home_at: "18:30", again_at: "2026-11-25T18:30", meter: "G-0815", repair_line: "28330000", remark: "阀门在橱柜里", number: "P-77", kilos: "15" }[name];
    if (typed !== undefined) return field.fill(typed);
    if (["gas", "wrong", "spot", "maker", "mood", "told"].includes(name)) return field.check();
    if (name === "street") return field.selectOption("tianxin");
    if (name === "warm") return field.press("ArrowRight");
    if (name === "order") for (let at = 0; at < 2; at += 1) await question.locator("[aria-pressed=false]").first().click();
    if (name === "picture") {
      await question.locator("input[type=file]").setInputFiles(await make_photo(page, { width: 1600, height: 1200 }));
      await question.locator(".shot canvas").waitFor();
    }
    if (name === "signed") {
      await question.locator(".tick-line input").first().check();
      await question.getByLabel("签名人姓名").fill("王姐");
      await question.locator(".tick-line input").last().check();
      await question.getByText("已签名", { exact: true }).waitFor();
    }
    if (name === "here") {
      await question.locator("[data-here]").click();
      await question.getByText("已取到").waitFor();
    }
  }

  /** Goes on to the end of the form, answering; answers how many pages there were. */
  async function fill_to_the_end(page, at_page = async () => undefined) {
    for (let pages = 0; pages < FORM_PAGES_MAX; pages += 1) {
      await at_page();
      if (await page.locator("[data-send]").count()) return pages;
      await answer_page(page);
      await page.locator("[data-next]").click();
    }
    throw new Error(`no end after ${FORM_PAGES_MAX} pages: ${await page.locator("main").innerText()}`);
  }

  test("a form with every type of question is filled in, survives a reload, and arrives whole", () =>
    as_staff({ login: WORKER, width: 360, at: HERE }, async (page) => {
      const { form } = await publish_form(every_type(fresh_key()), street());
      await page.goto("/grid/forms");
      await page.locator(`[data-form="${form}"]`).click();
      await page.locator("[data-next]").click();
      // Without an answer that is needed one does not get on, and is told why.
      await page.locator("[data-next]").click();
      await page.locator("[data-question=who] .problem").waitFor();
      await page.locator("[data-question=who] input").fill("王姐");
      await take_pictures(page, "worker-form");
      await page.locator("[data-next]").click();
      await page.locator("[data-question=people] input").fill("21");
      await page.locator("[data-next]").click();
      await page.getByText("0 到 20 之间。").waitFor();
      await page.locator("[data-question=people] input").fill("3");
      await wait_until_kept(page);
      await page.reload();
      await wait_for_value(page, "[data-question=people] input", "3");
      await fill_to_the_end(page);
      assert.match(await page.locator(".said-answers").innerText(), /一共几公斤[\s\S]*15/, "the sum is worked out");
      await take_pictures(page, "worker-form-end");
      await page.locator("[data-send]").click();
      await page.locator("[data-forms], [data-task], .empty").first().waitFor();
      const give_up = Date.now() + 20_000;
      let came = await submissions_of(form);
      while (came.length === 0 && Date.now() < give_up) {
        await page.waitForTimeout(300);
        came = await submissions_of(form);
      }
      assert.equal(came.length, 1, "once, and whole");
    }));

  test("by keyboard alone, to the end of the form", () =>
    as_staff({ login: WORKER, width: 768 }, async (page) => {
      const { form } = await publish_form(hundred_questions(fresh_key()), street());
      await page.goto(`/grid/fill/${form}`);
      const first = page.locator("[data-question=q0] input");
      await first.waitFor();
      await page.locator(".fill-page").focus();
      await page.keyboard.press("Tab");
      await page.keyboard.type("7");
      assert.equal(await first.inputValue(), "7");
      await page.keyboard.press("Enter");
      await page.locator("[data-send]").waitFor();
      assert.match(await page.locator(".said-answers").innerText(), /合计\s*7/);
    }));

  test("a form of a hundred questions answers every key on a slow phone, and tells how soon", () =>
    as_staff({ login: WORKER, width: 360 }, async (page) => {
      const { form } = await publish_form(hundred_questions(fresh_key()), street());
      await page.goto(`/grid/fill/${form}`);
      await page.locator("[data-question=q0] input").fill("1");
      await page.locator("[data-question=q99] input").waitFor();
      const devtools = await page.context().newCDPSession(page);
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: CPU_RATE });
      await page.evaluate(watch_keys);
      for (const name of ["q1", "q50", "q99"]) {
        await page.locator(`[data-question=${name}] input`).focus();
        for (const key of "123") {
          await page.keyboard.press(key);
          await page.waitForTimeout(250);
        }
      }
      await devtools.send("Emulation.setCPUThrottlingRate", { rate: 1 });
      await page.waitForFunction(() => window.key_waits_ms.length === 9);
      const waits = (await page.evaluate(() => window.key_waits_ms)).sort((a, b) => a - b);
      console.log(`a key of a hundred questions at ${CPU_RATE}× slow-down: ${waits.map(Math.round).join(", ")} ms`);
    }));

  test("today shows what is first, seven at a time, and a visit is done in two taps", () =>
    as_staff({ login: WORKER, width: 360, at: HERE }, async (page, watch) => {
      const { lines } = await today();
      const visit = lines.find((line) => line.kind === "visit");
      assert.ok(visit, "the demo has a visit for its worker");
      await page.goto("/grid");
      await page.locator(".task").first().waitFor();
      assert.ok((await page.locator(".task").count()) <= SHOWN, "seven at most");
      await take_pictures(page, "worker-today");
      await show_all_tasks(page);
      await page.locator("[data-near]").click();
      await page.getByText("位置没有保存").waitFor();
      watch.taps = 0;
      await tap(watch, page.locator(`.task[data-task="${visit.id}"]`));
      await page.locator("[data-outcome=unchanged]").waitFor();
      await settle(page);
      await take_pictures(page, "worker-visit");
      await tap(watch, page.locator("[data-outcome=unchanged]"));
      assert.equal(watch.taps, 2);
      // A slip of the thumb is taken back before anybody hears of it.
      await page.locator(".said-notice .button").click();
      await page.getByText("什么都没有发出").waitFor();
      assert.ok((await today()).lines.some((line) => line.id === visit.id), "nothing was sent");
      await page.goto(`/grid/task/${visit.id}`);
      await page.locator("[data-outcome=unchanged]").click();
      const give_up = Date.now() + 30_000;
      while ((await today()).lines.some((line) => line.id === visit.id) && Date.now() < give_up) await page.waitForTimeout(500);
      assert.ok(!(await today()).lines.some((line) => line.id === visit.id), "it arrived");
    }));

  for (const elder of [false, true]) {
    for (const lang of ["zh", "en"]) {
      test(`${elder ? "elder" : "ordinary"} ${lang}: no violation, nothing small, nothing cut`, () =>
        as_staff({ login: WORKER, elder, lang, width: 360, at: HERE }, async (page) => {
          const { form } = await publish_form(every_type(fresh_key()), street());
          const [line] = (await today()).lines;
          const found = [];
          const look = async (where, widths) => {
            for (const width of widths) {
              await resize(page, width);
              const wrong = [...(await find_overflow(page)), ...(width === 320 ? [] : [...(await find_axe(page)), ...(await find_small(page, elder)), ...(await find_colour_only(page))])];
              found.push(...wrong.map((one) => `${where} at ${width}: ${one}`));
            }
          };
          for (const path of ["/grid", "/grid/forms", ...(line ? [`/grid/task/${line.id}`] : [])]) {
            await page.goto(path);
            await page.locator("main :is(.card, .task, .empty, .link-row)").first().waitFor();
            await settle(page);
            await look(path, [320, ...WIDTHS]);
          }
          if (lang === "zh") {
            await page.goto(`/grid/fill/${form}`);
            await page.locator(".fill").waitFor();
            await fill_to_the_end(page, () => look(`the form, ${page.url()}`, [360]));
            await page.locator("[data-jump]").click();
            await look("the list of questions", [320, 360]);
          }
          assert.deepEqual([...new Set(found)], []);
        }));
    }
  }
});

/** Runs inside the page: how long after a key the next picture stands. */
function watch_keys() {
  window.key_waits_ms = [];
  addEventListener("keydown", () => {
    const began = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.key_waits_ms.push(performance.now() - began)));
  }, true);
}
