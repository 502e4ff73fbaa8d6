// A browser with a profile of its own on the disk, that can be killed like a phone whose battery is taken out, and started anew on what is left.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chromium } from "playwright-core";
import { ARGUMENTS, PROGRAM } from "./chromium.mjs";

const SCREEN = { width: 360, height: 740 };
const READY = /DevTools listening on (ws:\S+)/;

/** @returns {Promise<{page: import("playwright-core").Page, context: import("playwright-core").BrowserContext, kill: () => Promise<void>, close: () => Promise<void>}>} */
export async function start_killable(profile) {
  const process_of_browser = spawn(PROGRAM, [...ARGUMENTS, `--user-data-dir=${profile}`, "--remote-debugging-port=0", "--lang=zh-CN", "about:blank"], { stdio: ["ignore", "ignore", "pipe"], detached: true });
  const browser = await chromium.connectOverCDP(await address_of(process_of_browser));
  const [context] = browser.contexts();
  const page = context.pages()[0] ?? (await context.newPage());
  await page.setViewportSize(SCREEN);
  const end = async (signal) => {
    // One that has ended by itself has no group any more.
    if (process_of_browser.exitCode === null && process_of_browser.signalCode === null) {
      const ended = once(process_of_browser, "exit");
      process.kill(-process_of_browser.pid, signal);
      await ended;
    }
    await browser.close().catch(() => undefined);
  };
  return { page, context, kill: () => end("SIGKILL"), close: () => end("SIGTERM") };
}

/** Where the browser can be spoken to: it says so once it stands. What it says later is not kept. */
function address_of(started) {
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (part) => {
      said += part;
      const found = READY.exec(said);
      if (!found) return;
      started.stderr.off("data", listen).resume();
      resolve(found[1]);
    };
    started.stderr.on("data", listen);
    started.once("exit", () => reject(new Error(`the browser did not start: ${said}`)));
  });
}
