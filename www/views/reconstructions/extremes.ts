/** Which explained images are rebuilt best and worst. */

/** An explained image, counted from 0, and the mean squared error of its reconstruction. */
export interface Rebuilt {
  image: number;
  label: number;
  error: number;
}

/** More explained images than these are not all looked through. */
export const MOST = 5_000;

/** The images to look through: all, or so many of them at equal distances. */
export function lookedThrough(count: number): number[] {
  const length = Math.min(count, MOST);
  return Array.from({ length }, (_, at) => Math.floor((at * count) / length));
}

/** How many of the best and of the worst of each class there is room for. */
export function perClass(classes: number): number {
  if (classes <= 4) return 3;
  return classes <= 12 ? 2 : 1;
}

/** Class by class those of the smallest and of the largest error, in the order of the error. */
export function extremes(rebuilt: Rebuilt[], classes: number[], each: number): Rebuilt[] {
  return classes.flatMap((label) => {
    const own = rebuilt.filter((one) => one.label === label).sort((a, b) => a.error - b.error);
    return own.length <= 2 * each ? own : [...own.slice(0, each), ...own.slice(-each)];
  });
}

export function meanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at]! - b[at]!) ** 2;
  return sum / a.length;
}
