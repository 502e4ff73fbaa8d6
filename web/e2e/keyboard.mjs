// A person without a mouse: moves with Tab and the arrows, presses with Enter and Space, and always sees where the focus is.
import assert from "node:assert/strict";

const STOPS_MAX = 150;

/** Moves the focus to something, forwards as Tab goes; each stop on the way shows itself. */
export async function reach(page, locator) {
  await locator.waitFor({ state: "attached" });
  for (let stop = 0; stop < STOPS_MAX; stop += 1) {
    const way = await locator.evaluate(where_is);
    if (way === "here") return;
    await page.keyboard.press(way === "in this group" ? "ArrowDown" : "Tab");
    const unseen = await page.evaluate(find_unseen_focus);
    assert.equal(unseen, "", "the focus shows itself");
  }
  throw new Error(`${locator} is not reached within ${STOPS_MAX} stops`);
}

/** Reaches something and presses it. */
export async function press(page, locator, key = "Enter") {
  await reach(page, locator);
  await page.keyboard.press(key);
}

/** Reaches a field and types into it. */
export async function type(page, locator, words) {
  await reach(page, locator);
  await page.keyboard.insertText(words);
}

/** After something was done the focus still stands somewhere within the page. */
export async function expect_focus(page) {
  await page.waitForFunction(() => document.activeElement && document.activeElement !== document.body, undefined, { timeout: 3000 }).catch((lost) => {
    throw new Error("the focus was lost", { cause: lost });
  });
}

/** Runs inside the page: whether the focus is at the element, or at another choice of its group. */
function where_is(element) {
  const at = document.activeElement;
  if (at === element) return "here";
  const is_group = at instanceof HTMLInputElement && at.type === "radio" && at.name === element.name;
  return is_group ? "in this group" : "elsewhere";
}

/** Runs inside the page: what has the focus, if it does not show that it has. */
function find_unseen_focus() {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const shows = (one) => {
    const style = one && getComputedStyle(one);
    return Boolean(style) && ((style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow.includes("inset"));
  };
  const path = at.querySelector("path");
  const seen = shows(at) || shows(at.closest(".choice, .drop, label")) || (path && parseFloat(getComputedStyle(path).strokeWidth) >= 4);
  const box = (at.closest(".choice, .drop, label") ?? at).getBoundingClientRect();
  const is_inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  return seen && is_inside ? "" : `${at.outerHTML.slice(0, 120)} ${seen ? "is off the screen" : "has no ring"}`;
}
