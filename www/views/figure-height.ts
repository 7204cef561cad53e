/**
 * How tall the figure is before the charts are loaded, so that it is in its place from the start; with type
 * of 13 CSS pixels.
 */

/** Widths of maps that show 28 pixels sharply, best first; in CSS pixels, as all below. */
const MAPS = [112, 84, 56];
const STACKED_MAPS = [78];
/** The marks of a wide figure should fit a screen. */
const TALL = 640;
const STACKED_TALL = 936;
/** Heading, titles and axis around the marks of one panel. */
const FRAME = 78;
const LEGEND = 21;
const GAP = 10;
const TITLE = 17;

/**
 * Room for bars that can be told apart and maps that can be read. It depends on nothing that has
 * to be loaded first, so that the figure is in its place from the first paint.
 */
export function figureHeight(
  width: number,
  { dims: all, top }: { dims: number; top: number | null },
): number {
  const dims = Math.min(top ?? all, all);
  if (width < 570) {
    const maps = mapsHeight(width, dims, STACKED_MAPS, STACKED_TALL);
    const bars = Math.min(20 * dims, STACKED_TALL);
    return 2 * FRAME + 34 + bars + maps;
  }
  const besideBars = width - Math.min(0.32 * width, 390) - 34;
  const bars = Math.max(Math.min(20 * dims, 280), Math.min(13 * dims, TALL));
  return FRAME + Math.max(bars, mapsHeight(besideBars, dims, MAPS, TALL));
}

/** Height of a grid of the largest maps that stay within a limit, and of their legend. */
function mapsHeight(width: number, dims: number, sizes: number[], limit: number): number {
  const heights = sizes.map((size) => {
    const columns = Math.max(1, Math.floor((width + GAP) / (size + GAP)));
    return Math.ceil(dims / columns) * (size + TITLE + GAP) - TITLE - GAP;
  });
  return LEGEND + (heights.find((height) => height <= limit) ?? limit);
}
