// A screen as everybody has it: nothing cut at any width, nothing axe finds, nothing told by colour alone; and its pictures, where they are asked for.
import assert from "node:assert/strict";
import { resize, WIDTHS } from "./browser.mjs";
import { find_axe, find_colour_only, find_overflow } from "./checks.mjs";
import { take_pictures } from "./pictures.mjs";

export async function look_well(page, name) {
  for (const width of WIDTHS) {
    await resize(page, width);
    assert.deepEqual(await find_overflow(page), [], `${name} at ${width}`);
  }
  assert.deepEqual(await find_axe(page), [], name);
  assert.deepEqual(await find_colour_only(page), [], name);
  await take_pictures(page, name);
}
