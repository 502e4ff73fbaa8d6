// Small helpers over the DOM: make an element, draw an icon, say something to everyone (screen readers too).

type Child = Node | string;

/** Makes an element; attributes with `false` are left out, with `true` are empty. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | boolean> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** An icon of the sheet the page already uses; nothing where the page shows none. */
export function icon(name: string): Node {
  const sheet = document.querySelector("use")?.getAttribute("href")?.split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  if (!sheet) return document.createTextNode("");
  svg.setAttribute("class", "icon");
  svg.setAttribute("width", "24");
  svg.setAttribute("height", "24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sheet}#${name}`);
  svg.append(use);
  return svg;
}

/** Puts words into a `role="status"` element. */
export function say(where: Element | null, words: string): void {
  if (where) where.textContent = words;
}

/** Calls `act` once things have been quiet for `wait_ms`. */
export function after_quiet(wait_ms: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait_ms);
  };
}

/** The named control of a form, when it is one plain input. */
export function input_of(form: HTMLFormElement, name: string): HTMLInputElement | null {
  const control = form.elements.namedItem(name);
  return control instanceof HTMLInputElement ? control : null;
}
