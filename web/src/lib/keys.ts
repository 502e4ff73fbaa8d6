// One key for what is done often. Keys never act while somebody types, and every screen can list its own.
import { onBeforeUnmount, onMounted } from "vue";

export interface Key {
  /** As `KeyboardEvent.key` says it. */
  key: string;
  what: string;
  act: () => void;
}

/** Whether the focus is where letters are typed, or inside an open dialog. */
function is_busy(): boolean {
  const focus = document.activeElement;
  const typing = focus instanceof HTMLInputElement ? !["checkbox", "radio", "button", "submit"].includes(focus.type) : focus?.matches("textarea, select, [contenteditable]");
  return Boolean(typing) || document.querySelector("dialog[open]") !== null;
}

/** Listens while the component stands. */
export function use_keys(keys: () => readonly Key[]): void {
  const hear = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || is_busy()) return;
    const found = keys().find((one) => one.key === event.key);
    if (!found) return;
    event.preventDefault();
    found.act();
  };
  onMounted(() => addEventListener("keydown", hear));
  onBeforeUnmount(() => removeEventListener("keydown", hear));
}
