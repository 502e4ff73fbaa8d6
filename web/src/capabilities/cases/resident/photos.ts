// Photos of a form: several picks add up, each is made smaller on the phone, each can be taken out again. The plain input stays the truth.
import { icon, make, say } from "../../../lib/dom";
import { change_steadily } from "../../../lib/steady";
import { tr } from "../../../lib/words";
import { shrink, type Shot } from "../shared/shrink";

export function enhance_photos(field: HTMLElement): void {
  const input = field.querySelector<HTMLInputElement>('input[type="file"]');
  const list = field.querySelector<HTMLElement>("[data-shots]");
  if (!input || !list || typeof DataTransfer !== "function" || typeof createImageBitmap !== "function") return;
  const photos_max = Number(field.dataset.photosMax ?? "9");
  const said = field.querySelector("[data-photos-said]");
  let shots: Shot[] = [];

  const drop = make("label", { class: "drop", for: input.id }, icon("camera"), tr("拍照或选照片", "Take or choose photos"));
  input.classList.add("unseen");
  input.before(drop);
  drop.append(input);
  // The outer label names the field; the drop is a second label of the same input.

  const show = () => {
    const pack = new DataTransfer();
    for (const shot of shots) pack.items.add(shot.file);
    input.files = pack.files;
    list.replaceChildren(...shots.map((shot, at) => shot_item(shot, at, () => {
      shots = shots.filter((one) => one !== shot);
      show();
      say(said, tr("已去掉一张。", "One photo removed."));
      input.focus();
    })));
  };

  input.addEventListener("change", async () => {
    const files = [...(input.files ?? [])];
    say(said, tr("正在处理照片……", "Preparing the photos…"));
    const made = await Promise.all(files.map(shrink));
    const room = photos_max - shots.length;
    shots = [...shots, ...made.slice(0, room)];
    change_steadily(list, show);
    const over = made.length - room;
    say(said, over > 0
      ? tr(`最多 ${photos_max} 张，多的 ${over} 张没有放进来。`, `At most ${photos_max}; ${over} were left out.`)
      : tr(`已有 ${shots.length} 张照片。`, `${shots.length} photos so far.`));
  });
}

function shot_item(shot: Shot, at: number, remove: () => void): HTMLElement {
  const name = tr(`第 ${at + 1} 张照片`, `Photo ${at + 1}`);
  const canvas = make("canvas", { width: "320", height: "240", role: "img", "aria-label": name });
  const pen = canvas.getContext("2d");
  if (shot.picture && pen) {
    const { width, height } = shot.picture;
    const factor = Math.max(320 / width, 240 / height);
    pen.drawImage(shot.picture, (320 - width * factor) / 2, (240 - height * factor) / 2, width * factor, height * factor);
  }
  const button = make("button", { type: "button", class: "button quiet", "aria-label": tr(`去掉${name}`, `Remove ${name}`) }, tr("去掉", "Remove"));
  button.addEventListener("click", remove);
  return make("li", { class: "shot" }, canvas, button);
}
