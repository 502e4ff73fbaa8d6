// A photo made smaller on the device before it is sent, on every face alike.
const SIDE_PX_MAX = 1600;
/** Twenty of them go up within 45 s where a phone has 50 KiB a second. */
const BYTES_AIM = 96 * 1024;
/** Tried in turn until the photo is light enough: how much of the longer side is kept, and how well. */
const STEPS = [[1, 0.82], [1, 0.7], [1, 0.55], [0.75, 0.6], [0.6, 0.6]] as const;

/** A photo to be sent, and its picture where this browser can read it. */
export interface Shot {
  file: File;
  picture: ImageBitmap | null;
}

/** The size of a picture whose longer side is at most `side_max`, never enlarged. */
export function fit(width: number, height: number, side_max: number): { width: number; height: number } {
  const factor = Math.min(1, side_max / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}

/** Makes a photo smaller (`side_px_max`: its longer side); one that cannot be read goes as it is, and the server says what is wrong with it. */
export async function shrink(file: File, side_px_max = SIDE_PX_MAX): Promise<Shot> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return { file, picture: null };
  }
  for (const [step, [part, quality]] of STEPS.entries()) {
    const blob = await draw(picture, fit(picture.width, picture.height, side_px_max * part), quality);
    const is_last = step === STEPS.length - 1;
    if (!blob || (blob.size > BYTES_AIM && !is_last)) continue;
    if (blob.size >= file.size) break;
    return { file: new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }), picture };
  }
  return { file, picture };
}

async function draw(picture: ImageBitmap, size: { width: number; height: number }, quality: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, size);
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, size.width, size.height);
  pen.drawImage(picture, 0, 0, size.width, size.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}
