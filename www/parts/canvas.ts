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
 * As many pixels as a canvas may have. Safari draws nothing on a larger one and says so on its console
 * only: "Canvas area exceeds the maximum limit (width * height > 16777216)". Other browsers allow more
 * (github.com/jhildenbiddle/canvas-size).
 */
const MOST_PIXELS = 4096 * 4096;
/** As long as its sides may be: longer ones are no texture of many graphics cards. */
const LONGEST_SIDE = 16_384;

/** A canvas' size in pixels for a box in CSS pixels, and how many pixels that is for each of these. */
export interface Sharpness {
  columns: number;
  rows: number;
  scale: number;
}

/** With as many pixels per CSS pixel as are `wanted`, or as many as a canvas may have. */
export function sharpness(width: number, height: number, wanted: number): Sharpness {
  const most = Math.min(
    Math.sqrt(MOST_PIXELS / (width * height)),
    LONGEST_SIDE / Math.max(width, height),
  );
  const scale = Math.min(wanted, most);
  const whole = scale < wanted ? Math.floor : Math.round;
  const [columns, rows] = [width, height].map((side) => Math.max(1, whole(side * scale)));
  return { columns: columns!, rows: rows!, scale };
}

/**
 * Gives the canvas as many pixels as the screen has in its box, or as it may have, and returns how many
 * that are per CSS pixel; 0 while it is not shown. Resizing clears it, so draw right after.
 */
export function fit(canvas: HTMLCanvasElement): number {
  const { width, height } = canvas.getBoundingClientRect();
  if (width === 0 || height === 0) return 0;
  const { columns, rows, scale } = sharpness(width, height, devicePixelRatio);
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  return scale;
}
