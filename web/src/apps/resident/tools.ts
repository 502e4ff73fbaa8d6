// The reading tools of elder mode (text size, contrast, reading aloud), and the way back. What cannot work here stays hidden.
import { tr } from "../../lib/words";

/** Root font sizes in px; 20 is the sheet's own default and needs no attribute. */
export const SIZES = [18, 20, 22, 26, 30] as const;
const SIZE_DEFAULT = 20;

/** The next size in a direction, staying at the ends. */
export function step_size(now: number, step: number): number {
  const at = SIZES.indexOf(now as (typeof SIZES)[number]);
  const from = at < 0 ? SIZES.indexOf(SIZE_DEFAULT) : at;
  return SIZES[Math.min(SIZES.length - 1, Math.max(0, from + step))] ?? SIZE_DEFAULT;
}

export function enhance_tools(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-size-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => set_size(Number(button.dataset.sizeStep)));
  }
  enhance_contrast(document.querySelector("[data-contrast-switch]"));
  enhance_reading(document.querySelector("[data-read-aloud]"));
  for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-back]")) link.addEventListener("click", go_back);
  keep_query();
  document.querySelector<HTMLElement>("[data-focus-first]")?.focus();
}

function set_size(step: number): void {
  const root = document.documentElement;
  const size = step_size(Number(root.dataset.size ?? SIZE_DEFAULT), step);
  root.dataset.size = String(size);
  keep("mulin.size", size === SIZE_DEFAULT ? null : String(size));
}

function enhance_contrast(button: HTMLButtonElement | null): void {
  if (!button) return;
  const root = document.documentElement;
  const show = () => button.setAttribute("aria-pressed", String(root.dataset.contrast === "high"));
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    if (root.dataset.contrast === "high") delete root.dataset.contrast;
    else root.dataset.contrast = "high";
    keep("mulin.contrast", root.dataset.contrast ?? null);
    show();
  });
}

/** Reading aloud needs a voice of the page's language; many phones' web views have none, and then the button stays hidden. */
function enhance_reading(button: HTMLButtonElement | null): void {
  if (!button || !("speechSynthesis" in window)) return;
  const speech = window.speechSynthesis;
  const language = document.documentElement.lang.slice(0, 2);
  const voice = () => speech.getVoices().find((one) => one.lang.toLowerCase().startsWith(language));
  const show = () => {
    button.hidden = !voice();
  };
  speech.addEventListener?.("voiceschanged", show);
  show();
  const stop = () => {
    speech.cancel();
    button.setAttribute("aria-pressed", "false");
  };
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    button.setAttribute("aria-pressed", "true");
    const parts = reading_parts(document.getElementById("main"));
    parts.forEach((words, at) => {
      const saying = new SpeechSynthesisUtterance(words);
      saying.voice = voice() ?? null;
      saying.lang = document.documentElement.lang;
      saying.rate = 0.9;
      if (at === parts.length - 1) saying.onend = stop;
      speech.speak(saying);
    });
  });
  window.addEventListener("pagehide", stop);
}

/** What is read: headings, sentences, labels and buttons of the page, in order, each once. */
export function reading_parts(main: HTMLElement | null): string[] {
  if (!main) return [];
  const parts = main.querySelectorAll<HTMLElement>("h1, h2, h3, p, li, dt, dd, label, legend, button, a.button, a.door");
  return [...parts]
    .filter((one) => !one.closest("[hidden]") && !one.parentElement?.closest("h1, h2, h3, p, li, dt, dd, label, legend, button"))
    .map((one) => (one.textContent ?? "").replace(/\s+/g, " ").trim())
    .filter((words) => words !== "");
}

/** Back to where one came from on this site; the link's own address otherwise. */
function go_back(event: Event): void {
  const here = document.referrer.startsWith(`${location.origin}/`) && document.referrer !== location.href;
  if (!here || history.length < 2) return;
  event.preventDefault();
  history.back();
}

/** The switches of language and size keep the rest of the query, such as the grid that was chosen. */
function keep_query(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href*="?lang="], a[href*="?elder="]')) {
    const to = new URL(link.href);
    if (to.pathname !== location.pathname) continue;
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (name !== "lang" && name !== "elder" && !to.searchParams.has(name)) to.searchParams.set(name, value);
    }
    link.href = `${to.pathname}${to.search}`;
  }
}

/** Print and share: shown only where the phone can. */
export function enhance_paper(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-share]")) {
    const said = document.querySelector("[data-share-said]");
    const can_share = typeof navigator.share === "function";
    if (!can_share && !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const what = { title: document.title, text: button.dataset.shareWords ?? "", url: new URL(button.dataset.shareUrl ?? "", location.href).href };
      try {
        if (can_share) return await navigator.share(what);
        await navigator.clipboard.writeText(`${what.text} ${what.url}`);
        if (said) said.textContent = tr("已复制，可以粘贴给家人。", "Copied; paste it to your family.");
      } catch {
        // The person closed the sheet, or the browser forbids copying: nothing was promised yet.
      }
    });
  }
}

function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Without storage the choice lasts for this page.
  }
}
