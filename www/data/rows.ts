/** What the rows of a data set are, and what their numbers are called. */
import type { DataForm, ImageShape, ImageSource, Scaling } from "../report";

export interface Rows extends ImageShape {
  form: DataForm;
  /** What the numbers of a row are called, where they have names. */
  columns?: readonly string[] | undefined;
  /** How they were scaled: a number as stored is offset + scale × what the network is given. */
  scaling?: Scaling | undefined;
}

/** Of images of a shape, and of what is told of them. */
export function rowsOf(image: ImageShape, source: ImageSource | undefined): Rows {
  const { form = "image", columns, scaling } = source ?? {};
  return { ...image, form, columns: columns ?? undefined, scaling: scaling ?? undefined };
}

/** What a number of a row is called: by its name, or by its place, counted from 1. */
export function nameOf({ columns }: Pick<Rows, "columns">, at: number): string {
  return columns?.[at] ?? `${at + 1}`;
}

/** A number of a row in the unit in which it was stored, as far as that is known. */
export function stored({ scaling }: Pick<Rows, "scaling">, at: number, value: number): number {
  const [offset = 0, scale = 1] = [scaling?.offset[at], scaling?.scale[at]];
  return offset + scale * value;
}

/** Places of the numbers, those that differ most first, of equals the first in order. */
export function mostDifferent(a: Float32Array, b: Float32Array): number[] {
  const off = (at: number) => Math.abs(a[at]! - b[at]!);
  return [...a.keys()].sort((one, other) => off(other) - off(one) || one - other);
}
