// The reading tools: sizes stop at their ends, and what is read aloud is read once.
import { beforeEach, describe, expect, it } from "vitest";
import { enhance_tools, reading_parts, step_size } from "./tools";

describe("step_size", () => {
  it.each([
    [20, 1, 22],
    [20, -1, 18],
    [18, -1, 18],
    [26, 1, 30],
    [30, 1, 30],
    [999, 1, 22],
  ])("from %i by %i is %i", (now, step, then) => expect(step_size(now, step)).toBe(then));
});

describe("reading_parts", () => {
  it("reads each sentence once and skips what is hidden", () => {
    document.body.innerHTML = `<main id="main"><h1>报问题</h1><ul><li><p>第一 句</p></li></ul><p hidden>看不见</p>
      <label>手机号 <input></label><dl><dt>编号</dt><dd>SF-1</dd></dl></main>`;
    expect(reading_parts(document.getElementById("main"))).toEqual(["报问题", "第一 句", "手机号", "编号", "SF-1"]);
  });
});

describe("the tool bar", () => {
  beforeEach(() => {
    localStorage.clear();
    document.documentElement.removeAttribute("data-size");
    document.body.innerHTML = `<button data-size-step="1" hidden>A+</button><button data-contrast-switch hidden>对比</button><button data-read-aloud hidden>朗读</button>`;
  });

  it("shows what works, hides reading aloud without a voice, and remembers", () => {
    enhance_tools();
    const [larger, contrast, read] = [...document.querySelectorAll("button")];
    expect([larger?.hidden, contrast?.hidden, read?.hidden]).toEqual([false, false, true]);
    larger?.click();
    contrast?.click();
    expect(document.documentElement.dataset.size).toBe("22");
    expect(document.documentElement.dataset.contrast).toBe("high");
    expect(contrast?.getAttribute("aria-pressed")).toBe("true");
    expect(localStorage.getItem("mulin.size")).toBe("22");
    contrast?.click();
    expect(localStorage.getItem("mulin.contrast")).toBeNull();
  });
});
