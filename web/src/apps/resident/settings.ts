// Before the first paint: puts the reader's text size and contrast on <html>, so that nothing jumps. Imports nothing (classic script).
{
  const root = document.documentElement;
  try {
    const size = localStorage.getItem("mulin.size");
    const contrast = localStorage.getItem("mulin.contrast");
    if (size) root.dataset.size = size;
    if (contrast) root.dataset.contrast = contrast;
  } catch {
    // Storage may be forbidden (private windows of some phones): the page then starts at its defaults.
  }
  root.dataset.script = "on";
}
