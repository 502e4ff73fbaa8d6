// What staff do on their screens, in the words of the workflow; the journey and other stories are made of these.
import assert from "node:assert/strict";

/** Waits until a screen stands: its heading is there, and whatever it asked the server has come. */
export async function settle(page) {
  await page.locator(":is(main, .phone-top) h1").first().waitFor();
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
}

/** Today's list whole: it shows the first seven. */
export async function show_all_tasks(page) {
  await page.locator("main :is(.task, .empty)").first().waitFor();
  await settle(page);
  const more = page.locator("[data-more-tasks]");
  if (await more.count()) await more.click();
}

/** Says why one looks into the register, where the screen asks for it. */
export async function say_purpose(page, purpose = "service") {
  const choice = page.locator(`[data-choose-purpose=${purpose}]`);
  if (!(await choice.count())) return;
  await choice.click();
  await settle(page);
}

/** Opens a case on a face and waits until it stands there. */
export async function open_case(page, face, number) {
  await page.goto(`/${face}/case/${number}`);
  await page.locator("[data-act], [data-more], .timeline").first().waitFor();
}

/**
 * Takes a step of the workflow on the case now on the screen, filling in what its form asks for.
 * @param {import("playwright-core").Page} page
 * @param {string} action the workflow's name
 * @param {{note?: string, photo?: object, post?: string, reason?: number, target?: string}} given
 */
export async function take_step(page, action, given = {}) {
  const button = page.locator(`[data-act=${action}]:visible`).first();
  if (!(await button.isVisible())) await page.locator("[data-more]").first().click();
  await button.click();
  if (Object.keys(given).length > 0) await fill_form(page.locator("dialog[open]").last(), given);
  const done = page.locator(".said-notice");
  await done.last().waitFor();
  assert.ok(await done.last().evaluate((one) => one.classList.contains("good")), await done.last().innerText());
  await page.locator("dialog[open]").waitFor({ state: "detached" });
}

async function fill_form(dialog, { note, photo, post, reason, target }) {
  await dialog.locator("[data-send]").waitFor();
  if (post) {
    await dialog.locator("input[type=search]").fill(post);
    await dialog.locator(".choice").filter({ hasText: post }).first().click();
  }
  if (target) await dialog.locator("[name=target]").fill(target);
  if (reason) await dialog.locator("[name=reason]").selectOption({ index: reason });
  if (note) await dialog.locator("[name=note]").fill(note);
  if (photo) {
    await dialog.locator("input[type=file]").setInputFiles(photo);
    await dialog.locator(".shot canvas").first().waitFor();
  }
  await dialog.locator("[data-send]").click();
}

/** The state of the case now on the screen, in words. */
export function state_of(page) {
  return page.locator(".state").first().innerText();
}
