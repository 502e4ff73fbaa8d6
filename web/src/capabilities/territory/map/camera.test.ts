// A place comes back from the screen as itself, and what lies under the pointer stays there.
import { expect, test } from "vitest";
import { fit, from_screen, pan, to_screen, view_of, zoom_at, ZOOM_MAX, type Camera } from "./camera";

const camera: Camera = { ...fit({ x: 0.5, y: 0.5, zoom: 10, width: 800, height: 600 }, [113.03, 27.85, 113.25, 28.03], 20) };

test("an area is shown whole, and as large as it can be", () => {
  const view = view_of(camera);
  expect(view.west).toBeLessThan(113.03);
  expect(view.north).toBeGreaterThan(28.03);
  const [left, top] = to_screen(camera, 113.03, 28.03);
  expect(Math.min(left, top)).toBeCloseTo(20, 0);
});

test("a place on the screen is the place on the ground", () => {
  const [left, top] = to_screen(camera, 113.13, 27.9);
  const [lon, lat] = from_screen(camera, left, top);
  expect(lon).toBeCloseTo(113.13, 9);
  expect(lat).toBeCloseTo(27.9, 9);
});

test("zooming keeps what is under the pointer, and ends", () => {
  const place = from_screen(camera, 100, 500);
  const nearer = zoom_at(camera, 2, 100, 500);
  const [left, top] = to_screen(nearer, ...place);
  expect([Math.round(left), Math.round(top)]).toEqual([100, 500]);
  expect(zoom_at(camera, 99, 0, 0).zoom).toBe(ZOOM_MAX);
});

test("panning moves the ground by as many pixels", () => {
  const [left] = to_screen(pan(camera, 50, 0), 113.13, 27.9);
  expect(left).toBeCloseTo(to_screen(camera, 113.13, 27.9)[0] - 50, 6);
});
