/** Long calculations on the page: in slices, so that it goes on answering, and ended at any time. */

/** So long the page may wait for a slice, in milliseconds. */
const SLICE = 10;

/**
 * Runs what stops at every `yield`, and gives what it returns. What it yields is how much is done, from
 * 0 to 1, and is told after each slice. Rejects with the signal's reason once that is aborted.
 */
export async function inSlices<T>(
  work: Iterator<number, T, void>,
  signal: AbortSignal,
  told?: (done: number) => void,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const until = performance.now() + SLICE;
    let step = work.next();
    while (!step.done && performance.now() < until) step = work.next();
    if (step.done) return step.value;
    told?.(step.value);
    await new Promise((resolve) => setTimeout(resolve));
  }
}
