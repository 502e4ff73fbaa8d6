// The map without WebGL: outlines, heaps and pins on a canvas, moved by pointer, wheel and keys.
//
// While it moves, the last picture is only shifted and scaled; it is drawn anew a few times a second and once it rests.
import { api, ask, Refusal, type Schema } from "../../../client/api";
import { fit, from_screen, pan, side, to_screen, to_square, view_of, zoom_at, type Bounds, type Camera } from "./camera";
import { colours_of, draw_heap, draw_pin, PIN_RADIUS, radius_of, set_mark_font } from "./marks";
import { FIT_MARGIN, type Ground, type Hear, type Picture, type Sheet, type SheetWords } from "./sheet";

type Outline = Schema["Drawn"];

/** Left, top, right, bottom. */
type Box = [number, number, number, number];

/** Marks that names make room for. */
const MARKS_AVOIDED_MAX = 300;
/** Where a name is tried, in pixels from its place: where it covers no mark, or else there. */
const OFFSETS = [0, -26, 26, -52, 52, -78];

/** An outline whose cells are paths, in the outline's own units. */
interface Shapes {
  cells: { code: string; path: Path2D }[];
  /** Its corner on the square map, and how much of the square a unit is. */
  x: number;
  y: number;
  per_x: number;
  per_y: number;
}

