/** Node as a place to run engines: threads are its workers, and files lie beside the code. */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import { beside } from "../beside";
import type { AnyWorker } from "../calls/caller";
import type { Place, WorkerFile } from "../engine/place";

export const NODE: Place = {
  cores: availableParallelism(),
  worker: (file) => new NodeWorker(file),
  unstarted: (_, words) => words || "worker-node.js did not start",
  compile: async (file) => WebAssembly.compile(await readFile(beside(`${file}_bg.wasm`))),
};

/** A thread under the names that a browser's worker has. */
class NodeWorker implements AnyWorker {
  readonly #thread: Worker;
  onmessage: AnyWorker["onmessage"] = null;
  onerror: AnyWorker["onerror"] = null;

  constructor(file: WorkerFile) {
    this.#thread = new Worker(beside("worker-node.js"), { workerData: beside(file).href });
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
