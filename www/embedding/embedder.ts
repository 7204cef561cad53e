/** The page's end of the worker that projects the encoded space. */
import { Caller } from "../calls/caller";
import { startWorker, unstarted } from "../workers/start";
import type { EmbeddingCalls, EmbeddingRequest, Step } from "./messages";

export type { EmbeddingRequest, Method } from "./messages";

const FILE = "embedding-worker.js";

export class Embedder {
  /** There is one from the first request on; another takes its place when it had to be ended. */
  #caller: Caller<EmbeddingCalls> | undefined;

  /**
   * Projects the latents; `step` hears how it comes about. Resolves to coordinates that are the
   * caller's to keep, and rejects with a whole sentence, or at once with the signal's reason.
   */
  async project(request: EmbeddingRequest, step: Step, signal: AbortSignal): Promise<Float32Array> {
    signal.throwIfAborted();
    // A worker with nothing to do is kept, and t-SNE in it need not be loaded again.
    if (!this.#caller?.usable) this.#caller = open();
    const caller = this.#caller;
    try {
      return await caller.call("project", request, {
        signal,
        said: ({ coordinates, done, total }) => step(coordinates, done, total),
      });
    } catch (error) {
      // After a trap it may be in any state.
      caller.end(error);
      throw error;
    }
  }

  /** Gives the worker's memory back. */
  close(): void {
    this.#caller?.end(new DOMException("The projection was ended.", "AbortError"));
  }
}

function open(): Caller<EmbeddingCalls> {
  return new Caller(startWorker(FILE), {
    failed: ({ message }) => new Error(message),
    broken: async (words) =>
      new Error(`The projection could not be started: ${await unstarted(FILE, words)}.`),
  });
}
