// Pictures for the README and for eyes: docs/pictures/NAME-WIDTH.png.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { resize, WIDTHS } from "./browser.mjs";

const FOLDER = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));
const WIDE = WIDTHS[WIDTHS.length - 1];

/** Takes the page at the three widths, only when asked to: the pictures change with every date and number. */
export async function take_pictures(page, name) {
  if (!process.env.MULIN_PICTURES) return;
  mkdirSync(FOLDER, { recursive: true });
  const size = page.viewportSize();
  for (const width of WIDTHS) {
    await resize(page, width);
    // The wide one, and one with a bar at its foot, show the first screen from its top, wherever the story had scrolled to.
    const first_screen = width === WIDE || (await page.locator("nav.bottom, .phone-foot").count()) > 0;
    const clip = first_screen ? { x: 0, y: 0, ...page.viewportSize() } : undefined;
    await page.screenshot({ path: `${FOLDER}${name}-${width}.png`, fullPage: true, clip, animations: "disabled" });
  }
  await page.setViewportSize(size);
}
