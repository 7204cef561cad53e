/**
 * Where engines are run. A page starts module workers and fetches what lies beside its code; other
 * places have workers and files of another kind, and describe themselves by the same few words.
 */
import { beside } from "../beside";
import type { AnyWorker } from "../calls/caller";
import { Failure } from "../failures";
import { whyNot } from "../reach";
import { startWorker, unstarted } from "../workers/start";
import type { EnginePackage } from "./package";

export interface Place {
  /** How many workers the machine can run at once. */
  readonly cores: number;
  worker(file: WorkerFile): AnyWorker;
  /** Why it did not start, with the remedy; `words` are the browser's, which it may have none of. */
  unstarted(file: WorkerFile, words: string): Promise<string> | string;
  /** Fetches and compiles a package; every worker is then given the same module. */
  compile(file: EnginePackage | "readers" | "models"): Promise<WebAssembly.Module>;
}

/** What a worker runs: an engine, or what opens ONNX graphs. */
export type WorkerFile = "worker.js" | "graph-worker.js";

export const PAGE: Place = {
  get cores() {
    return navigator.hardwareConcurrency || 1;
  },
  worker: startWorker,
  unstarted,
  compile: (file) => compile(beside(`${file}_bg.wasm`)),
};

/** Compiles while the bytes come in, which only what is served as wasm can be. */
async function compile(address: URL): Promise<WebAssembly.Module> {
  const response = await fetch(address).catch(async (error: Error) => {
    const why = await whyNot(address);
    throw why ? new Failure("engine-file", why, `The engine could not be loaded: ${why}.`) : error;
  });
  if (!response.ok) throw new Error(`${address.pathname}: ${response.status}`);
  const streams = response.headers.get("content-type") === "application/wasm";
  return streams
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
