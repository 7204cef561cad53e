/** Which latent dimensions carry an image: those that its reconstruction could not do without. */
import type { Encoded } from "../../report";

/** Mean and standard deviation of each dimension. */
export interface Usual {
  mean: Float32Array;
  deviation: Float32Array;
  /** Of how many images. */
  images: number;
}

/** Over the explained images, or those of a class. */
export function usual({ labels, latents }: Encoded, label?: number): Usual {
  const dims = latents.shape[1];
  const [sums, squares] = [new Float64Array(dims), new Float64Array(dims)];
  const own = labels.flatMap((each, image) =>
    label === undefined || each === label ? [image] : [],
  );
  const each = (visit: (dim: number, value: number) => void) => {
    for (const image of own)
      for (let dim = 0; dim < dims; dim += 1) visit(dim, latents.data[image * dims + dim]!);
  };
  each((dim, value) => (sums[dim]! += value));
  const mean = Float32Array.from(sums, (sum) => sum / Math.max(1, own.length));
  each((dim, value) => (squares[dim]! += (value - mean[dim]!) ** 2));
  const deviation = Float32Array.from(squares, (sum) =>
    own.length > 1 ? Math.sqrt(sum / (own.length - 1)) : 0,
  );
  return { mean, deviation, images: own.length };
}

export interface Carrier {
  /** Counted from 0. */
  dim: number;
  value: number;
  mean: number;
  deviation: number;
  /** How many standard deviations the value is from the mean; undefined where all are the same. */
  away: number | undefined;
  /** Mean squared change of the reconstruction were the latent at the mean. */
  moved: number;
  /** Its mean squared error then. */
  error: number;
}

/** Those first that move the reconstruction most; `carried` is as the charts have it. */
export function carriers(
  latents: Float32Array,
  { mean, deviation }: Usual,
  carried: Float32Array,
): Carrier[] {
  const all = Array.from(latents, (value, dim): Carrier => {
    const spread = deviation[dim]!;
    return {
      dim,
      value,
      mean: mean[dim]!,
      deviation: spread,
      away: spread > 0 ? (value - mean[dim]!) / spread : undefined,
      moved: carried[2 * dim]!,
      error: carried[2 * dim + 1]!,
    };
  });
  return all.sort((a, b) => b.moved - a.moved || a.dim - b.dim);
}
