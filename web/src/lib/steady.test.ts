// What comes late waits for the end of a press, and keeps the next control where it is.
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { change_steadily, watch_hands } from "./steady";

beforeAll(() => watch_hands());
beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `<main><div id="late"></div><button id="next">提交</button></main>`;
});
afterEach(() => {
  dispatchEvent(new Event("pointercancel"));
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const late = () => document.getElementById("late")!;
const fill = () => change_steadily(late(), () => (late().textContent = "来了"));

it("changes at once when nothing is pressed", () => {
  fill();
  expect(late().textContent).toBe("来了");
});

it("waits until the press and its click are over", () => {
  dispatchEvent(new Event("pointerdown"));
  fill();
  dispatchEvent(new Event("pointerup"));
  expect(late().textContent).toBe("");
  vi.advanceTimersByTime(100);
  expect(late().textContent).toBe("来了");
});

it("does not wait for ever for a press whose end was never told", () => {
  dispatchEvent(new Event("pointerdown"));
  fill();
  vi.advanceTimersByTime(10_000);
  expect(late().textContent).toBe("来了");
});

it("scrolls by what the next control on the screen would have moved", () => {
  const scrolled = vi.fn();
  vi.stubGlobal("scrollBy", scrolled);
  const tops = [300, 420, 300];
  document.getElementById("next")!.getBoundingClientRect = () => ({ top: tops.length > 1 ? (tops[0] as number) : 300, bottom: 340, height: 40 }) as DOMRect;
  change_steadily(late(), () => tops.shift());
  expect(scrolled).toHaveBeenCalledWith(0, 120);
});
