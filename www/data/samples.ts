/** A few images to look at: from the engine once it runs, from the files before that. */
import type { Dataset } from "./dataset";
import { Failure } from "../failures";
import type { ImageShape, Matrix } from "../report";
import type { View } from "../view";

export interface Samples {
  image: ImageShape;
  labels: number[];
  /** One row per image, 0 to 1. */
  images: Matrix;
  latents?: Matrix;
  reconstructions?: Matrix;
}

export const SAMPLES = 10;

/** The first image of every chosen class, then the second of every class, as the engine does. */
export async function preview(dataset: Dataset, view: View, classes: number[]): Promise<Samples> {
  const { height, width } = dataset.image;
  const pixels = height * width;
  const images: Matrix = { shape: [SAMPLES, pixels], data: new Float32Array(SAMPLES * pixels) };
  const labels: number[] = [];
  const all = await dataset.images(classes.slice(0, SAMPLES), SAMPLES);
  // As the engine does: of a test set, where there is one.
  const files = all.filter(({ role }) => role === undefined || role === "explained");
  for (const [position, { label, bytes }] of files.entries()) {
    const { data } = decode(view, bytes);
    for (let row = position, from = 0; row < SAMPLES; row += files.length, from += pixels) {
      const values = data.subarray(from, from + pixels);
      images.data.set(
        Float32Array.from(values, (value) => value / 255),
        row * pixels,
      );
      labels[row] = label;
    }
    // Unpacking a class takes some milliseconds: let the page breathe between two.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { image: { height, width }, labels, images };
}

function decode(view: View, bytes: Uint8Array) {
  try {
    return view.decode(bytes);
  } catch (error) {
    throw Failure.from(error, "data-unreadable");
  }
}

/** The pixels or latents of one image. */
export function rowOf(matrix: Matrix, row: number): Float32Array {
  const columns = matrix.shape[1];
  return matrix.data.subarray(row * columns, (row + 1) * columns);
}
