// A photo for the stories: a JPEG of the size a phone makes, drawn in the browser and not kept anywhere.

/** Draws a street where a pipe has burst (or has been mended); grain keeps the file as heavy as a camera's. */
export async function make_photo(page, { mended = false, width = 3000, height = 2250 } = {}) {
  const base64 = await page.evaluate(
    async ([across, down, dry]) => {
      const canvas = new OffscreenCanvas(across, down);
      const pen = canvas.getContext("2d");
      const box = (colour, x, y, w, h) => {
        pen.fillStyle = colour;
        pen.fillRect(x * across, y * down, w * across, h * down);
      };
      const pool = (colour, x, y, w, h) => {
        pen.fillStyle = colour;
        pen.beginPath();
        pen.ellipse(x * across, y * down, w * across, h * down, 0, 0, 7);
        pen.fill();
      };
      box("#c9d9e2", 0, 0, 1, 0.5);
      box("#d8c3a5", 0.05, 0.08, 0.4, 0.5);
      box("#c4a98a", 0.52, 0.16, 0.42, 0.42);
      for (const [x, y] of [[0.1, 0.14], [0.24, 0.14], [0.1, 0.32], [0.24, 0.32], [0.58, 0.22], [0.74, 0.22], [0.58, 0.38]]) box("#51697a", x, y, 0.09, 0.1);
      box("#8d9189", 0, 0.56, 1, 0.06);
      box("#6b6f6c", 0, 0.62, 1, 0.38);
      if (!dry) {
        pool("#7f9fb1", 0.52, 0.8, 0.34, 0.11);
        pool("#a9c4d1", 0.56, 0.78, 0.2, 0.05);
        for (let drop = 0; drop < 60; drop += 1) pool("#d5e6ee", 0.5 + ((drop * 37) % 23 - 11) / 120, 0.72 - ((drop * 53) % 29) / 110, 0.006, 0.012);
      } else box("#5c605e", 0.36, 0.74, 0.3, 0.1);
      for (let grain = 0; grain < 60000; grain += 1) {
        pen.fillStyle = grain % 2 ? "#ffffff12" : "#00000014";
        pen.fillRect((grain * 7919) % across, (grain * 104729) % down, 6, 6);
      }
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let from = 0; from < bytes.length; from += 0x8000) text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
      return btoa(text);
    },
    [width, height, mended],
  );
  return { name: "IMG_2041.jpg", mimeType: "image/jpeg", buffer: Buffer.from(base64, "base64") };
}
