/** How long the halves of a graph take for an image: measured before anything else is asked of them. */
import { numbersOf } from "../network";
import type { Halves, Tried } from "./messages";

/** A batch is to take about so long, and has at most so many images. */
export const BATCH_MS = 200;
const BATCH = 64;

/** Images that a decoder is given which keeps values of them, for the trial. */
const KNOWN = 8;

/** Runs both halves on numbers from 0 to 1. Throws what they throw. */
export function tried(halves: Halves, now = () => performance.now()): Tried {
  const description = halves.description();
  const { encoder, decoder, waits } = description;
  const result: Tried = { ...description };
  if (encoder) {
    const rows = drawn(BATCH * numbersOf(encoder.input));
    result.encode_ms = timed((rows, count) => halves.encode(rows, count), rows, BATCH, now);
  }
  if (!decoder) return result;
  const decode = (rows: Float32Array, count: number) => halves.decode(rows, count);
  if (!waits) {
    const rows = drawn(BATCH * numbersOf(decoder.input));
    result.decode_ms = timed(decode, rows, BATCH, now);
    return result;
  }
  const images = drawn(KNOWN * numbersOf(encoder!.input));
  try {
    halves.know(images, KNOWN);
  } catch {
    // Those that are explained may well be told apart.
    return result;
  }
  result.decode_ms = timed(decode, halves.encode(images, KNOWN), KNOWN, now);
  return result;
}

/** Milliseconds for each of some of the `most` rows that there are. */
function timed(
  run: (rows: Float32Array, count: number) => unknown,
  all: Float32Array,
  most: number,
  now: () => number,
): number {
  const measured = (count: number) => {
    const rows = all.slice(0, (count * all.length) / most);
    const from = now();
    run(rows, count);
    return (now() - from) / count;
  };
  const first = measured(1);
  if (first > BATCH_MS) return first;
  // What is made ready at the first call has no bearing on the others.
  const second = measured(1);
  const count = Math.min(most, Math.floor(BATCH_MS / Math.max(second, 0.1)));
  return count > 1 ? measured(count) : second;
}

/** The same numbers from 0 to 1 at every time. */
export function drawn(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  });
}
