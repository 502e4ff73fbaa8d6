// The focus is never lost: where what had it goes away (a step was taken, a line left the list), it moves to what was around it.
import { onScopeDispose } from "vue";

/** Where the focus may rest: a part that says so, a dialog, the page's main part. */
const REST = "[tabindex], dialog, main";

/** Watches the page for as long as the face stands. */
export function keep_focus(page: HTMLElement): void {
  let around: Element[] = [];
  const remember = (event: FocusEvent) => {
    around = [];
    for (let at = event.target as Element | null; at; at = at.parentElement) around.push(at);
  };
  const mend = () => {
    const [had] = around;
    if (!had || had.isConnected || document.activeElement !== document.body) return;
    const rest = around.find((one) => one.isConnected && one.matches(REST)) ?? document.getElementById("main");
    if (rest instanceof HTMLElement) rest.focus({ preventScroll: true });
  };
  // Vue takes away and puts back within one task: what is to stay stands again when this is called.
  const watcher = new MutationObserver(mend);
  watcher.observe(page, { childList: true, subtree: true });
  page.addEventListener("focusin", remember);
  onScopeDispose(() => {
    watcher.disconnect();
    page.removeEventListener("focusin", remember);
  });
}
