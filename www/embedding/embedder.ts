/** The page's end of the worker that projects the encoded space. */
import { startWorker, unstarted } from "../workers/start";
import type { EmbeddingListener, EmbeddingRequest, FromWorker } from "./messages";

export type { EmbeddingListener, EmbeddingRequest, Method } from "./messages";

export class Embedder {
  /** There is one from the first request on; another takes its place when it had to be ended. */
  #worker: Worker | undefined;
  #listener: EmbeddingListener | undefined;

  /** Projects the latents, and ends what ran before: its listener hears no more. */
  start(request: EmbeddingRequest, listener: EmbeddingListener): void {
    this.cancel();
    this.#worker ??= this.#open();
    this.#listener = listener;
    this.#worker.postMessage(request);
  }

  /** Ends what runs, at once: the listener hears no more. */
  cancel(): void {
    // A worker with nothing to do is kept, and t-SNE in it need not be loaded again.
    if (this.#listener) this.close();
  }

  /** Ends what runs, and gives the worker's memory back. */
  close(): void {
    this.#listener = undefined;
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #open(): Worker {
    const worker = startWorker("embedding-worker.js");
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      // What an ended worker had sent before may still arrive.
      if (worker === this.#worker) this.#receive(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker !== this.#worker) return;
      const listener = this.#listener;
      this.close();
      listener?.failed(
        `The projection could not be started (${event.message || unstarted("embedding-worker.js")}): check the connection, then try again.`,
      );
    };
    return worker;
  }

  #receive(message: FromWorker): void {
    const listener = this.#listener;
    switch (message.type) {
      case "step":
        return listener?.step(message.coordinates, message.done, message.total);
      case "finished":
        this.#listener = undefined;
        return listener?.finished(message.coordinates);
      case "failed":
        // After a trap it may be in any state.
        this.close();
        return listener?.failed(message.message);
    }
  }
}
