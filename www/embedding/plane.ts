/** Arrangements in a plane: x and y of every image, one after the other. */

/** Centred, and so scaled that the largest absolute value is 1; points that coincide are all 0. */
export function framed(points: ArrayLike<number>): Float32Array {
  const centre = [0, 0];
  for (let i = 0; i < points.length; i++) centre[i % 2]! += (2 * points[i]!) / points.length;
  const framed = Float64Array.from(points, (value, i) => value - centre[i % 2]!);
  const largest = framed.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  // What is left of equal numbers after their mean was taken away is rounding.
  const spread = largest > 1e-12 * Math.max(Math.abs(centre[0]!), Math.abs(centre[1]!));
  return Float32Array.from(framed, (value) => (spread ? value / largest : 0));
}
