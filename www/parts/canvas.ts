/** Canvases whose pixels are the screen's own, at any zoom and on any screen. */

/** Calls back whenever the canvas' box changes, in CSS pixels or in the screen's. */
export function onResize(canvas: HTMLCanvasElement, resized: () => void): ResizeObserver {
  const observer = new ResizeObserver(resized);
  try {
    observer.observe(canvas, { box: "device-pixel-content-box" });
  } catch {
    // Safari knows no device pixels here; a change of zoom still changes the CSS size of most boxes.
    observer.observe(canvas);
  }
  return observer;
}

/**
 * Gives the canvas as many pixels as the screen has in its box, and returns how many that are per
 * CSS pixel; 0 while it is not shown. Resizing clears it, so draw right after.
 */
export function fit(canvas: HTMLCanvasElement): number {
  const { width, height } = canvas.getBoundingClientRect();
  if (width === 0 || height === 0) return 0;
  const columns = Math.round(width * devicePixelRatio);
  const rows = Math.round(height * devicePixelRatio);
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  return devicePixelRatio;
}
