/** The page's end of a worker that reads people's files. */
import { Caller } from "../calls/caller";
import { whenAborted } from "../calls/ends";
import type { Role } from "../engine/messages";
import type { Report } from "../report";
import { startWorker, unstarted } from "../workers/start";
import type {
  DataCalls,
  DataOptions,
  DataOrigin,
  DataPreview,
  MadeData,
  Need,
  ReadGroups,
  ReadLatents,
  SourceFile,
  Told,
} from "./messages";

const FILE = "data-worker.js";

/** Why files cannot be read, in a sentence that names file, place and remedy. */
export class ReadRefusal extends Error {
  constructor(
    message: string,
    /** What a person has to tell. */
    readonly needs: Need | null = null,
    /** Whether a download is not what its owner published. */
    readonly damaged = false,
  ) {
    super(message);
  }
}

export class Reader {
  readonly #caller = new Caller<DataCalls>(startWorker(FILE), {
    failed: ({ message, needs = null, damaged = false }) =>
      new ReadRefusal(message, needs as Need | null, damaged as boolean),
    broken: async (words) =>
      new ReadRefusal(`The files could not be read: ${await unstarted(FILE, words)}.`),
  });

  /** The signal ends what the reader is asked, with its reason, and gives the memory back. */
  constructor(signal?: AbortSignal) {
    whenAborted(signal, () => this.close(signal?.reason));
  }

  /**
   * Reads files that together hold images; those of `test` hold the images to explain, if they are
   * apart. Rejects with a `ReadRefusal`.
   */
  open(
    files: SourceFile[],
    options: DataOptions,
    transposed: boolean,
    progress: (done: number) => void,
    test: SourceFile[] = [],
  ): Promise<DataPreview> {
    return this.#caller.call("open", { files, test, options, transposed }, { said: progress });
  }

  /** The images of a class that have a role as an IDX file. */
  images(label: number, role?: Role): Promise<Blob> {
    return this.#caller.call("images", { label, role });
  }

  /** Where those images stand in the files. */
  origin(label: number, role?: Role): Promise<DataOrigin> {
    return this.#caller.call("origin", { label, role });
  }

  /** Adds a recording, whose samples are handed over, to a class; returns its spectrogram, 32 × 32 from 0 to 1. */
  record(name: string, samples: Float32Array, rate: number): Promise<Float32Array> {
    const transfer = [samples.buffer as ArrayBuffer];
    return this.#caller.call("record", { name, samples, rate }, { transfer });
  }

  forget(recording: number): Promise<void> {
    return this.#caller.call("forget", { recording });
  }

  /** Makes the recordings the images. */
  openRecordings(): Promise<DataPreview> {
    return this.#caller.call("openRecordings", undefined);
  }

  /** Makes the data of known truth of this name. */
  make(name: string, seed: number): Promise<MadeData> {
    return this.#caller.call("make", { name, seed });
  }

  /** Reads which pixels of images of a size, or which columns, belong together. */
  groups(input: DataCalls["groups"]["input"]): Promise<ReadGroups> {
    return this.#caller.call("groups", input);
  }

  /** What tables are that hold no images; null where they do not say so. Of texts the beginning is enough. */
  told(files: SourceFile[]): Promise<(Told | null)[]> {
    return this.#caller.call("told", { files });
  }

  /** A report of results that were computed elsewhere. */
  results(input: DataCalls["results"]["input"]): Promise<Partial<Report>> {
    return this.#caller.call("results", input);
  }

  /** Latents that were made elsewhere. */
  latents(files: SourceFile[]): Promise<ReadLatents> {
    return this.#caller.call("latents", { files });
  }

  /** Ends what it is asked, at once, and gives the memory back. */
  close(reason: unknown = new DOMException("Cancelled", "AbortError")): void {
    this.#caller.end(reason);
  }
}