/** Drawn anew this often while it moves, and so long after it came to rest. */
const DRAW_MS = 120;
/** A pointer that moved less has pressed, not dragged. */
const PRESS_PIXELS = 5;
const KEY_PIXELS = 80;
const KEYS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export async function make_plain(host: HTMLElement, hear: Hear, words: SheetWords): Promise<Sheet> {
  const canvas = document.createElement("canvas");
  canvas.className = "map-canvas";
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", words.label);
  host.append(canvas);
  const maybe_pen = canvas.getContext("2d", { alpha: false });
  if (!maybe_pen) throw new Error("no canvas");
  const pen = maybe_pen;
  const kept = document.createElement("canvas");
  const colours = colours_of();
  const shapes = new Map<string, Shapes | undefined>();
  let camera: Camera = { x: 0.814, y: 0.42, zoom: 10, width: 1, height: 1 };
  let kept_camera = camera;
  let picture: Picture | undefined;
  let waiting = 0;
  let drawn_at = 0;
  let fitted: Bounds | undefined;

  function resize(): void {
    const { width, height } = host.getBoundingClientRect();
    if (width < 2 || height < 2) return;
    const scale = Math.min(devicePixelRatio || 1, 2);
    for (const one of [canvas, kept]) {
      one.width = Math.round(width * scale);
      one.height = Math.round(height * scale);
    }
    camera = { ...camera, width, height };
    if (fitted) camera = fit(camera, fitted, FIT_MARGIN);
    rest();
  }
  const watcher = new ResizeObserver(resize);
  watcher.observe(host);

  /** Shows at once what is there, shifted; draws anew when it is time. */
  function move(next: Camera): void {
    camera = next;
    fitted = undefined;
    if (performance.now() - drawn_at > DRAW_MS) paint();
    else shift();
    clearTimeout(waiting);
    waiting = window.setTimeout(rest, DRAW_MS);
  }

  function rest(): void {
    paint();
    hear.moved(view_of(camera));
  }

  function shift(): void {
    const scale = canvas.width / camera.width;
    const grown = side(camera.zoom) / side(kept_camera.zoom);
    const wide = side(camera.zoom);
    const left = (kept_camera.x - camera.x) * wide + (camera.width / 2) * (1 - grown);
    const top = (kept_camera.y - camera.y) * wide + (camera.height / 2) * (1 - grown);
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colours.paper;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(kept, left * scale, top * scale, kept.width * grown, kept.height * grown);
  }

  function paint(): void {
    const scale = canvas.width / camera.width;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = colours.paper;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (picture) {
      paint_ground(picture, scale);
      paint_marks(picture);
      pen.setTransform(scale, 0, 0, scale, 0, 0);
      paint_names(picture);
    }
    kept.getContext("2d")?.drawImage(canvas, 0, 0);
    kept_camera = camera;
    drawn_at = performance.now();
  }

  function paint_ground({ area, parent, within }: Picture, scale: number): void {
    if (parent) paint_shapes(shapes.get(key_of(parent, area.level)), scale, () => colours.paper, colours.line, 1);
    const around = shapes.get(key_of(area, area.level));
    paint_shapes(around, scale, () => colours.card, colours.line, 1);
    const late = new Set(within.filter((one) => one.is_late).map((one) => one.code));
    const inner = within[0] && shapes.get(key_of(area, within[0].level));
    paint_shapes(inner, scale, (code) => (late.has(code) ? colours.bad_soft : colours.card), colours.edge, 1);
    paint_shapes(around, scale, undefined, colours.brand, 3);
  }

  function paint_shapes(shown: Shapes | undefined, scale: number, fill: ((code: string) => string) | undefined, line: string, pixels: number): void {
    if (!shown) return;
    const wide = side(camera.zoom) * scale;
    const across = shown.per_x * wide;
    const left = (shown.x - camera.x) * wide + (camera.width / 2) * scale;
    const top = (shown.y - camera.y) * wide + (camera.height / 2) * scale;
    pen.setTransform(across, 0, 0, shown.per_y * wide, left, top);
    pen.lineWidth = (pixels * scale) / across;
    pen.lineJoin = "round";
    pen.strokeStyle = line;
    for (const cell of shown.cells) {
      if (fill) {
        pen.fillStyle = fill(cell.code);
        pen.fill(cell.path, "evenodd");
      }
      pen.stroke(cell.path);
    }
  }

  function paint_names({ area, within, heaps, pins }: Picture): void {
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    const taken: Box[] = [];
    // Among a great many there is no free place to look for.
    const marks = (heaps.length + pins.length > MARKS_AVOIDED_MAX ? [] : [...heaps, ...pins]).map((mark) => to_screen(camera, mark.lon, mark.lat));
    for (const one of within.length > 0 ? within : [area]) {
      if (!one.label) continue;
      const [left, top] = to_screen(camera, ...one.label);
      pen.font = `650 ${14 * words.scale}px ${colours.font}`;
      const half = pen.measureText(one.name).width / 2 + 6;
      const place = (off: number): Box => [left - half, top + (off - 14) * words.scale, left + half, top + (off + 26) * words.scale];
      const off = OFFSETS.find((step) => !marks.some((mark) => holds(place(step), mark, 12 * words.scale))) ?? 0;
      // A name that would lie on another is left out; it comes when there is room.
      if (taken.some((other) => overlap(place(off), other))) continue;
      taken.push(place(off));
      const line = top + off * words.scale;
      write(one.name, left, line, colours.ink);
      pen.font = `400 ${13 * words.scale}px ${colours.font}`;
      write(one.line, left, line + 18 * words.scale, one.is_late ? colours.bad : colours.soft);
    }
  }

  function write(text: string, left: number, top: number, colour: string): void {
    pen.lineWidth = 4;
    pen.strokeStyle = colours.card;
    pen.strokeText(text, left, top);
    pen.fillStyle = colour;
    pen.fillText(text, left, top);
  }

  function paint_marks({ heaps, pins, chosen }: Picture): void {
    set_mark_font(pen, colours);
    for (const heap of heaps) {
      const [left, top] = to_screen(camera, heap.lon, heap.lat);
      if (is_near(left, top)) at_scale(left, top, () => draw_heap(pen, 0, 0, heap.count, heap.late, colours));
    }
    // The chosen one last: it lies on top.
    const ordered = [...pins].sort((a, b) => Number(a.key === chosen) - Number(b.key === chosen));
    for (const pin of ordered) {
      const [left, top] = to_screen(camera, pin.lon, pin.lat);
      if (is_near(left, top)) at_scale(left, top, () => draw_pin(pen, 0, 0, pin.kind, pin.key === chosen, colours));
    }
  }

  function at_scale(left: number, top: number, draw: () => void): void {
    const pixels = canvas.width / camera.width;
    pen.setTransform(pixels * words.scale, 0, 0, pixels * words.scale, left * pixels, top * pixels);
    draw();
  }

  function is_near(left: number, top: number): boolean {
    return left > -30 && top > -30 && left < camera.width + 30 && top < camera.height + 30;
  }

  function press(left: number, top: number): void {
    if (!picture) return;
    const near = (lon: number, lat: number, radius: number) => {
      const at = to_screen(camera, lon, lat);
      return Math.hypot(at[0] - left, at[1] - top) <= radius;
    };
    const pin = [...picture.pins].reverse().find((one) => near(one.lon, one.lat, (PIN_RADIUS + 5) * words.scale));
    if (pin) return hear.pin(pin.key);
    const heap = picture.heaps.find((one) => near(one.lon, one.lat, radius_of(one.count, one.late) * words.scale));
    if (heap) return move(zoom_at(camera, 2, left, top));
    const path = area_at(picture, left, top);
    if (path) hear.area(path);
  }

  function area_at({ area, within }: Picture, left: number, top: number): string | undefined {
    const inner = within[0] && shapes.get(key_of(area, within[0].level));
    if (!inner) return undefined;
    const [x, y] = to_square(...from_screen(camera, left, top));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    const cell = inner.cells.find((one) => pen.isPointInPath(one.path, (x - inner.x) / inner.per_x, (y - inner.y) / inner.per_y, "evenodd"));
    return cell && within.find((one) => one.code === cell.code)?.path;
  }

  async function find_shapes(area: Ground, level: string): Promise<void> {
    const key = key_of(area, level);
    if (shapes.has(key)) return;
    shapes.set(key, undefined);
    try {
      const outline = await ask(api.GET("/api/territory/outline", { params: { query: { area: area.code, level: level as never } } }));
      shapes.set(key, shapes_of(outline));
      paint();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      // Pins and names are there without the lines; the next picture asks again.
      shapes.delete(key);
    }
  }

  listen(canvas, () => camera, { move, press });
  resize();
  return {
    draw(next) {
      picture = next;
      void find_shapes(next.area, next.area.level);
      if (next.parent) void find_shapes(next.parent, next.area.level);
      if (next.within[0]) void find_shapes(next.area, next.within[0].level);
      paint();
    },
    fit(bounds) {
      fitted = bounds;
      camera = fit(camera, bounds, FIT_MARGIN);
      rest();
    },
    zoom: (by) => move(zoom_at(camera, by, camera.width / 2, camera.height / 2)),
    end() {
      clearTimeout(waiting);
      watcher.disconnect();
      canvas.remove();
    },
  };
}

