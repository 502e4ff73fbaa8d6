// Every sentence of a script stands in both languages side by side; a lone Chinese one would be shown to readers of English.
// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SRC = new URL("../", import.meta.url).pathname;
const CHINESE = /[\u4e00-\u9fff]/;
/** Calls whose first argument is Chinese and whose second is English. */
const PAIRED = /\btr\(\s*(?:`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*,\s*(?:`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/g;

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(ts|vue)$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name)) yield path;
  }
}

/** Lines with Chinese outside comments and outside `tr(zh, en)`. */
export function lone_chinese(text: string): string[] {
  const bare = text
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/(^|\s)\/\/.*$/gm, "")
    .replace(PAIRED, "");
  return bare.split("\n").filter((line) => CHINESE.test(line) && !line.includes('lang="zh-CN"') && !/"中文"/.test(line)).map((line) => line.trim());
}

test("a lone Chinese sentence is found, a paired one is not", () => {
  expect(lone_chinese('const a = "没有";')).toHaveLength(1);
  expect(lone_chinese('tr("没有", "None")')).toHaveLength(0);
  expect(lone_chinese("tr(`${n} 件`, `${n} cases`)")).toHaveLength(0);
  expect(lone_chinese("<p>没有</p>")).toHaveLength(1);
});

test("every sentence of the scripts is in both languages", () => {
  const lone = [...sources(SRC)].flatMap((path) => lone_chinese(readFileSync(path, "utf8")).map((line) => `${path.slice(SRC.length)}: ${line}`));
  expect(lone).toEqual([]);
});
