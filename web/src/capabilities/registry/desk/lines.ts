// A list worked with the keyboard: j and k walk its lines, Enter opens one.
import { use_keys } from "../../../lib/keys";
import { tr } from "../../../lib/words";

function step(by: number): void {
  const lines = [...document.querySelectorAll<HTMLElement>("main a[data-line]")];
  const now = lines.indexOf(document.activeElement as HTMLElement);
  lines[Math.min(lines.length - 1, Math.max(0, now + by))]?.focus();
}

export function use_lines(): void {
  use_keys(() => [
    { key: "j", what: tr("下一条", "Next"), act: () => step(1) },
    { key: "k", what: tr("上一条", "Before"), act: () => step(-1) },
  ]);
}
