// The map drawn by the graphics card: areas from the server's vector tiles, heaps and pins as they come. Nothing is fetched from elsewhere.
/// <reference types="vite/client" />
import "maplibre-gl/dist/maplibre-gl.css";
import * as maplibregl from "maplibre-gl";
import worker_url from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { ExpressionSpecification, GeoJSONSource, Map as GlMap, MapMouseEvent, StyleSpecification } from "maplibre-gl";
import { ZOOM_MAX, ZOOM_MIN, type Bounds } from "./camera";
import { colours_of, draw_pin, heap_words, radius_of, set_mark_font, type Colours } from "./marks";
import { FIT_MARGIN, type Hear, type Picture, type PinKind, type Sheet, type SheetWords } from "./sheet";

const TILE_ZOOM_MAX = 15;
/** Drawn by this computer: no letters are fetched, only the weight is read from the name. */
const FONT = ["Local Regular"];
const BOLD = ["Local Bold"];
const ICON_PIXELS = 40;
const FIT_ZOOM_MAX = 16.5;
const NOTHING = { type: "FeatureCollection" as const, features: [] };
const KINDS: PinKind[] = ["calm", "late", "pressed"];

/** Processors that pretend to be a graphics card. */
const PRETENDERS = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Whether this computer draws with a graphics card; one that only pretends to is slower than the plain canvas. */
export function has_card(): boolean {
  const pen = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!pen) return false;
  const names = pen.getExtension("WEBGL_debug_renderer_info");
  const name = String(pen.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : pen.RENDERER));
  pen.getExtension("WEBGL_lose_context")?.loseContext();
  return !PRETENDERS.test(name);
}

