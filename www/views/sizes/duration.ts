/** How long it takes to train networks of other numbers of dimensions. */

/** What a step takes that does not grow with the dimensions, as a share of one with as many as are shown. */
const FIXED = 0.3;

/** Milliseconds, about, on so many cores, where one of `own` dimensions took `ms`. */
export function duration(sizes: number[], own: number, ms: number, cores: number): number {
  const each = sizes.map((size) => ms * (FIXED + (1 - FIXED) * (size / Math.max(1, own))));
  const all = each.reduce((sum, one) => sum + one, 0);
  // The longest of them is not divided.
  return Math.max(all / Math.max(1, Math.min(cores, sizes.length)), ...each, 0);
}
