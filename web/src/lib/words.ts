// Words of the script in the page's language, both side by side as in the templates: none can be missing.

/** What the server says in both languages. */
export interface Words {
  zh: string;
  en: string;
}

/** Whether the page is in English. */
export function is_english(): boolean {
  return document.documentElement.lang === "en";
}

/** The sentence in the language of the page. */
export function tr(zh: string, en: string): string {
  return is_english() ? en : zh;
}

/** The server's words in the language of the page. */
export function told(words: Words | null | undefined): string {
  return words ? tr(words.zh, words.en) : "";
}
