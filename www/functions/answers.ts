/**
 * Answers what an engine asks of a model's functions, in batches that are short: what is called on the page's own
 * thread keeps it from everything else, and a pause is heard between two.
 */
import { breathe } from "../calls/breathe";
import type { Functions } from "./functions";
import type { Ask, HalfName } from "./messages";

/** A batch is to take about so long. */
const BATCH_MS = 50;
/** One that is sent elsewhere keeps nothing from the page, and each costs the way there and back. */
export const ELSEWHERE_MS = 1000;

/** `row_ms` is how long a row of each half took when it was tried. */
export function answers(
  functions: Functions,
  row_ms: Record<HalfName, number>,
  now = () => performance.now(),
): Ask {
  const known = { ...row_ms };
  const { batch } = functions.model;
  const [least, ms] = batch === undefined ? [1, BATCH_MS] : [batch, ELSEWHERE_MS];
  return async ({ half, rows, count }, mayGoOn) => {
    const width = rows.length / count;
    let all: Float32Array | undefined;
    for (let first = 0; first < count;) {
      await mayGoOn();
      const most = Math.max(least, Math.floor(ms / Math.max(known[half], 1e-3)));
      const last = Math.min(first + most, count);
      const from = now();
      const given = rows.slice(first * width, last * width);
      const made = await functions.call(half, given, last - first);
      known[half] = (now() - from) / (last - first);
      const each = functions.widths[half]!;
      all ??= new Float32Array(count * each);
      all.set(made, first * each);
      first = last;
      if (first < count) await breathe();
    }
    return all!;
  };
}
