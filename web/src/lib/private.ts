// What is somebody's telephone or document: it never stands in an address of the browser, whoever searches for it and wherever.

/** Digits enough for either, with the letters some documents begin with and the sign of a country. */
const PRIVATE = /^\+?[a-z]{0,2}\d[\dx\s-]{6,}$/i;

export function is_private(text: string): boolean {
  return PRIVATE.test(text.trim());
}