function overlap(one: Box, other: Box): boolean {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

function holds([left, top, right, bottom]: Box, [x, y]: readonly [number, number], margin: number): boolean {
  return x > left - margin && x < right + margin && y > top - margin && y < bottom + margin;
}

function key_of(area: Ground, level: string): string {
  return `${area.code} ${level}`;
}

/** The frame of an outline is even in degrees; over one district the square map is too, to a fraction of a pixel. */
function shapes_of(outline: Outline): Shapes {
  const [x, y] = to_square(outline.west, outline.north);
  const [right, bottom] = to_square(outline.west + outline.width / outline.per_lon, outline.north - outline.height / outline.per_lat);
  return {
    cells: outline.cells.map((cell) => ({ code: cell.code, path: new Path2D(cell.path) })),
    x,
    y,
    per_x: (right - x) / Math.max(outline.width, 1),
    per_y: (bottom - y) / Math.max(outline.height, 1),
  };
}

/** Pointers (one drags, two pinch), wheel and keys. They end with the canvas. */
function listen(canvas: HTMLCanvasElement, camera: () => Camera, hear: { move(next: Camera): void; press(left: number, top: number): void }): void {
  const pointers = new Map<number, PointerEvent>();
  let travelled = 0;
  const spread = () => {
    const [one, other] = [...pointers.values()];
    return one && other ? Math.hypot(one.offsetX - other.offsetX, one.offsetY - other.offsetY) : 0;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, event);
    travelled = pointers.size > 1 ? Infinity : 0;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const was = spread();
    pointers.set(event.pointerId, event);
    const [left, top] = [before.offsetX - event.offsetX, before.offsetY - event.offsetY];
    travelled += Math.hypot(left, top);
    if (pointers.size > 1 && was > 0) hear.move(zoom_at(camera(), Math.log2(spread() / was), event.offsetX, event.offsetY));
    else if (travelled > PRESS_PIXELS) hear.move(pan(camera(), left, top));
  });
  const lift = (event: PointerEvent) => {
    const was_down = pointers.delete(event.pointerId);
    if (was_down && event.type === "pointerup" && travelled <= PRESS_PIXELS) hear.press(event.offsetX, event.offsetY);
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const step = event.deltaMode === 0 ? event.deltaY / 240 : event.deltaY / 6;
    hear.move(zoom_at(camera(), -Math.max(-1, Math.min(1, step)), event.offsetX, event.offsetY));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    const step = event.key === "+" || event.key === "=" ? 1 : event.key === "-" ? -1 : 0;
    if ((!way && step === 0) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const now = camera();
    hear.move(way ? pan(now, way[0] * KEY_PIXELS, way[1] * KEY_PIXELS) : zoom_at(now, step, now.width / 2, now.height / 2));
  });
}
