// A building as a drawing: how a room's use is said by shape and word, and how the arrow keys walk from room to room.
import type { BuildingView } from "./record";
import { tr } from "../../../lib/words";

export type Room = BuildingView["units"][number]["floors"][number]["rooms"][number];

/** Where one stands: unit, floor and room, each counted from nothing. */
export interface Spot {
  unit: number;
  floor: number;
  room: number;
}

export type Use = "own" | "rent" | "vacant" | "other" | "unknown" | "none";

/** How a room is used; `none` is an address without a registered home. */
export function use_of(room: Room): Use {
  if (!room.dwelling) return "none";
  const known: readonly string[] = ["own", "rent", "vacant", "other"];
  return room.occupancy && known.includes(room.occupancy) ? (room.occupancy as Use) : "unknown";
}

export const USES: readonly Use[] = ["own", "rent", "vacant", "other", "unknown", "none"];

export function use_words(use: Use): string {
  switch (use) {
    case "own": return tr("自住", "Owner");
    case "rent": return tr("出租", "Let");
    case "vacant": return tr("空置", "Vacant");
    case "other": return tr("其他", "Other");
    case "unknown": return tr("不清楚", "Unknown");
    case "none": return tr("未登记", "No record");
  }
}

type Units = BuildingView["units"];
const rooms_at = (units: Units, unit: number, floor: number): number => units[unit]?.floors[floor]?.rooms.length ?? 0;

/** Where a key leads; past the last room of a floor the same floor of the next unit begins. Nothing at the edge of the building. */
export function walk(units: Units, { unit, floor, room }: Spot, key: string): Spot | undefined {
  switch (key) {
    case "ArrowLeft":
      if (room > 0) return { unit, floor, room: room - 1 };
      return unit > 0 ? on_floor(units, unit - 1, floor_like(units, unit, floor, unit - 1), Infinity) : undefined;
    case "ArrowRight":
      if (room + 1 < rooms_at(units, unit, floor)) return { unit, floor, room: room + 1 };
      return unit + 1 < units.length ? on_floor(units, unit + 1, floor_like(units, unit, floor, unit + 1), 0) : undefined;
    case "ArrowUp": return floor > 0 ? on_floor(units, unit, floor - 1, room) : undefined;
    case "ArrowDown": return floor + 1 < (units[unit]?.floors.length ?? 0) ? on_floor(units, unit, floor + 1, room) : undefined;
    case "Home": return { unit, floor, room: 0 };
    case "End": return on_floor(units, unit, floor, Infinity);
    default: return undefined;
  }
}

function on_floor(units: Units, unit: number, floor: number, room: number): Spot | undefined {
  const rooms = rooms_at(units, unit, floor);
  return rooms > 0 ? { unit, floor, room: Math.min(room, rooms - 1) } : undefined;
}

/** The floor of the same name in another unit, else the nearest below. */
function floor_like(units: Units, unit: number, floor: number, other: number): number {
  const name = units[unit]?.floors[floor]?.name;
  const floors = units[other]?.floors ?? [];
  const same = floors.findIndex((one) => one.name === name);
  return same >= 0 ? same : Math.min(floor, floors.length - 1);
}
