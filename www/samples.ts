/** A few images to look at: from the engine once it runs, from the files before that. */
import type { Dataset } from "./dataset";
import { Failure } from "./failures";
import type { ImageShape, Matrix } from "./report";
import type { View } from "./view";

export interface Samples {
  image: ImageShape;
  labels: number[];
  /** One row per image, 0 to 1. */
  images: Matrix;
  latents?: Matrix;
  reconstructions?: Matrix;
}

export const SAMPLES = 10;

/** The first images of the chosen classes, as many of each. */
export async function preview(dataset: Dataset, view: View, classes: number[]): Promise<Samples> {
  const { height, width } = dataset.manifest;
  const pixels = height * width;
  const images = {
    shape: [SAMPLES, pixels] as [number, number],
    data: new Float32Array(SAMPLES * pixels),
  };
  const labels: number[] = [];
  const files = await dataset.images(classes.slice(0, SAMPLES));
  for (const [position, { label, bytes }] of files.entries()) {
    const upTo = Math.round((SAMPLES * (position + 1)) / files.length);
    const wanted = upTo - labels.length;
    let decoded;
    try {
      decoded = view.decode(bytes);
    } catch (error) {
      throw Failure.from(error, "data-unreadable");
    }
    const values = decoded.data.subarray(0, wanted * pixels);
    images.data.set(
      Array.from(values, (value) => value / 255),
      labels.length * pixels,
    );
    labels.push(...new Array<number>(Math.min(wanted, decoded.count)).fill(label));
    // Unpacking a class takes some milliseconds: let the page breathe between two.
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { image: { height, width }, labels, images };
}

/** The pixels or latents of one image. */
export function rowOf(matrix: Matrix, row: number): Float32Array {
  const columns = matrix.shape[1];
  return matrix.data.subarray(row * columns, (row + 1) * columns);
}
