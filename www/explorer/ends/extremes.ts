/** The images with the largest and the smallest value of a latent dimension. */
import type { Matrix } from "../../report";

/** So many of each are shown. */
export const EACH = 9;

/** One end: images by their places, the most extreme first, of equals the first in order. */
export interface End {
  images: number[];
  values: number[];
  /** How many images have the value of the last that is shown: some of them may not be. */
  last: number;
}

export interface Ends {
  largest: End;
  /** Absent where all images are shown as the largest already, or all have one value. */
  smallest?: End;
}

/** Undefined where there are no images. */
export function endsOf({ shape: [images, dims], data }: Matrix, dim: number): Ends | undefined {
  if (images === 0) return undefined;
  const values = Float32Array.from({ length: images }, (_, image) => data[image * dims + dim]!);
  const largest = end(values, 1);
  const same = largest.last === images && largest.values[0] === largest.values.at(-1);
  return images <= EACH || same ? { largest } : { largest, smallest: end(values, -1) };
}

/** In one pass, however many there are. */
function end(values: Float32Array, sign: 1 | -1): End {
  const images: number[] = [];
  for (let image = 0; image < values.length; image += 1) {
    const value = sign * values[image]!;
    if (images.length === EACH && !(value > sign * values[images[EACH - 1]!]!)) continue;
    let place = images.length;
    while (place > 0 && value > sign * values[images[place - 1]!]!) place -= 1;
    images.splice(place, 0, image);
    if (images.length > EACH) images.pop();
  }
  const shown = images.map((image) => values[image]!);
  const edge = shown.at(-1)!;
  return {
    images,
    values: shown,
    last: values.reduce((sum, each) => sum + Number(each === edge), 0),
  };
}
