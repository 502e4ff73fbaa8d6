// Where a map looks: the square map of the world (Web Mercator), a middle, a zoom, and the screen it lies on. Pure.

/** West, south, east, north in degrees. */
export type Bounds = [number, number, number, number];

/** A part of the ground as a screen shows it; the zoom as web maps count it, with tiles of 512 pixels. */
export interface View {
  west: number;
  south: number;
  east: number;
  north: number;
  zoom: number;
}

/** The middle on the square map, each side from 0 to 1, and the screen in pixels. */
export interface Camera {
  x: number;
  y: number;
  zoom: number;
  width: number;
  height: number;
}

const TILE_PIXELS = 512;
const LAT_MAX = 85.051128;
export const ZOOM_MIN = 6;
export const ZOOM_MAX = 19;

export function to_square(lon: number, lat: number): [number, number] {
  const sin = Math.sin((Math.max(-LAT_MAX, Math.min(LAT_MAX, lat)) * Math.PI) / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

export function from_square(x: number, y: number): [number, number] {
  return [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
}

/** Pixels along the side of the square map. */
export function side(zoom: number): number {
  return TILE_PIXELS * 2 ** zoom;
}

export function to_screen(camera: Camera, lon: number, lat: number): [number, number] {
  const [x, y] = to_square(lon, lat);
  const wide = side(camera.zoom);
  return [(x - camera.x) * wide + camera.width / 2, (y - camera.y) * wide + camera.height / 2];
}

export function from_screen(camera: Camera, left: number, top: number): [number, number] {
  const wide = side(camera.zoom);
  return from_square(camera.x + (left - camera.width / 2) / wide, camera.y + (top - camera.height / 2) / wide);
}

export function view_of(camera: Camera): View {
  const [west, north] = from_screen(camera, 0, 0);
  const [east, south] = from_screen(camera, camera.width, camera.height);
  return { west, south, east, north, zoom: camera.zoom };
}

/** The camera that shows all of `bounds` on its screen. */
export function fit(camera: Camera, [west, south, east, north]: Bounds, margin: number): Camera {
  const [left, top] = to_square(west, north);
  const [right, bottom] = to_square(east, south);
  const room = (pixels: number) => Math.max(pixels - 2 * margin, 40) / TILE_PIXELS;
  const zoom = Math.log2(Math.min(room(camera.width) / Math.max(right - left, 1e-9), room(camera.height) / Math.max(bottom - top, 1e-9)));
  return { ...camera, x: (left + right) / 2, y: (top + bottom) / 2, zoom: hold(zoom) };
}

/** Zooms by steps, with what lies under a point of the screen staying there. */
export function zoom_at(camera: Camera, by: number, left: number, top: number): Camera {
  const zoom = hold(camera.zoom + by);
  const before = side(camera.zoom);
  const after = side(zoom);
  const stay = (middle: number, off: number) => middle + off / before - off / after;
  return { ...camera, zoom, x: stay(camera.x, left - camera.width / 2), y: stay(camera.y, top - camera.height / 2) };
}

export function pan(camera: Camera, left: number, top: number): Camera {
  const wide = side(camera.zoom);
  const within = (at: number) => Math.max(0, Math.min(1, at));
  return { ...camera, x: within(camera.x + left / wide), y: within(camera.y + top / wide) };
}

function hold(zoom: number): number {
  return Math.max(ZOOM_MIN, Math.min(ZOOM_MAX, zoom));
}
