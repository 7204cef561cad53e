/** Which points a line that was drawn around them surrounds. */

export type Point = readonly [x: number, y: number];

/**
 * The points, by their places, that lie inside the closed line: those from which a ray crosses it an odd
 * number of times. `points` are x and y of each, one after the other; those that are not numbers lie
 * nowhere.
 */
export function surrounded(points: ArrayLike<number>, line: readonly Point[]): Uint32Array {
  const xs = line.map(([x]) => x);
  const ys = line.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const found: number[] = [];
  for (let image = 0; 2 * image < points.length; image += 1) {
    const [x, y] = [points[2 * image]!, points[2 * image + 1]!];
    // Also false where they are not numbers.
    if (x >= left && x <= right && y >= top && y <= bottom && isInside(x, y, line)) {
      found.push(image);
    }
  }
  return Uint32Array.from(found);
}

export function isInside(x: number, y: number, line: readonly Point[]): boolean {
  let inside = false;
  let [ax, ay] = line.at(-1) ?? [0, 0];
  for (const [bx, by] of line) {
    if (ay > y !== by > y && x < ax + ((bx - ax) * (y - ay)) / (by - ay)) inside = !inside;
    [ax, ay] = [bx, by];
  }
  return inside;
}

/** Both, each image once, in their order. */
export function together(a: Uint32Array, b: Uint32Array): Uint32Array {
  return Uint32Array.from(new Set([...a, ...b])).sort();
}
