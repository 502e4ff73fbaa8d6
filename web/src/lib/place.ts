// Where this phone is: asked only after a tap, answered in WGS-84, and told in words when it cannot be.
import { tr } from "./words";

export interface Spot {
  lon: number;
  lat: number;
  /** Radius in metres within which the phone says it is. */
  accuracy_m: number;
}

export type Whereabouts = { is: "here"; spot: Spot } | { is: "unknown"; words: string };

const WAIT_MS_MAX = 15000;

/** Whether asking can work at all: browsers answer only on HTTPS or this very machine. */
export function can_ask_place(): boolean {
  return "geolocation" in navigator && window.isSecureContext;
}

export function ask_place(): Promise<Whereabouts> {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ is: "here", spot: { lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy } }),
      (fault) => resolve({ is: "unknown", words: reason(fault.code) }),
      { enableHighAccuracy: true, timeout: WAIT_MS_MAX, maximumAge: 30000 },
    );
  });
}

function reason(code: number): string {
  if (code === 1) return tr("没有得到定位的许可，请写地点，或在图上点。", "Location is not allowed. Please write the place or point on the map.");
  if (code === 3) return tr("定位太慢了，请写地点，或在图上点。", "Finding you takes too long. Please write the place or point on the map.");
  return tr("手机现在不知道在哪里，请写地点，或在图上点。", "The phone does not know where it is. Please write the place or point on the map.");
}
