// Answers that come late must not move what a finger is about to hit: a page never changes under a press, and what is looked at stays where it is.

/** After a press has ended, the click it makes may still be on its way (old WebViews wait for a double tap). */
const CLICK_MS = 80;
/** A press whose end nobody tells (it may happen outside the window) holds a change no longer than this. */
const PRESS_MS_MAX = 10_000;
/** Who typed this lately is looking at the field, not at what lies below it. */
const TYPING_MS = 1500;

let pressed_at: number | null = null;
let typed_at = -Infinity;
let waiting: (() => void)[] = [];

/** Begins to watch presses and typing; once a page. */
export function watch_hands(): void {
  const quietly = { capture: true, passive: true };
  addEventListener("pointerdown", () => (pressed_at = performance.now()), quietly);
  addEventListener("pointerup", () => setTimeout(end_press, CLICK_MS), quietly);
  addEventListener("pointercancel", end_press, quietly);
  addEventListener("input", () => (typed_at = performance.now()), quietly);
}

/**
 * Changes `place` without anything moving under a finger: later while one is pressed, and with the page scrolled so that
 * the field being typed in, or else the next control below the change, stays where it was on the screen.
 */
export function change_steadily(place: Element | null, change: () => void): void {
  if (pressed_at !== null && performance.now() - pressed_at < PRESS_MS_MAX) {
    waiting.push(() => change_now(place, change));
    if (waiting.length === 1) setTimeout(end_press, PRESS_MS_MAX);
    return;
  }
  change_now(place, change);
}

function end_press(): void {
  pressed_at = null;
  const changes = waiting;
  waiting = [];
  for (const change of changes) change();
}

function change_now(place: Element | null, change: () => void): void {
  const kept = place ? looked_at(place) : null;
  const top_px = kept?.getBoundingClientRect().top ?? 0;
  change();
  const correct = () => {
    const moved_px = kept?.isConnected ? kept.getBoundingClientRect().top - top_px : 0;
    if (Math.abs(moved_px) >= 1) scrollBy(0, moved_px);
  };
  correct();
  // Browsers with scroll anchoring of their own correct too, before the next picture: what they did on top is taken back.
  if (kept) requestAnimationFrame(correct);
}

function looked_at(place: Element): Element | null {
  const field = document.activeElement;
  if (field && performance.now() - typed_at < TYPING_MS && on_screen(field)) return field;
  const controls = document.querySelectorAll("main :is(button, input, select, textarea, summary, label)");
  return [...controls].find((one) => is_below(one, place) && on_screen(one)) ?? null;
}

function is_below(one: Element, place: Element): boolean {
  const order = place.compareDocumentPosition(one);
  return (order & Node.DOCUMENT_POSITION_FOLLOWING) !== 0 && (order & Node.DOCUMENT_POSITION_CONTAINED_BY) === 0;
}

function on_screen(one: Element): boolean {
  const { top, bottom, height } = one.getBoundingClientRect();
  return height > 0 && bottom > 0 && top < innerHeight;
}
