/** Ends before the end: everything that takes long is begun with an `AbortSignal`, and ends by it. */

/**
 * Settles as `promise` does, or rejects with the signal's reason as soon as it is aborted, also where
 * it was before.
 */
export function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const off = whenAborted(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(off);
  });
}

/** Calls `act` once the signal is aborted, at once where it is. Until then the returned function undoes it. */
export function whenAborted(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal?.aborted) act();
  signal?.addEventListener("abort", act, { once: true });
  return () => signal?.removeEventListener("abort", act);
}
