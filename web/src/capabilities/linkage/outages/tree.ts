// Estates, buildings and units of a grid as a tree of boxes to tick: a whole building, or some of its units; an estate is all of its buildings.
import type { Schema } from "../../../client/api";
import type { Picked } from "./outages";

export interface Place {
  place: string;
  level: string;
  label: string;
  /** Its name below the one it is part of: 2栋 of 田心里2栋. */
  short: string;
  above: Place | undefined;
  below: Place[];
}

/** What is part of none of the others stands at the top. In the order of their numbers: 2栋 before 10栋. */
export function tree_of(listed: readonly Schema["OutagePlace"][]): Place[] {
  const all = new Map(listed.map((one): [string, Place] => [one.place, { place: one.place, level: one.level, label: one.label, short: one.label, above: undefined, below: [] }]));
  for (const { place, above } of listed) {
    const [own, upper] = [all.get(place), above ? all.get(above) : undefined];
    if (!own || !upper) continue;
    own.above = upper;
    own.short = (own.label.startsWith(upper.label) && own.label.slice(upper.label.length).trim()) || own.label;
    upper.below.push(own);
  }
  const in_order = (places: Place[]): Place[] => places.sort((a, b) => a.label.localeCompare(b.label, "zh", { numeric: true }));
  for (const one of all.values()) in_order(one.below);
  return in_order([...all.values()].filter((one) => !one.above));
}

/** An estate is told by its buildings, so that people find theirs by its name; one without any stands for itself. */
const leaves_of = (one: Place): Place[] => (one.level === "estate" && one.below.length > 0 ? one.below.flatMap(leaves_of) : [one]);
const all_below = (one: Place): Place[] => one.below.flatMap((below) => [below, ...all_below(below)]);
const has = (picked: readonly Picked[], one: Place): boolean => picked.some((it) => it.place === one.place);
const without = (picked: readonly Picked[], places: readonly Place[]): Picked[] => picked.filter((it) => !places.some((one) => one.place === it.place));
const as_picked = ({ place, label }: Place): Picked => ({ place, label, risers: "" });

/** How much of a place is chosen. */
export function share_of(picked: readonly Picked[], one: Place): "all" | "some" | "none" {
  if (has(picked, one) || (one.above?.level === "building" && has(picked, one.above))) return "all";
  const leaves = one.level === "estate" ? leaves_of(one) : one.below;
  const shares = leaves.filter((leaf) => leaf !== one).map((leaf) => share_of(picked, leaf));
  if (shares.length > 0 && shares.every((share) => share === "all")) return "all";
  return shares.some((share) => share !== "none") ? "some" : "none";
}

/** Ticks or clears a place: all units of a building are the building, and a building without one of them is the others. */
export function choose(picked: readonly Picked[], one: Place, on: boolean): Picked[] {
  if (one.level === "estate" && one.below.length > 0) return leaves_of(one).filter((leaf) => !on || share_of(picked, leaf) !== "all").reduce((all, leaf) => choose(all, leaf, on), [...picked]);
  const building = one.level === "unit" && one.above?.level === "building" ? one.above : undefined;
  const others = building?.below.filter((unit) => unit !== one) ?? [];
  if (!on) {
    const cleared = without(picked, [one, ...all_below(one)]);
    return building && has(cleared, building) ? [...without(cleared, [building]), ...others.map(as_picked)] : cleared;
  }
  if (building && others.every((unit) => picked.some((it) => it.place === unit.place && !it.risers))) return [...without(picked, building.below), as_picked(building)];
  return [...without(picked, [one, ...all_below(one)]), as_picked(one)];
}
