// "Who serves my home" by where the phone is: one tap, and the page of that grid opens.
import { say } from "../../../lib/dom";
import { ask_place, can_ask_place, on_asking } from "../../../lib/place";
import { tr } from "../../../lib/words";
import { locate } from "./locate";

export function enhance_grid_finder(card: HTMLElement): void {
  const button = card.querySelector<HTMLButtonElement>("[data-grid-here]");
  const said = card.querySelector("[data-grid-said]");
  if (!button || !can_ask_place()) return;
  button.hidden = false;
  on_asking(button, async () => {
    say(said, tr("正在找您的位置……", "Finding where you are…"));
    const found = await ask_place();
    if (found.is === "unknown") return say(said, found.words);
    const answer = await locate(found.spot.lon, found.spot.lat);
    if (answer.is === "told") location.assign(`/grids/${encodeURIComponent(answer.data.grid.code)}`);
    else say(said, answer.is === "refused" ? answer.words : tr("网络不通，请从名单里选。", "No network. Please choose from the list."));
  });
}
