// Where this phone is: asked only after a tap, answered in WGS-84, and told in words when it cannot be.
import { tr } from "./words";

export interface Spot {
  lon: number;
  lat: number;
  /** Radius in metres within which the phone says it is. */
  accuracy_m: number;
}

export type Whereabouts = { is: "here"; spot: Spot } | { is: "unknown"; words: string };

const REFUSED = 1;
const TOO_SLOW = 3;

/** First as exactly as the phone can. Indoors that often fails at once or never ends: then once more, roughly, which masts and Wi-Fi can answer. */
const TRIES: PositionOptions[] = [
  { enableHighAccuracy: true, timeout: 12000, maximumAge: 30000 },
  { enableHighAccuracy: false, timeout: 8000, maximumAge: 120000 },
];

/** Whether asking can work at all: browsers answer only on HTTPS or this very machine. */
export function can_ask_place(): boolean {
  return "geolocation" in navigator && window.isSecureContext;
}

export async function ask_place(): Promise<Whereabouts> {
  let code = 0;
  for (const options of TRIES) {
    const answer = await ask_once(options);
    if (typeof answer !== "number") return { is: "here", spot: answer };
    code = answer;
    if (code === REFUSED) break;
  }
  return { is: "unknown", words: reason(code) };
}

/** The place, or the browser's code of why not. */
function ask_once(options: PositionOptions): Promise<Spot | number> {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy }),
      (fault) => resolve(fault.code),
      options,
    );
  });
}

function reason(code: number): string {
  if (code === REFUSED) return tr("没有得到定位的许可，请写地点，或在图上点。", "Location is not allowed. Please write the place or point on the map.");
  if (code === TOO_SLOW) return tr("定位太慢了，请写地点，或在图上点。", "Finding you takes too long. Please write the place or point on the map.");
  return tr("手机现在不知道在哪里，请写地点，或在图上点。", "The phone does not know where it is. Please write the place or point on the map.");
}

/** Makes a button ask; while it does, the button says so and further taps do nothing (it keeps the focus, which a disabled one loses). */
export function on_asking(button: HTMLElement, asked: () => Promise<void>): void {
  let busy = false;
  button.addEventListener("click", async () => {
    if (busy) return;
    busy = true;
    button.setAttribute("aria-disabled", "true");
    await asked().finally(() => {
      busy = false;
      button.removeAttribute("aria-disabled");
    });
  });
}
