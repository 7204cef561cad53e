/**
 * Asks half of a graph in batches that are short: between two the worker hears the page, which wants a pause or no more
 * of it, and the page hears that the worker is at work.
 */
import { breathe } from "../calls/breathe";

/** What an engine asks of a black box: numbers of so many rows, one row after the other. */
export type Call = (rows: Float32Array, count: number) => Float32Array | Promise<Float32Array>;

/** What has to do with the page. */
export interface Between {
  /** Waits as long as the page wants a pause; false once it wants no more. */
  mayGoOn(): Promise<boolean>;
  /** Says that something is being done. */
  alive(): void;
}

/** A batch is to take about so long. */
const BATCH_MS = 50;
/** The page need not hear of it more often. */
const ALIVE_MS = 1000;

export function inBatches(
  ask: (rows: Float32Array, count: number) => Float32Array,
  between: Between,
  now = () => performance.now(),
): Call {
  /** How many rows a batch has, as the ones before have shown. */
  let most = 1;
  let said = now();
  return async (rows, count) => {
    const width = rows.length / count;
    let all: Float32Array | undefined;
    for (let first = 0; first < count;) {
      if (first > 0) await breathe();
      if (!(await between.mayGoOn())) throw new Error("nobody wants to know any more");
      const last = Math.min(first + most, count);
      const from = now();
      const made = tried(ask, rows.subarray(first * width, last * width), last - first);
      const ended = now();
      const each = Math.max(ended - from, 0.01) / (last - first);
      // Of a few rows it is not known yet.
      most = Math.max(1, Math.min(Math.floor(BATCH_MS / each), 8 * most));
      if (ended - said > ALIVE_MS) {
        said = ended;
        between.alive();
      }
      if (first === 0 && last === count) return made;
      all ??= new Float32Array((made.length / (last - first)) * count);
      all.set(made, first * (made.length / (last - first)));
      first = last;
    }
    return all ?? new Float32Array(0);
  };
}

/** Puts a trap into words: what runs graphs is of no more use then. */
function tried(
  ask: (rows: Float32Array, count: number) => Float32Array,
  rows: Float32Array,
  count: number,
): Float32Array {
  try {
    return ask(rows, count);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
    throw new Error(
      "it ended what runs it, as it is damaged or needs more memory than a page has: explain a smaller model, or this one in the terminal.",
      { cause: error },
    );
  }
}
