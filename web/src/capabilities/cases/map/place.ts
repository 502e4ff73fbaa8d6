// Where one is on the map, kept in the address: the area, the figure whose rows are shown, the case.
import { computed, type ComputedRef } from "vue";
import { useRoute, useRouter, type LocationQueryRaw } from "vue-router";

export interface Place {
  area: ComputedRef<string | undefined>;
  show: ComputedRef<string>;
  /** The number of the chosen case. */
  chosen: ComputedRef<string | undefined>;
  /** The address with some of it changed, for links. A change of the area leaves the case. */
  to(change: Change): { query: LocationQueryRaw };
  go(change: Change): void;
}

type Change = { area?: string | undefined; show?: string | undefined; case?: string | undefined };

/** What is shown where no figure is chosen. */
export const SHOW_OTHERWISE = "open";

export function use_place(): Place {
  const route = useRoute();
  const router = useRouter();
  const text = (key: string) => {
    const value = route.query[key];
    return typeof value === "string" && value ? value : undefined;
  };
  function to(change: Change): { query: LocationQueryRaw } {
    const kept = "area" in change ? { ...route.query, case: undefined } : route.query;
    const query: LocationQueryRaw = { ...kept, ...change };
    return { query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) };
  }
  return {
    area: computed(() => text("area")),
    show: computed(() => text("show") ?? SHOW_OTHERWISE),
    chosen: computed(() => text("case")),
    to,
    go: (change) => void router.push(to(change)),
  };
}
