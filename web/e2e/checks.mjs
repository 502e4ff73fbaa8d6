// Checks of one page as it stands: accessibility, 适老化, width, weight. Each returns sentences about what is wrong.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const ELDER = { font_px_min: 18, target_px_min: 60, contrast_min: 7, line_height_min: 1.3 };
const ORDINARY = { font_px_min: 14, target_px_min: 44 };
const HTML_BYTES_MAX = 20 * 1024;

/** axe with WCAG 2.2 A and AA and its best practices: no violation is allowed. */
export async function find_axe(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  // What is in order is not told in detail: half of axe's time went into describing it.
  const found = await page.evaluate((tags) => window.axe.run({ runOnly: tags, resultTypes: ["violations"] }), AXE_TAGS);
  return found.violations.map((one) => `axe ${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

/** Nothing may need scrolling sideways. */
export async function find_overflow(page) {
  const { seen, width } = await page.evaluate(() => ({ seen: document.documentElement.scrollWidth, width: window.innerWidth }));
  return seen > width ? [`the page is ${seen} px wide in ${width} px`] : [];
}

/** Text size, line height, contrast of every text; size of every control. Links inside a sentence are exempt, as in WCAG 2.5.8. */
export async function find_small(page, elder) {
  const limits = elder ? ELDER : ORDINARY;
  return page.evaluate(measure_page, limits);
}

/** In grey nothing may be lost: what says how a thing stands has a word and a shape. */
export async function find_colour_only(page) {
  return page.locator(".state:visible, .due:visible, .tag:visible").evaluateAll((all) => all
    .filter((one) => !(one.innerText.trim() && (one.classList.contains("tag") || one.querySelector("svg"))))
    .map((one) => `only colour tells: ${one.outerHTML.slice(0, 80)}`));
}

/** The document itself, as the server sent it. */
export function find_heavy(html) {
  const bytes = Buffer.byteLength(html);
  return bytes > HTML_BYTES_MAX ? [`the HTML is ${bytes} bytes, the limit is ${HTML_BYTES_MAX}`] : [];
}

/** Runs inside the page; needs everything in itself. */
function measure_page(limits) {
  const wrong = new Set();
  const name = (element) => `${element.tagName.toLowerCase()}${element.className && typeof element.className === "string" ? "." + element.className.trim().replace(/\s+/g, ".") : ""} “${(element.textContent ?? "").trim().slice(0, 16)}”`;
  const visible = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !element.closest(".unseen, .skip, svg");

  const channel = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * channel(red / 255) + 0.7152 * channel(green / 255) + 0.0722 * channel(blue / 255);
  const colour = (text) => text.match(/[\d.]+/g).map(Number);
  const ground_of = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const ground = colour(getComputedStyle(at).backgroundColor);
      if (ground.length === 3 || ground[3] === 1) return ground;
    }
    return [255, 255, 255];
  };

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element || !visible(element)) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    if (size < limits.font_px_min) wrong.add(`text of ${size} px: ${name(element)}`);
    const leading = parseFloat(style.lineHeight) / size;
    if (limits.line_height_min && leading < limits.line_height_min - 0.01 && element.getClientRects().length > 1) wrong.add(`line height ${leading.toFixed(2)}: ${name(element)}`);
    if (limits.contrast_min) {
      const [light, dark] = [luminance(colour(style.color)), luminance(ground_of(element))].sort((a, b) => b - a);
      const ratio = (light + 0.05) / (dark + 0.05);
      if (ratio < limits.contrast_min) wrong.add(`contrast ${ratio.toFixed(1)}: ${name(element)}`);
    }
  }

  const controls = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary");
  for (const control of controls) {
    if (!visible(control)) continue;
    const in_sentence = control.tagName === "A" && getComputedStyle(control).display === "inline";
    const label = control.closest("label");
    const box = (label ?? control).getBoundingClientRect();
    if (in_sentence) continue;
    const [width, height] = [Math.round(box.width), Math.round(box.height)];
    if (height < limits.target_px_min || width < limits.target_px_min) wrong.add(`target of ${width}×${height} px: ${name(control)}`);
  }
  return [...wrong];
}
