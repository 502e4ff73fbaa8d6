// A worker's phone in the stories: set up with a PIN, opened without a line, asked what lies on it, and let go at the end.
import { call, token_of } from "./staff.mjs";

export const PIN = "493817";
const PRESSES_MAX = 3;
const PRESS_AGAIN_MS = 8000;

/** Sets the phone up and waits until everything is on it. `base` where the page knows none. */
export async function set_up_phone(page, base = "") {
  await page.goto(`${base}/grid/phone/set-up`);
  await page.locator("[name=pin]").fill(PIN);
  await page.locator("[name=once_more]").fill(PIN);
  await page.locator("[data-begin]").click();
  await page.getByText(/带好了|Done: it works/).waitFor().catch(async (fault) => { throw new Error(`${fault.message}\n${await page.locator("main").innerText()}`); });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

/** Opens a locked phone. */
export async function enter_pin(page, pin = PIN) {
  await page.locator("[name=pin]").fill(pin);
}

/** The server lets every phone of this worker go, also one that knows of itself no longer: an account has a few at most, and each story brings one. */
export async function let_all_go(login) {
  const token = await token_of(login);
  const { body } = await call("GET", "/api/fieldwork/devices", token);
  for (const { id } of body.items.filter((one) => one.state === "working")) await call("POST", `/api/fieldwork/devices/${id}/leave`, token, {});
}

/** Runs inside the page: the device's id, from the database of whoever works there. */
export async function read_device() {
  const account = localStorage.getItem("mulin.account");
  const got = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await got(indexedDB.open(`mulin.worker.${account}`));
  const device = await got(database.transaction("meta").objectStore("meta").get("device"));
  database.close();
  return device?.id;
}

/** Goes to a place at the foot of the face, as a thumb does: nothing is loaded anew. */
export async function go(page, path) {
  await page.locator(`.phone-foot a[href="/grid${path}"]`).click();
}

/** Writes a report and saves it. Resolves when the screen says that it is safe. */
export async function save_report(page, words, photo) {
  await go(page, "/report");
  const another = page.getByRole("button", { name: /再报一件|Report another/ });
  const field = page.locator("[name=words]");
  await another.or(field).first().waitFor();
  if (await another.isVisible()) await another.click();
  if (photo) {
    await page.setInputFiles("input[type=file]", photo);
    await page.locator(".shot canvas").first().waitFor();
  }
  await field.fill(words);
  const send = page.locator("[data-send]");
  const saved = page.locator("[data-report]");
  // Whoever sees that nothing came of a press presses again.
  for (let presses = 0; presses < PRESSES_MAX && (await send.isVisible()); presses += 1) {
    // What was saved meanwhile has no button any more: whoever would press it sees that it is done.
    const pressed = send.click({ timeout: PRESS_AGAIN_MS }).catch(() => undefined);
    const seen = saved.waitFor({ timeout: PRESS_AGAIN_MS }).then(() => true, () => false);
    await pressed;
    if ((await seen) || page.isClosed()) break;
  }
  await saved.waitFor();
}

/** Waits until nothing waits any more, pressing the button as a person would. */
export async function send_all(page, ms_max = 60_000) {
  await page.locator('.phone-foot a[href="/grid/me"]').click();
  await page.locator('a[href="/grid/outbox"]').first().click();
  const give_up = Date.now() + ms_max;
  // Pressed again only once it has come to rest: on a busy machine a sync takes longer than a look at it.
  for (let busy = 0; ;) {
    if (busy === 0) await page.locator("[data-sync]").click();
    await page.waitForTimeout(500);
    const waiting = await page.locator('[data-state="waiting"], [data-state="held"]').count();
    busy = await page.locator("[data-sync][aria-disabled=true]").count();
    if (waiting === 0 && busy === 0) return;
    if (Date.now() > give_up) throw new Error(`${waiting} still wait after ${ms_max / 1000} s: ${await page.locator("main").innerText()}`);
  }
}
