// The outline map as a way to choose a place: the very SVG of the grid finder, fetched when asked for, one level at a time.
import { make, say } from "../../../lib/dom";
import { tr } from "../../../lib/words";

/** What a tap on the finest level gives: a point, or (by keyboard) the whole grid. */
export type Pick = { kind: "point"; lon: number; lat: number; name: string } | { kind: "grid"; code: string; name: string };

interface Scale {
  west: number;
  north: number;
  per_lon: number;
  per_lat: number;
}

/** Pixels of the picture back into degrees; the inverse of what outline.html says. */
export function to_degrees(x: number, y: number, scale: Scale): { lon: number; lat: number } {
  return { lon: scale.west + x / scale.per_lon, lat: scale.north - y / scale.per_lat };
}

/** Shows the outline in a panel and calls `picked` when a place in a grid is chosen. */
export async function open_outline(panel: HTMLElement, picked: (pick: Pick) => void): Promise<void> {
  await show_level(panel, "/grids", picked);
}

async function show_level(panel: HTMLElement, address: string, picked: (pick: Pick) => void): Promise<void> {
  panel.setAttribute("aria-busy", "true");
  const svg = await fetch_outline(address);
  panel.removeAttribute("aria-busy");
  if (!svg) {
    panel.replaceChildren(make("p", {}, tr("图没有取到，请写地点。", "The map did not come. Please write the place.")));
    return;
  }
  const hint = make("p", { class: "hint", role: "status" });
  const finest = !svg.querySelector('a[href*="?area="]');
  say(hint, finest ? tr("点出事的地方。", "Tap where it is.") : tr("先点您所在的那一块。", "First tap your part."));
  svg.classList.toggle("picking", finest);
  svg.addEventListener("click", (event) => on_tap(event, svg, panel, picked));
  const up = address === "/grids" ? [] : [up_button(panel, picked)];
  panel.replaceChildren(hint, svg, ...up);
}

function on_tap(event: MouseEvent, svg: SVGSVGElement, panel: HTMLElement, picked: (pick: Pick) => void): void {
  const cell = (event.target as Element).closest<SVGElement>("[data-code]");
  if (!cell) return;
  event.preventDefault();
  const href = cell.getAttribute("href") ?? "";
  if (href.includes("?area=")) {
    void show_level(panel, href, picked);
    return;
  }
  const name = cell.getAttribute("aria-label") ?? "";
  const by_keyboard = event.detail === 0;
  const at = by_keyboard ? null : tapped_at(event, svg);
  for (const other of svg.querySelectorAll(".chosen")) other.classList.remove("chosen");
  cell.classList.add("chosen");
  if (!at) return picked({ kind: "grid", code: cell.dataset.code ?? "", name });
  mark_spot(svg, at.x, at.y);
  picked({ kind: "point", ...to_degrees(at.x, at.y, scale_of(svg)), name });
}

function up_button(panel: HTMLElement, picked: (pick: Pick) => void): HTMLElement {
  const button = make("button", { type: "button", class: "button quiet" }, tr("看全区", "The whole district"));
  button.addEventListener("click", () => void show_level(panel, "/grids", picked));
  return button;
}

/** The finder's page holds the outline; taking it from there keeps one place that draws it. */
async function fetch_outline(address: string): Promise<SVGSVGElement | null> {
  try {
    const reply = await fetch(address, { headers: { accept: "text/html" } });
    if (!reply.ok) return null;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const svg = page.querySelector<SVGSVGElement>("svg[data-outline]");
    return svg ? document.importNode(svg, true) : null;
  } catch {
    return null;
  }
}

function scale_of(svg: SVGSVGElement): Scale {
  const { west, north, perLon, perLat } = svg.dataset;
  return { west: Number(west), north: Number(north), per_lon: Number(perLon), per_lat: Number(perLat) };
}

function tapped_at(event: MouseEvent, svg: SVGSVGElement): { x: number; y: number } | null {
  const matrix = svg.getScreenCTM();
  if (!matrix) return null;
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  return { x: point.x, y: point.y };
}

function mark_spot(svg: SVGSVGElement, x: number, y: number): void {
  svg.querySelector(".spot")?.remove();
  const spot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  spot.setAttribute("class", "spot");
  spot.setAttribute("cx", x.toFixed(1));
  spot.setAttribute("cy", y.toFixed(1));
  spot.setAttribute("r", "16");
  svg.append(spot);
}
