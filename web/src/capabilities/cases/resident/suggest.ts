// Types offered from the words, with why. The first is chosen, any can be taken instead; nothing chosen leaves the question to the server.
import { ask } from "../../../lib/ask";
import { after_quiet, input_of, make } from "../../../lib/dom";
import { change_steadily } from "../../../lib/steady";
import { tr } from "../../../lib/words";

interface Suggestion {
  code: string;
  name: string;
  because: string;
}

export interface TypeField {
  /** The code now chosen, or "". */
  chosen(): string;
  restore(code: string): void;
}

const CHARS_MIN = 4;
const WAIT_MS = 450;

/** Offers types below the words; `changed` is called when another is chosen. */
export function offer_types(form: HTMLFormElement, words: HTMLTextAreaElement, changed: () => void): TypeField {
  const place = form.querySelector<HTMLElement>("[data-suggest]");
  const seen = input_of(form, "type_seen");
  const holder = input_of(form, "type");
  let wanted = holder?.value ?? "";
  let asked_for = "";

  const chosen = () => place?.querySelector<HTMLInputElement>('input[name="type"]:checked')?.value ?? holder?.value ?? "";

  async function offer(): Promise<void> {
    const text = words.value.trim();
    if (!place || text === asked_for || [...text].length < CHARS_MIN) return;
    asked_for = text;
    const answer = await ask<Suggestion[]>("/api/cases/suggest", { words: text.slice(0, 500) });
    if (answer.is !== "told" || !Array.isArray(answer.data) || words.value.trim() !== text) return;
    const offered = answer.data.slice(0, 3);
    change_steadily(place, () => {
      show(offered);
      changed();
    });
  }

  function show(offered: Suggestion[]): void {
    if (!place) return;
    if (offered.length === 0) {
      if (holder) place.replaceChildren(holder);
      if (seen) seen.value = "";
      return;
    }
    const pick = offered.some((one) => one.code === wanted) ? wanted : (offered[0]?.code ?? "");
    const choices = make("div", { class: "choices" });
    for (const one of offered) choices.append(choice(one.code, one.name, one.because, one.code === pick));
    choices.append(choice("", tr("都不是，提交时再选", "None of these, choose when sending"), "", false));
    const legend = make("legend", { class: "label" }, tr("像是这一类，对吗？", "Looks like this, right?"));
    place.replaceChildren(make("fieldset", {}, legend, choices));
    if (seen) seen.value = "1";
  }

  function choice(code: string, name: string, because: string, checked: boolean): HTMLElement {
    const words_of = make("span", {}, make("strong", {}, name));
    if (because) words_of.append(make("span", { class: "hint" }, because));
    return make("label", { class: "choice" }, make("input", { type: "radio", name: "type", value: code, checked }), words_of);
  }

  place?.addEventListener("change", () => {
    wanted = chosen();
    if (seen) seen.value = wanted ? "1" : "";
    changed();
  });
  const later = after_quiet(WAIT_MS, () => void offer());
  words.addEventListener("input", later);
  words.addEventListener("change", () => void offer());
  if (words.value) later();

  return {
    chosen,
    restore(code) {
      wanted = code;
      later();
    },
  };
}
