/** A few images to look at: from the engine once it runs, from the files before that. */
import type { Dataset } from "./dataset";
import { Failure } from "../failures";
import { sizeOf } from "../network";
import type { Matrix } from "../report";
import type { View } from "../view";
import { readIdx } from "./idx";
import { type Rows, rowsOf } from "./rows";
import { isWide } from "./scale";

export interface Samples {
  image: Rows;
  labels: number[];
  /** One row per image, 0 to 1. */
  images: Matrix;
  /** The same with the noise that training puts on them: latents and reconstructions are then of these. */
  noisy?: Matrix;
  latents?: Matrix;
  reconstructions?: Matrix;
  /** Of what is no image: the same as the network is given them, and gives them. */
  numbers?: { images: Matrix; reconstructions?: Matrix };
}

export const SAMPLES = 10;

/** The first image of every chosen class, then the second of every class, as the engine does. */
export async function preview(dataset: Dataset, view: View, classes: number[]): Promise<Samples> {
  const image = rowsOf(dataset.image, dataset.source);
  const isImage = image.form === "image";
  const size = sizeOf(image);
  const images: Matrix = { shape: [SAMPLES, size], data: new Float32Array(SAMPLES * size) };
  const labels: number[] = [];
  const all = await dataset.images(classes.slice(0, SAMPLES), SAMPLES);
  // As the engine does: of a test set, where there is one.
  const files = all.filter(({ role }) => role === undefined || role === "explained");
  for (const [position, { label, bytes }] of files.entries()) {
    const data = isWide(dataset.scale) || !isImage ? asStored(bytes) : decode(view, bytes);
    const there = (row: number, from: number) => row < SAMPLES && from < data.length;
    for (let row = position, from = 0; there(row, from); row += files.length, from += size) {
      images.data.set(data.subarray(from, from + size), row * size);
      labels[row] = label;
    }
    // Unpacking a class takes some milliseconds: let the page breathe between two.
    await new Promise((resolve) => setTimeout(resolve));
  }
  const numbers = { images: { ...images, data: images.data.slice() } };
  if (isWide(dataset.scale)) spread(images.data);
  return { image, labels, images, ...(!isImage && { numbers }) };
}

/** Values that lie outside 0 to 1 are drawn from their smallest, blank, to their largest. */
function spread(values: Float32Array): void {
  const least = values.reduce((least, value) => Math.min(least, value), Infinity);
  const most = values.reduce((most, value) => Math.max(most, value), -Infinity);
  for (const [at, value] of values.entries()) values[at] = (value - least) / (most - least || 1);
}

function asStored(bytes: Uint8Array): Float32Array {
  const array = readIdx(bytes);
  if (!array) throw new Failure("data-unreadable", "a class is cut short");
  const { values } = array;
  return values instanceof Float32Array ? values : Float32Array.from(values, (byte) => byte / 255);
}

/** Values from 0 to 1. */
function decode(view: View, bytes: Uint8Array): Float32Array {
  try {
    return Float32Array.from(view.decode(bytes).data, (value) => value / 255);
  } catch (error) {
    throw Failure.from(error, "data-unreadable");
  }
}

/** The pixels or latents of one image. */
export function rowOf(matrix: Matrix, row: number): Float32Array {
  const columns = matrix.shape[1];
  return matrix.data.subarray(row * columns, (row + 1) * columns);
}
