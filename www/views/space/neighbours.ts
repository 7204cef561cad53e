/** The images whose latents are nearest: exact, by every distance there is. */
import type { Matrix } from "../../report";

export interface Neighbour {
  image: number;
  /** Euclidean, over all dimensions. */
  distance: number;
}

/** So many products are formed between two looks at the clock. */
const PRODUCTS = 200_000;

/**
 * The `count` images nearest to one of them, the nearest first and the first of equals first; it is not
 * its own neighbour, and one without a place is nobody's. Yields how much is done.
 */
export function* nearest(
  { shape: [images, dims], data }: Matrix,
  of: number,
  count: number,
): Generator<number, Neighbour[], void> {
  const own = data.subarray(of * dims, (of + 1) * dims);
  const found: Neighbour[] = [];
  const rows = Math.max(1, Math.floor(PRODUCTS / Math.max(1, dims)));
  for (let image = 0; image < images; image += 1) {
    if (image % rows === 0) yield image / images;
    if (image === of) continue;
    const worst = found.length < count ? Infinity : found.at(-1)!.distance ** 2;
    let squares = 0;
    for (let dim = 0, at = image * dims; dim < dims; dim += 1, at += 1) {
      squares += (data[at]! - own[dim]!) ** 2;
    }
    if (!(squares < worst)) continue;
    const distance = Math.sqrt(squares);
    const before = found.findIndex((each) => each.distance > distance);
    found.splice(before < 0 ? found.length : before, 0, { image, distance });
    if (found.length > count) found.pop();
  }
  return found;
}
