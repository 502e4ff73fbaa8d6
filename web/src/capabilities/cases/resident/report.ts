// The report form: types offered from the words, place by one tap, neighbours' reports, a draft that survives. The form itself is the server's.
import { after_quiet, input_of, say } from "../../../lib/dom";
import { tr } from "../../../lib/words";
import { drop_draft, load_draft, save_draft, type Draft } from "./draft";
import { offer_nearby } from "./nearby";
import { enhance_place, type PlaceField } from "./report_place";
import { offer_types, type TypeField } from "./suggest";

export function enhance_report(form: HTMLFormElement): void {
  const field = fields_of(form);
  if (!field) return;
  const ask_nearby = after_quiet(300, () => void offer_nearby(form, types.chosen()));
  const types = offer_types(form, field.words, () => changed());
  const place = enhance_place(form, () => changed());
  const keep = after_quiet(300, () => save_draft(draft_of(form, types, place)));
  let sent = false;

  function changed(): void {
    // What is edited after a try is another report: it gets an id of its own, the old one keeps its answer.
    if (sent) field!.client_id.value = new_id();
    sent = false;
    keep();
    ask_nearby();
  }

  restore(form, types, place);
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (sent || navigator.onLine === false) {
      event.preventDefault();
      if (!sent) say(field.said, tr("现在没有网络。写的都在，有网再点提交；急事请打电话。", "No network now. All you wrote is kept; send when it is back, or call."));
      return;
    }
    save_draft(draft_of(form, types, place));
    sent = true;
    say(field.said, tr("正在提交，请稍等……", "Sending, one moment…"));
  });
  // Back from the receipt: the page is shown as it was left, but what it held is filed.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && sent) location.reload();
  });
}

interface Fields {
  words: HTMLTextAreaElement;
  client_id: HTMLInputElement;
  said: Element | null;
}

function fields_of(form: HTMLFormElement): Fields | null {
  const words = form.elements.namedItem("words");
  const client_id = input_of(form, "client_id");
  if (!(words instanceof HTMLTextAreaElement) || !client_id) return null;
  return { words, client_id, said: form.querySelector("[data-send-said]") };
}

/** Puts a kept draft back into an empty form; what the server filled in (a form that came back) is newer and stays. */
function restore(form: HTMLFormElement, types: TypeField, place: PlaceField): void {
  const words = form.elements.namedItem("words") as HTMLTextAreaElement;
  const note = form.querySelector<HTMLElement>("[data-draft-note]");
  const draft = load_draft(Date.now());
  if (!draft || words.value !== "" || input_of(form, "grid")?.value) return;
  words.value = draft.words;
  set(form, "client_id", draft.client_id);
  place.restore(draft);
  types.restore(draft.type);
  if (!note) return;
  note.hidden = false;
  note.querySelector("[data-draft-drop]")?.addEventListener("click", () => {
    drop_draft();
    location.reload();
  });
}

function draft_of(form: HTMLFormElement, types: TypeField, place: PlaceField): Draft {
  const value = (name: string) => (form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "";
  return {
    words: value("words"),
    type: types.chosen(),
    place_kind: value("place_kind"),
    lon: value("lon"),
    lat: value("lat"),
    address: value("address"),
    grid: value("grid"),
    place_said: place.said(),
    client_id: value("client_id"),
    saved_at: Date.now(),
  };
}

function set(form: HTMLFormElement, name: string, value: string): void {
  const input = input_of(form, name);
  if (input && value) input.value = value;
}

/** A UUID of version 7 (time first, as the server's own), also where the browser hides `randomUUID` (pages without HTTPS). */
export function new_id(now_ms = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(now_ms / 2 ** (8 * (5 - at))) & 0xff;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
