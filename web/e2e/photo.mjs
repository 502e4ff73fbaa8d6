// A real photo for the stories: a JPEG of the size a phone makes, drawn in the browser and not kept anywhere.

/** Makes a JPEG of the given size in the page; noise keeps it as heavy as a camera's. */
export async function make_photo(page, width = 3000, height = 2250) {
  const base64 = await page.evaluate(
    async ([across, down]) => {
      const canvas = new OffscreenCanvas(across, down);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#7a8a80";
      pen.fillRect(0, 0, across, down);
      for (let at = 0; at < 20000; at += 1) {
        pen.fillStyle = `hsl(${(at * 47) % 360} 45% ${30 + (at % 40)}%)`;
        pen.fillRect((at * 7919) % across, (at * 104729) % down, 24, 18);
      }
      const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let from = 0; from < bytes.length; from += 0x8000) text += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
      return btoa(text);
    },
    [width, height],
  );
  return { name: "IMG_2041.jpg", mimeType: "image/jpeg", buffer: Buffer.from(base64, "base64") };
}
