// A form under way in the editor: what it is now, which line is chosen, what may be done, and its draft on this device.
import { computed, ref, type ComputedRef, type Ref } from "vue";
import type { Choice, Form, FormNode } from "../../../../forms/form";
import { is_holder, type QuestionType } from "../question_types";
import { as_type, begin_node, without_orphans } from "./making";
import { add_after, copy_at, move_by, node_of, outline_of, remove_at, rename_at, replace_at, type OutlineLine, type Spot, type Step } from "./outline";
import { questions_from } from "./pasting";
import { problems_of, type Problem } from "./problems";
import { use_undo, type Undo } from "./undo";

export interface Editing extends Pick<Undo<Form>, "undo" | "redo" | "can_undo" | "can_redo"> {
  form: Readonly<Ref<Form>>;
  lines: ComputedRef<OutlineLine[]>;
  problems: ComputedRef<Problem[]>;
  /** Those to be told now: what is only not written yet waits until somebody wants to save. */
  told: ComputedRef<Problem[]>;
  wants_saving: Ref<boolean>;
  /** The chosen line; none: the form's own settings. */
  spot: Ref<Spot | undefined>;
  node: ComputedRef<FormNode | undefined>;
  add: (type: QuestionType) => void;
  paste: (text: string) => number;
  copy: () => void;
  remove: () => void;
  move: (by: -1 | 1) => void;
  set: (patch: Partial<FormNode>, field?: string) => void;
  set_form: (patch: Partial<Form>, field?: string) => void;
  set_type: (type: QuestionType) => void;
  set_choices: (list: string, choices: Choice[], field?: string) => void;
  rename: (name: string) => void;
  /** The next line below or above the chosen one is chosen. */
  step: (by: -1 | 1) => void;
}

export function use_editing(beginning: Form, written: (form: Form) => void): Editing {
  const { now: form, write, ...ways } = use_undo(beginning, written);
  const chosen = ref<Spot>();
  const lines = computed(() => outline_of(form.value));
  // Undo may take the chosen line away.
  const node = computed(() => chosen.value && node_of(form.value, chosen.value));
  const spot = computed({ get: () => (node.value ? chosen.value : undefined), set: (next) => { chosen.value = next; } });

  const problems = computed(() => problems_of(form.value));
  const wants_saving = ref(false);

  function take(step: Step): void {
    write(without_orphans(step.form));
    chosen.value = step.spot;
  }
  const at_chosen = (act: (spot: Spot) => void) => { if (spot.value) act(spot.value); };

  return {
    ...ways, form, lines, problems, wants_saving, spot, node,
    told: computed(() => problems.value.filter((one) => wants_saving.value || !one.is_pending)),
    add: (type) => {
      const begun = begin_node(form.value, type);
      take(add_after(begun.form, spot.value, begun.node));
    },
    paste: (text) => {
      const { form: next, nodes } = questions_from(text, form.value);
      let at: Step = { form: next, spot: spot.value ?? [] };
      let last = spot.value;
      for (const one of nodes) {
        at = add_after(at.form, last && !is_first_of_holder(at.form, last) ? last : undefined, one);
        last = at.spot;
      }
      if (nodes.length > 0) take(at);
      return nodes.length;
    },
    copy: () => at_chosen((here) => take(copy_at(form.value, here))),
    remove: () => at_chosen((here) => {
      take(remove_at(form.value, here));
      if (chosen.value?.length === 0) chosen.value = undefined;
    }),
    move: (by) => at_chosen((here) => {
      const step = move_by(form.value, here, by);
      if (step.form !== form.value) take(step);
    }),
    set: (patch, field) => at_chosen((here) => write(replace_at(form.value, here, bare({ ...node.value!, ...patch })), field && `${here.join()}.${field}`)),
    set_form: (patch, field) => write({ ...form.value, ...patch }, field),
    set_type: (type) => at_chosen((here) => {
      const changed = as_type(form.value, node.value!, type);
      take({ form: replace_at(changed.form, here, changed.node), spot: here });
    }),
    set_choices: (list, choices, field) => write({ ...form.value, lists: { ...form.value.lists, [list]: choices } }, field && `${list}.${field}`),
    rename: (name) => at_chosen((here) => write(rename_at(form.value, here, name), `${here.join()}.name`)),
    step: (by) => {
      const at = lines.value.findIndex((line) => line.spot.join() === spot.value?.join());
      chosen.value = lines.value[Math.max(0, Math.min(lines.value.length - 1, at + by))]?.spot;
    },
  };
}

/** Pasted lines follow a question; behind a chosen group they go to the end, not one before the other into it. */
const is_first_of_holder = (form: Form, spot: Spot): boolean => is_holder(node_of(form, spot)?.type ?? "");

/** A field that was emptied is not there. */
function bare(node: FormNode): FormNode {
  const kept = Object.entries(node).filter(([, value]) => value !== undefined && value !== "" && !(typeof value === "object" && !Array.isArray(value) && value !== null && Object.keys(value).length === 0));
  return Object.fromEntries(kept) as unknown as FormNode;
}

