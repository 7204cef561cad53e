/** Colours of groups of pixels, however many there are. */

/** Hues that follow each other are then far apart. */
const GOLDEN = 137.508;

/** Of the group of a number, counted from 1, in front of a page of that colour (#rrggbb). */
export function hueOf(group: number, background: string): string {
  return `hsl(${Math.round((group * GOLDEN + 30) % 360)} 62% ${isDark(background) ? 64 : 42}%)`;
}

function isDark(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    Number.parseInt(colour.slice(at, at + 2), 16),
  );
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
