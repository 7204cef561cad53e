/**
 * The page's end of the worker that opens a graph. A worker that traps, or takes longer than can be waited for, is
 * ended: a damaged file does no harm to the page.
 */
import { Caller } from "../calls/caller";
import { whenAborted } from "../calls/ends";
import { PAGE, type Place } from "../engine/place";
import type { Asked, Description, GraphCalls, Tensor, Tried } from "./messages";

const FILE = "graph-worker.js";

/** As long as an image may take. */
const PATIENCE_MS = 60_000;

/** Where the worker is run. */
export type Around = Pick<Place, "worker" | "unstarted">;

/** One file. Every error is an `Error` whose message is a sentence, or the signal's reason. */
export class GraphOpener {
  readonly #caller: Caller<GraphCalls>;

  constructor(
    around: Around = PAGE,
    readonly patience_ms = PATIENCE_MS,
  ) {
    this.#caller = new Caller<GraphCalls>(around.worker(FILE), {
      failed: ({ name, message }) => (name === "Error" ? new Error(message) : new Ended(message)),
      broken: async (words) =>
        new Error(
          `What runs ONNX graphs could not be started: ${await around.unstarted(FILE, words)}.`,
        ),
    });
  }

  /** Whether it can be asked something: not after it was ended. */
  get usable(): boolean {
    return this.#caller.usable;
  }

  /** `loaded` is called once what runs graphs is there, and the file is next. */
  open(bytes: Uint8Array, loaded: () => void, signal: AbortSignal): Promise<Description> {
    const long = `The file was not understood within ${this.#seconds}: it is damaged, or too large for a page. Explain it in the terminal.`;
    return this.#within(long, signal, (limit, begin) =>
      // Fetching may take as long as it takes.
      this.#caller.call("open", bytes, {
        signal: limit,
        said: () => {
          begin();
          loaded();
        },
      }),
    );
  }

  cuts(asked: Asked, signal: AbortSignal): Promise<Tensor[]> {
    return this.#limited("cuts", asked, signal);
  }

  try(asked: Asked, signal: AbortSignal): Promise<Tried> {
    return this.#limited("try", asked, signal);
  }

  /** Gives the worker's memory back. */
  close(): void {
    this.#caller.end(new DOMException("The graph was closed.", "AbortError"));
  }

  #limited<K extends "cuts" | "try">(
    name: K,
    asked: Asked,
    signal: AbortSignal,
  ): Promise<GraphCalls[K]["answer"]> {
    const long = `The model has not answered within ${this.#seconds}, for a few images: that is too slow for a page. Explain a smaller one, or this one in the terminal.`;
    return this.#within<GraphCalls[K]["answer"]>(long, signal, (limit, begin) => {
      begin();
      return this.#caller.call(name, asked, { signal: limit });
    });
  }

  get #seconds(): string {
    return this.patience_ms === 60_000 ? "a minute" : `${this.patience_ms / 1000} s`;
  }

  /** Ends the worker where its answer takes too long after `begin` was called. */
  async #within<T>(
    long: string,
    signal: AbortSignal,
    call: (limit: AbortSignal, begin: () => void) => Promise<T>,
  ): Promise<T> {
    const limit = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      timer = setTimeout(() => limit.abort(new Error(long)), this.patience_ms);
    };
    const off = whenAborted(signal, () => limit.abort(signal.reason));
    try {
      return await call(limit.signal, begin);
    } catch (error) {
      // After a trap it may be in any state.
      if (error instanceof Ended) this.#caller.end(error);
      throw error;
    } finally {
      clearTimeout(timer);
      off();
    }
  }
}

/** The worker was in the midst of something, and is in no state to go on. */
class Ended extends Error {
  constructor(words: string) {
    super(
      `The file ended what runs ONNX graphs (${words.replace(/\.$/, "")}): it is damaged, or too large for a page. Export it anew, or explain it in the terminal.`,
    );
  }
}
