/** Latents that were made elsewhere, in the order in which an engine is given the images. */
import type { ClassImages } from "../engine/messages";
import { count, integer } from "../format";
import type { Matrix } from "../report";
import { refusal } from "./functions";

/**
 * A row for each of these images, which an engine is given class by class. `latents` are those of all `total` images in
 * the order in which somebody gave them. Throws a `Failure` where it is not known which are whose.
 */
export function latentsOf(
  { shape: [rows, dims], data }: Matrix,
  images: readonly ClassImages[],
  total: number,
): Matrix {
  const places = images.map(({ place, file, role }) => {
    const isOneArray = place && !role && !file?.some((at) => at > 0);
    return isOneArray ? [...place] : undefined;
  });
  if (places.includes(undefined)) {
    throw refusal(
      "Latents are told by the places of their images, so that these have to be given as values, in one array and without a test.",
    );
  }
  if (rows !== total) {
    throw refusal(
      `There are ${count(rows, "row")} of latents and ${integer(total)} images: give a row for each image, in their order.`,
    );
  }
  return rowsAt({ shape: [rows, dims], data }, places.flat() as number[]);
}

/** The rows at these places, in this order. */
export function rowsAt({ shape: [, dims], data }: Matrix, places: readonly number[]): Matrix {
  const found = new Float32Array(places.length * dims);
  for (const [at, place] of places.entries()) {
    found.set(data.subarray(place * dims, (place + 1) * dims), at * dims);
  }
  return { shape: [places.length, dims], data: found };
}
