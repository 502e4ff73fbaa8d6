// Open cases of the same kind near by, offered before a second one is made: one tap joins.
import { ask } from "../../../lib/ask";
import { icon, input_of, make } from "../../../lib/dom";
import { change_steadily } from "../../../lib/steady";
import { tr } from "../../../lib/words";

interface NearCase {
  number: string;
  type_name: string;
  distance_m: number;
  state_words: string;
  followers: number;
}

/** Nearer than a phone can tell apart. */
const HERE_M_MAX = 10;

let asked_for = "";

/** Asks once for each pair of place and type; shows what is found above the send button. */
export async function offer_nearby(form: HTMLFormElement, type: string): Promise<void> {
  const place = form.querySelector<HTMLElement>("[data-nearby]");
  const lon = input_of(form, "lon")?.value ?? "";
  const lat = input_of(form, "lat")?.value ?? "";
  const seen = input_of(form, "nearby_seen");
  const question = `${lon},${lat},${type}`;
  if (!place || !type || !lon || !lat || question === asked_for) return;
  asked_for = question;
  const answer = await ask<NearCase[]>("/api/cases/nearby", { lon, lat, type });
  if (asked_for !== question) return;
  const near = answer.is === "told" && Array.isArray(answer.data) ? answer.data : [];
  // Above the send button: it must not be pushed away, with a neighbour's case where it was, just as it is tapped.
  change_steadily(place, () => place.replaceChildren(...(near.length > 0 ? [offer_of(near)] : [])));
  if (seen) seen.value = answer.is === "told" ? "1" : "";
}

function offer_of(near: NearCase[]): HTMLElement {
  const list = make("ul", { class: "rows" });
  for (const one of near) list.append(make("li", { class: "card" }, ...row_of(one)));
  return make(
    "section",
    { class: "stack", "aria-label": tr("附近有人报过", "Nearby reports") },
    make("h2", {}, tr("附近有人报过，是同一件吗？", "Is it one of these nearby reports?")),
    list,
    make("p", { class: "hint" }, tr("都不是就点下面的“提交”。", "If none, go on and send yours.")),
  );
}

/** The button posts this very form to the other case, which takes the follower's contact from it and nothing else. */
function row_of(one: NearCase): Node[] {
  const others = one.followers > 0 ? tr(` · ${one.followers} 人也遇到`, ` · ${one.followers} have it too`) : "";
  const distance_m = Math.round(one.distance_m);
  const where = distance_m < HERE_M_MAX ? tr("就在这里", "Right here") : tr(`离这里约 ${distance_m} 米`, `About ${distance_m} m away`);
  const facts = `${where} · ${one.state_words}${others}`;
  const button = make(
    "button",
    { type: "submit", class: "button quiet full", formaction: `/case/${encodeURIComponent(one.number)}/me-too`, "data-me-too": one.number },
    icon("neighbours"),
    tr("我也遇到", "Me too"),
  );
  return [make("h3", {}, one.type_name), make("p", { class: "hint" }, facts), button];
}
