// Why somebody looks into the register: chosen once a visit, kept for this tab under their account, and part of every look.
import { computed, ref, watch } from "vue";
import { session } from "../../../lib/session";

const place = (): string => `mulin.purpose.${session.me?.account ?? "nobody"}`;
const chosen = ref("");

watch(() => session.me?.account, () => {
  try {
    chosen.value = sessionStorage.getItem(place()) ?? "";
  } catch {
    chosen.value = "";
  }
}, { immediate: true });

/** The key of the purpose; empty before one was chosen. */
export const purpose = computed({
  get: () => chosen.value,
  set: (key: string) => {
    chosen.value = key;
    try {
      sessionStorage.setItem(place(), key);
    } catch {
      // Without storage it is asked for again on the next page.
    }
  },
});
