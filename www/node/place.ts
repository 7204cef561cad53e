/** Node as a place to run engines: threads are its workers, and files lie beside the code. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import type { AnyWorker } from "../calls/caller";
import type { Place } from "../engine/place";

export const NODE: Place = {
  cores: availableParallelism(),
  base: import.meta.url,
  worker: () => new NodeWorker(),
  unstarted: () => "worker-node.js did not start",
  compile: async (name) =>
    WebAssembly.compile(await readFile(new URL(`engine-${name}_bg.wasm`, import.meta.url))),
};

/** A thread under the names that a browser's worker has. */
class NodeWorker implements AnyWorker {
  readonly #thread = new Worker(new URL("worker-node.js", import.meta.url), {
    workerData: new URL("worker.js", import.meta.url).href,
  });
  onmessage: AnyWorker["onmessage"] = null;
  onerror: AnyWorker["onerror"] = null;

  constructor() {
    this.#thread.on("message", (data) => this.#tell("onmessage", { data }));
    this.#thread.on("error", ({ message }) => {
      this.#tell("onerror", { message, preventDefault() {} });
    });
  }

  /** Of an event no more is looked at than is given here. */
  #tell(listener: "onmessage" | "onerror", event: object): void {
    (this[listener] as ((event: object) => void) | null)?.(event);
  }

  postMessage(message: unknown): void {
    this.#thread.postMessage(message);
  }

  terminate(): void {
    void this.#thread.terminate();
  }
}
