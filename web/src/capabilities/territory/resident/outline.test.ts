// The outline's arithmetic is the inverse of the template's, and its levels end in a pick.
import { afterEach, expect, it, vi } from "vitest";
import { open_outline, to_degrees, type Pick } from "./outline";

const SCALE = { west: 113.05, north: 27.92, per_lon: 9000, per_lat: 10180 };

it("turns pixels back into degrees", () => {
  const x = (113.1123 - SCALE.west) * SCALE.per_lon;
  const y = (SCALE.north - 27.8755) * SCALE.per_lat;
  const spot = to_degrees(x, y, SCALE);
  expect(spot.lon).toBeCloseTo(113.1123, 9);
  expect(spot.lat).toBeCloseTo(27.8755, 9);
});

afterEach(() => vi.unstubAllGlobals());

const PAGES: Record<string, string> = {
  "/grids": `<svg data-outline><a href="/grids?area=430204001008" data-code="430204001008" aria-label="田心社区"><path d="M0 0"/></a></svg>`,
  "/grids?area=430204001008": `<svg data-outline><a href="/grids/430204001008J003" data-code="430204001008J003" aria-label="第三网格"><path d="M0 0"/></a></svg>`,
};

it("goes down by taps, and a key press at the end picks the whole grid", async () => {
  vi.stubGlobal("fetch", async (address: string) => ({ ok: true, text: async () => `<html><body>${PAGES[address]}</body></html>` }));
  document.body.innerHTML = `<div id="panel"></div>`;
  const panel = document.getElementById("panel")!;
  const picks: Pick[] = [];
  await open_outline(panel, (pick) => picks.push(pick));
  panel.querySelector("path")!.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }));
  await vi.waitFor(() => expect(panel.querySelector("[aria-label='第三网格']")).not.toBeNull());
  panel.querySelector("path")!.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 0 }));
  expect(picks).toEqual([{ kind: "grid", code: "430204001008J003", name: "第三网格" }]);
});

it("says so in words when the map does not come", async () => {
  vi.stubGlobal("fetch", async () => Promise.reject(new Error("offline")));
  document.body.innerHTML = `<div id="panel"></div>`;
  const panel = document.getElementById("panel")!;
  await open_outline(panel, () => undefined);
  expect(panel.textContent).toContain("请写地点");
});
