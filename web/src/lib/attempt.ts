// Sending something once at a time, and its refusal standing at the field it concerns: what every form shares.
import { ref, type Ref } from "vue";
import { Refusal } from "../client/api";

export interface Attempt {
  busy: Ref<boolean>;
  /** The sentence of the refusal, where it belongs to this field. */
  trouble_at: (field: string) => string | undefined;
  /** Says what is wrong with a field without asking the server. */
  refuse: (field: string, words: string) => void;
  /** Does it, unless it is being done. A refusal that names none of the form's fields stands at `otherwise`. */
  attempt: (act: () => Promise<void>, otherwise?: string) => Promise<void>;
  forget: () => void;
}

/** `fields` are those of the form, the first one taking what belongs to none. What has no form says its refusal by `say`. */
export function use_attempt(fields: readonly string[], say?: (words: string) => void): Attempt {
  const busy = ref(false);
  const trouble = ref<{ field: string; words: string }>();
  const forget = () => { trouble.value = undefined; };
  const refuse = (field: string, words: string) => { trouble.value = { field, words }; };
  async function attempt(act: () => Promise<void>, otherwise = fields[0] ?? ""): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    forget();
    try {
      await act();
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      if (say) say(refusal.message);
      else refuse(refusal.field && fields.includes(refusal.field) ? refusal.field : otherwise, refusal.message);
    } finally {
      busy.value = false;
    }
  }
  return { busy, trouble_at: (field) => (trouble.value?.field === field ? trouble.value.words : undefined), refuse, attempt, forget };
}
