import type { Matrix } from "../report";
import type { Random } from "./random";

/** Hears x and y of every image, and after how many epochs of how many. */
export type Report = (points: ArrayLike<number>, done: number, total: number) => void;

/**
 * A method that arranges the rows of `latents` in a plane, from `start`: x and y of every row,
 * centred, the largest absolute value about 1. Returns the last arrangement. There are at least
 * `FEWEST` rows, not all the same.
 */
export type Arrange = (
  latents: Matrix,
  start: Float64Array,
  random: Random,
  report: Report,
) => ArrayLike<number>;

/** With fewer images neighbourhoods mean nothing: the least perplexity of t-SNE, 2, needs so many. */
export const FEWEST = 7;
