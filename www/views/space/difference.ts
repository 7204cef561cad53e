/** In which dimensions some images differ from the others. */
import type { Matrix } from "../../report";

/** A dimension of the images that are chosen, and of the rest. */
export interface Difference {
  /** Counted from 0. */
  dim: number;
  /** Mean of the chosen images, and of the others. */
  chosen: number;
  rest: number;
  /**
   * How much larger the mean of the chosen images is, in pooled standard deviations (Cohen's d).
   * Infinite where neither the chosen images nor the others vary, and they are not the same.
   */
  standardised: number;
}

/**
 * Every dimension, those first in which the means differ most. None where there is nothing to compare:
 * no image is chosen, or all are.
 */
export function differences(
  { shape: [images, dims], data }: Matrix,
  chosen: Uint32Array,
): Difference[] {
  const isChosen = new Uint8Array(images);
  for (const image of chosen) isChosen[image] = 1;
  const counts = [images - chosen.length, chosen.length] as const;
  if (counts[0] === 0 || counts[1] === 0) return [];

  const means = [new Float64Array(dims), new Float64Array(dims)] as const;
  for (let image = 0; image < images; image += 1) {
    const group = isChosen[image] as 0 | 1;
    for (let dim = 0; dim < dims; dim += 1) {
      means[group][dim]! += data[image * dims + dim]! / counts[group];
    }
  }
  const squares = new Float64Array(dims);
  for (let image = 0; image < images; image += 1) {
    const mean = means[isChosen[image] as 0 | 1];
    for (let dim = 0; dim < dims; dim += 1) {
      squares[dim]! += (data[image * dims + dim]! - mean[dim]!) ** 2;
    }
  }
  // Two means were taken from the images; of two images nothing is left that could vary.
  const freedom = images - 2;
  return [...squares]
    .map((sum, dim) => {
      const deviation = freedom > 0 ? Math.sqrt(sum / freedom) : 0;
      const [rest, own] = [means[0][dim]!, means[1][dim]!];
      const standardised = own === rest ? 0 : (own - rest) / deviation;
      return { dim, chosen: own, rest, standardised };
    })
    .sort((a, b) => Math.abs(b.standardised) - Math.abs(a.standardised) || a.dim - b.dim);
}
