// What a map draws and what it hears, the same for both ways of drawing.
import type { Bounds, View } from "./camera";

/** An area with its name and the words under it. */
export interface Ground {
  path: string;
  code: string;
  level: string;
  name: string;
  bounds: Bounds | null;
  label: [number, number] | null;
  /** A second line under the name. */
  line: string;
  /** Whether something there wants attention. */
  is_late: boolean;
}

/** Many things that lie close together. */
export interface Heap {
  lon: number;
  lat: number;
  count: number;
  late: number;
}

export type PinKind = "calm" | "late" | "pressed";

/** One thing at its place. */
export interface Pin {
  key: string;
  lon: number;
  lat: number;
  kind: PinKind;
}

export interface Picture {
  /** The area that is chosen, with the areas around it and those within. */
  area: Ground;
  parent: Ground | undefined;
  within: readonly Ground[];
  heaps: readonly Heap[];
  pins: readonly Pin[];
  chosen: string | undefined;
}

export interface Hear {
  moved(view: View): void;
  area(path: string): void;
  pin(key: string): void;
}

/** A map on the screen. */
export interface Sheet {
  draw(picture: Picture): void;
  fit(bounds: Bounds): void;
  zoom(by: number): void;
  end(): void;
}

export type MakeSheet = (host: HTMLElement, hear: Hear, words: SheetWords) => Promise<Sheet>;

/** What the drawing itself says to those who hear it. */
export interface SheetWords {
  label: string;
  /** How much larger marks and names are: a wall is read from afar. */
  scale: number;
}

/** Pixels left free around an area that is shown whole. */
export const FIT_MARGIN = 28;
