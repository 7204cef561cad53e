/** How long the halves of a graph take for an image: measured before anything else is asked of them. */
import { numbersOf } from "../network";
import type { Halves, Tried } from "./messages";

/** A batch is to take about so long, and has at most so many images. */
export const BATCH_MS = 200;
export const BATCH = 64;

/** Runs both halves on numbers from 0 to 1. Throws what they throw. */
export function tried(halves: Halves, now = () => performance.now()): Tried {
  const description = halves.description();
  const { encoder, decoder, waits } = description;
  const result: Tried = { ...description };
  if (encoder) {
    const size = numbersOf(encoder.input);
    result.encode_ms = timed((rows, count) => halves.encode(rows, count), size, now);
  }
  // What it would do with images that it does not have yet is for the run to show.
  if (decoder && !waits) {
    const size = numbersOf(decoder.input);
    result.decode_ms = timed((rows, count) => halves.decode(rows, count), size, now);
  }
  return result;
}

/** Milliseconds for each of some rows. */
function timed(
  run: (rows: Float32Array, count: number) => unknown,
  size: number,
  now: () => number,
): number {
  const measured = (count: number) => {
    const rows = drawn(count * size);
    const from = now();
    run(rows, count);
    return now() - from;
  };
  const first = measured(1);
  const count = Math.min(BATCH, Math.floor(BATCH_MS / Math.max(first, 0.1)));
  return count > 1 ? measured(count) / count : first;
}

/** The same numbers from 0 to 1 at every time. */
export function drawn(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  });
}
