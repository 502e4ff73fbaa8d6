// How many homes an announcement concerns while it is written: asked when the hand has rested, for each question is on record.
import { computed, onScopeDispose, ref, watch, type ComputedRef } from "vue";
import { use_query, type Query } from "../../../lib/query";
import { extent_of, preview_outage, type Preview, type Written } from "./outages";

const REST_MS = 700;

export interface Counting {
  query: Query<Preview | undefined>;
  /** Changed since, or under way. */
  waits: ComputedRef<boolean>;
}

export function use_preview(written: () => Pick<Written, "by" | "places" | "ground">): Counting {
  const extent = computed(() => extent_of(written()));
  const wanted = computed(() => JSON.stringify(extent.value ?? null));
  const rested = ref(wanted.value);
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(wanted, (now) => {
    clearTimeout(timer);
    timer = setTimeout(() => { rested.value = now; }, REST_MS);
  });
  onScopeDispose(() => clearTimeout(timer));
  const query = use_query(async () => (extent.value ? preview_outage(extent.value) : undefined), [rested]);
  return { query, waits: computed(() => wanted.value !== rested.value || query.renewing || query.standing === "loading") };
}
