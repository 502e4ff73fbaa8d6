// The browser of the stories: Debian's headless shell, the same engine as Chromium without its windows, and ready in a tenth of the time.
import { chromium } from "playwright-core";

export const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell";
export const ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--enable-unsafe-swiftshader", "--font-render-hinting=none", "--force-color-profile=srgb"];

/** Starts one; whoever starts it closes it. */
export function launch_browser() {
  return chromium.launch({ executablePath: PROGRAM, args: ARGUMENTS });
}
