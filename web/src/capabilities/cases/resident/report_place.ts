// The place of a report: where the phone is, a tap on the outline, or words. The server names the grid, so a wrong point is seen at once.
import { input_of, make, say } from "../../../lib/dom";
import { ask_place, can_ask_place, on_asking } from "../../../lib/place";
import { change_steadily } from "../../../lib/steady";
import { tr } from "../../../lib/words";
import { grid_words, locate } from "../../territory/resident/locate";
import { open_outline, type Pick } from "../../territory/resident/outline";
import type { Draft } from "./draft";

/** Beyond this radius the phone's place is named as rough. */
const ROUGH_M = 150;

export interface PlaceField {
  /** What is said about the place now chosen. */
  said(): string;
  restore(draft: Draft): void;
}

export function enhance_place(form: HTMLFormElement, changed: () => void): PlaceField {
  const card = form.querySelector<HTMLElement>("[data-place]");
  const said = card?.querySelector("[data-place-said]") ?? null;
  const tools = card?.querySelector<HTMLElement>("[data-place-tools]");
  const gps = card?.querySelector<HTMLButtonElement>("[data-gps]");
  const opener = card?.querySelector<HTMLButtonElement>("[data-map-open]");
  const panel = card?.querySelector<HTMLElement>("[data-map-panel]");

  const drop = make("button", { type: "button", class: "button quiet", hidden: true }, tr("不用这个位置", "Do not use this place"));
  said?.after(drop);

  const set = (values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) {
      const input = input_of(form, name);
      if (input) input.value = value;
    }
    change_steadily(drop, () => (drop.hidden = input_of(form, "place_kind")?.value === "address"));
    changed();
  };

  async function take_point(lon: number, lat: number, note: string): Promise<void> {
    const answer = await locate(lon, lat);
    if (answer.is === "refused") {
      say(said, answer.words);
      return;
    }
    set({ place_kind: "point", lon: lon.toFixed(6), lat: lat.toFixed(6), grid: "" });
    const name = answer.is === "told" ? grid_words(answer.data) : tr("已记下位置", "Place noted");
    say(said, `✓ ${name}${note}`);
  }

  async function take_here(): Promise<void> {
    say(said, tr("正在找您的位置……", "Finding where you are…"));
    const found = await ask_place();
    if (found.is === "unknown") return say(said, found.words);
    const metres = Math.round(found.spot.accuracy_m);
    const note = metres > ROUGH_M
      ? tr(`（误差约 ${metres} 米，请再写一下地点）`, ` (within about ${metres} m; please add the place in words)`)
      : tr(`（误差约 ${metres} 米）`, ` (within about ${metres} m)`);
    await take_point(found.spot.lon, found.spot.lat, note);
  }

  function take_pick(pick: Pick): void {
    if (pick.kind === "point") return void take_point(pick.lon, pick.lat, "");
    set({ place_kind: "grid", grid: pick.code, lon: "", lat: "" });
    say(said, `✓ ${pick.name}`);
  }

  drop.addEventListener("click", () => {
    set({ place_kind: "address", lon: "", lat: "", grid: "" });
    say(said, "");
    input_of(form, "address")?.focus();
  });
  if (tools) tools.hidden = false;
  if (gps) gps.hidden = !can_ask_place();
  if (gps) on_asking(gps, take_here);
  opener?.addEventListener("click", () => {
    if (!panel) return;
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) void open_outline(panel, take_pick);
  });
  const without_script = card?.querySelector<HTMLElement>("[data-without-script]");
  if (without_script) without_script.hidden = true;

  return {
    said: () => said?.textContent ?? "",
    restore(draft) {
      const { place_kind, lon, lat, grid, address } = draft;
      // A place nobody was told about is not taken back silently.
      if (place_kind === "address" || !draft.place_said.startsWith("✓")) return set({ address });
      set({ place_kind, lon, lat, grid, address });
      say(said, draft.place_said);
    },
  };
}
