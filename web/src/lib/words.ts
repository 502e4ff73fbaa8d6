// Words of the script in the page's language, both side by side as in the templates.

/** The sentence in the language of the page. */
export function tr(zh: string, en: string): string {
  return document.documentElement.lang === "en" ? en : zh;
}