export async function make_gl(host: HTMLElement, hear: Hear, words: SheetWords): Promise<Sheet> {
  maplibregl.setWorkerUrl(worker_url);
  const colours = colours_of();
  const container = document.createElement("div");
  container.className = "map-gl";
  host.append(container);
  const map = new maplibregl.Map({
    container,
    style: style_of(colours),
    center: [113.1, 27.9],
    zoom: 10,
    minZoom: ZOOM_MIN,
    maxZoom: ZOOM_MAX,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    localIdeographFontFamily: colours.font,
    locale: { "Map.Title": words.label },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  await ready(map);
  for (const kind of KINDS) for (const is_chosen of [false, true]) map.addImage(icon_name(kind, is_chosen), icon(kind, is_chosen, colours), { pixelRatio: 2 });
  let picture: Picture | undefined;
  const tell = () => {
    const bounds = map.getBounds();
    hear.moved({ west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth(), zoom: map.getZoom() });
  };
  map.on("moveend", tell);
  map.on("click", (event) => press(map, event, picture, hear));
  map.on("mousemove", (event) => {
    const found = map.queryRenderedFeatures(event.point, { layers: ["pins", "heaps", "inner"] });
    map.getCanvas().style.cursor = found.length > 0 ? "pointer" : "";
  });
  const watcher = new ResizeObserver(() => map.resize());
  watcher.observe(host);
  return {
    draw(next) {
      picture = next;
      show(map, next, colours);
    },
    fit(bounds) {
      map.fitBounds(bounds as Bounds, { padding: FIT_MARGIN, maxZoom: FIT_ZOOM_MAX, animate: false });
      tell();
    },
    zoom: (by) => map.easeTo({ zoom: map.getZoom() + by, duration: 0 }),
    end() {
      watcher.disconnect();
      map.remove();
      container.remove();
    },
  };
}

/** A style that was read; the tiles may come later. A card that gives up at once is told by an error. */
function ready(map: GlMap): Promise<void> {
  return new Promise((resolve, reject) => {
    map.once("style.load", () => resolve());
    map.once("webglcontextlost", () => reject(new Error("the graphics card gave up")));
    map.once("error", ({ error }) => {
      if (!map.isStyleLoaded()) reject(error);
    });
  });
}

function press(map: GlMap, event: MapMouseEvent, picture: Picture | undefined, hear: Hear): void {
  if (!picture) return;
  const [pin] = map.queryRenderedFeatures(event.point, { layers: ["pins"] });
  if (pin) return hear.pin(String(pin.properties.key));
  const [heap] = map.queryRenderedFeatures(event.point, { layers: ["heaps"] });
  if (heap) return void map.easeTo({ center: event.lngLat, zoom: map.getZoom() + 2, duration: 0 });
  const [inner] = map.queryRenderedFeatures(event.point, { layers: ["inner"] });
  if (inner) hear.area(String(inner.properties.path));
}

function show(map: GlMap, { area, within, heaps, pins, chosen }: Picture, colours: Colours): void {
  const paths = within.map((one) => one.path);
  const late = within.filter((one) => one.is_late).map((one) => one.path);
  map.setFilter("inner", ["in", ["get", "path"], ["literal", paths]]);
  map.setFilter("inner-line", ["in", ["get", "path"], ["literal", paths]]);
  map.setPaintProperty("inner", "fill-color", ["case", ["in", ["get", "path"], ["literal", late]], colours.bad_soft, colours.card] as ExpressionSpecification);
  map.setFilter("around", ["==", ["get", "path"], area.path]);
  map.setFilter("around-line", ["==", ["get", "path"], area.path]);
  const source = (name: string) => map.getSource<GeoJSONSource>(name);
  const point = (lon: number, lat: number, properties: Record<string, unknown>) => ({ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: [lon, lat] }, properties });
  const named = (within.length > 0 ? within : [area]).filter((one) => one.label);
  source("names")?.setData({ type: "FeatureCollection", features: named.map((one) => point(...one.label!, { name: one.name, line: one.line, late: one.is_late })) });
  source("heaps")?.setData({ type: "FeatureCollection", features: heaps.map((one) => point(one.lon, one.lat, { words: heap_words(one.count, one.late), radius: radius_of(one.count, one.late), late: one.late > 0 })) });
  source("pins")?.setData({ type: "FeatureCollection", features: pins.map((one) => point(one.lon, one.lat, { key: one.key, icon: icon_name(one.kind, one.key === chosen), order: one.key === chosen ? 2 : one.kind === "calm" ? 0 : 1 })) });
}

function icon_name(kind: PinKind, is_chosen: boolean): string {
  return is_chosen ? `${kind}-chosen` : kind;
}

function icon(kind: PinKind, is_chosen: boolean, colours: Colours): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = ICON_PIXELS * 2;
  canvas.height = ICON_PIXELS * 2;
  const pen = canvas.getContext("2d");
  if (!pen) return new ImageData(1, 1);
  pen.scale(2, 2);
  set_mark_font(pen, colours);
  draw_pin(pen, ICON_PIXELS / 2, ICON_PIXELS / 2, kind, is_chosen, colours);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function style_of(colours: Colours): StyleSpecification {
  const areas = { source: "areas", "source-layer": "areas" };
  const none: ExpressionSpecification = ["==", ["get", "path"], ""];
  const of_level = (level: string): ExpressionSpecification => ["==", ["get", "level"], level];
  return {
    version: 8,
    sources: {
      areas: { type: "vector", tiles: [`${location.origin}/api/territory/tiles/{z}/{x}/{y}`], minzoom: ZOOM_MIN, maxzoom: TILE_ZOOM_MAX },
      names: { type: "geojson", data: NOTHING },
      heaps: { type: "geojson", data: NOTHING },
      pins: { type: "geojson", data: NOTHING },
    },
    layers: [
      { id: "paper", type: "background", paint: { "background-color": colours.paper } },
      { id: "around", type: "fill", ...areas, filter: none, paint: { "fill-color": colours.card } },
      { id: "inner", type: "fill", ...areas, filter: none, paint: { "fill-color": colours.card } },
      { id: "grids", type: "line", ...areas, filter: of_level("grid"), paint: { "line-color": colours.line, "line-width": 1 } },
      { id: "communities", type: "line", ...areas, filter: of_level("community"), paint: { "line-color": colours.line, "line-width": 1.5 } },
      { id: "subdistricts", type: "line", ...areas, filter: of_level("subdistrict"), paint: { "line-color": colours.edge, "line-width": 1.5 } },
      { id: "inner-line", type: "line", ...areas, filter: none, paint: { "line-color": colours.edge, "line-width": 1 } },
      { id: "around-line", type: "line", ...areas, filter: none, paint: { "line-color": colours.brand, "line-width": 3 } },
      { id: "heaps", type: "circle", source: "heaps", paint: { "circle-radius": ["get", "radius"], "circle-color": ["case", ["get", "late"], colours.bad, colours.brand], "circle-stroke-color": colours.card, "circle-stroke-width": 2 } },
      { id: "heap-words", type: "symbol", source: "heaps", layout: { "text-field": ["get", "words"], "text-font": BOLD, "text-size": 12, "text-max-width": 2, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": colours.card } },
      // Names look for a free place around their point; pins are drawn after them, so that no name covers one.
      {
        id: "names", type: "symbol", source: "names",
        layout: {
          "text-field": ["format", ["get", "name"], { "text-font": ["literal", BOLD] }, "\n", {}, ["get", "line"], { "font-scale": 0.9 }], "text-font": FONT, "text-size": 14,
          "text-variable-anchor": ["center", "bottom", "top", "right", "left"], "text-radial-offset": 1.4, "text-justify": "auto",
        },
        paint: { "text-color": ["case", ["get", "late"], colours.bad, colours.ink], "text-halo-color": colours.card, "text-halo-width": 2 },
      },
      { id: "pins", type: "symbol", source: "pins", layout: { "icon-image": ["get", "icon"], "icon-allow-overlap": true, "symbol-sort-key": ["get", "order"] } },
    ],
  };
}
