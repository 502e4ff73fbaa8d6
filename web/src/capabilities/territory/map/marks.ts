// How heaps and pins look: colour repeats what shape and figure say already.
import type { PinKind } from "./sheet";

export interface Colours {
  paper: string;
  card: string;
  ink: string;
  soft: string;
  line: string;
  edge: string;
  brand: string;
  brand_soft: string;
  bad: string;
  bad_soft: string;
  warn: string;
  font: string;
}

/** The colours of the page, as elder mode and high contrast set them. */
export function colours_of(root: HTMLElement = document.documentElement): Colours {
  const style = getComputedStyle(root);
  const token = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  return {
    paper: token("--paper", "#f4f6f2"),
    card: token("--card", "#fff"),
    ink: token("--ink", "#15211e"),
    soft: token("--ink-soft", "#4a5854"),
    line: token("--line", "#dbe2dc"),
    edge: token("--edge", "#6f7d78"),
    brand: token("--brand", "#0b6a5f"),
    brand_soft: token("--brand-soft", "#e2f1ed"),
    bad: token("--bad", "#a5211a"),
    bad_soft: token("--bad-soft", "#fdecea"),
    warn: token("--warn", "#8a4200"),
    font: getComputedStyle(document.body).fontFamily || "sans-serif",
  };
}

/** 3 → "3"; 1,234 → "1.2k": a figure that fits into its circle. */
export function short_figure(count: number): string {
  if (count < 1000) return String(count);
  return count < 10_000 ? `${(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`;
}

/** The radius of a heap: its area grows with the number, within what can be read and what leaves room. */
export function radius_of(count: number, late: number): number {
  const least = late > 0 ? 16 : 12;
  return Math.max(least, Math.min(26, 8 + 2.6 * Math.log2(count + 1)));
}

/** "12", and "12 !3" where three of them are late. */
export function heap_words(count: number, late: number): string {
  return late > 0 ? `${short_figure(count)} !${short_figure(late)}` : short_figure(count);
}

export function draw_heap(pen: CanvasRenderingContext2D, left: number, top: number, count: number, late: number, colours: Colours): void {
  const radius = radius_of(count, late);
  pen.beginPath();
  pen.arc(left, top, radius, 0, 2 * Math.PI);
  pen.fillStyle = late > 0 ? colours.bad : colours.brand;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = colours.card;
  pen.stroke();
  pen.fillStyle = colours.card;
  pen.fillText(short_figure(count), left, late > 0 ? top - 5 : top + 1);
  if (late > 0) pen.fillText(`!${short_figure(late)}`, left, top + 8);
}

/** Pixels from the middle of a pin to its tip. */
export const PIN_RADIUS = 9;

/** Calm is a dot, late a diamond with "!", supervised a square with "!!". The chosen one has a ring. */
export function draw_pin(pen: CanvasRenderingContext2D, left: number, top: number, kind: PinKind, is_chosen: boolean, colours: Colours): void {
  if (is_chosen) {
    pen.beginPath();
    pen.arc(left, top, PIN_RADIUS + 6, 0, 2 * Math.PI);
    pen.lineWidth = 3;
    pen.strokeStyle = colours.ink;
    pen.stroke();
  }
  outline_pin(pen, left, top, kind);
  pen.fillStyle = kind === "calm" ? colours.brand : colours.bad;
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = colours.card;
  pen.stroke();
  if (kind === "calm") return;
  pen.fillStyle = colours.card;
  pen.fillText(kind === "late" ? "!" : "!!", left, top + 1);
}

function outline_pin(pen: CanvasRenderingContext2D, left: number, top: number, kind: PinKind): void {
  const radius = PIN_RADIUS;
  pen.beginPath();
  if (kind === "calm") {
    pen.arc(left, top, radius - 2, 0, 2 * Math.PI);
  } else if (kind === "late") {
    pen.moveTo(left, top - radius - 2);
    pen.lineTo(left + radius + 2, top);
    pen.lineTo(left, top + radius + 2);
    pen.lineTo(left - radius - 2, top);
    pen.closePath();
  } else {
    pen.rect(left - radius, top - radius, 2 * radius, 2 * radius);
  }
}

/** Letters in the middle of marks. */
export function set_mark_font(pen: CanvasRenderingContext2D, colours: Colours): void {
  pen.font = `700 12px ${colours.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
}
