// The dialogs that are open, the uppermost last: what must stay in sight lies in that one, for a dialog covers all that is outside it.
import { computed, shallowReactive } from "vue";

const open_dialogs = shallowReactive<HTMLDialogElement[]>([]);

export const uppermost = computed(() => open_dialogs[open_dialogs.length - 1]);

export function dialog_opened(dialog: HTMLDialogElement): void {
  open_dialogs.push(dialog);
}

export function dialog_closed(dialog: HTMLDialogElement): void {
  const at = open_dialogs.indexOf(dialog);
  if (at >= 0) open_dialogs.splice(at, 1);
}
