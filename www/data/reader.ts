/** The page's end of a worker that reads people's files. */
import type { Role } from "../engine/messages";
import { startWorker, unstarted } from "../workers/start";
import type { DataOptions, DataPreview, FromReader, Need, Request, SourceFile } from "./messages";

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

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
  progress?: ((done: number) => void) | undefined;
}

export class Reader {
  readonly #worker = startWorker("data-worker.js");
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<FromReader>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const reason = event.message || unstarted("data-worker.js");
      this.close(
        new ReadRefusal(
          `The files could not be read (${reason}): check the connection, then try again.`,
        ),
      );
    };
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
    return this.#ask({ type: "open", files, test, options, transposed }, progress);
  }

  /** The images of a class that have a role as an IDX file. */
  images(label: number, role?: Role): Promise<Blob> {
    return this.#ask({ type: "images", label, role });
  }

  /** Adds a recording to a class and returns its spectrogram, 32 × 32 from 0 to 1. */
  record(name: string, samples: Float32Array, rate: number): Promise<Float32Array> {
    return this.#ask({ type: "record", name, samples, rate });
  }

  forget(recording: number): Promise<void> {
    return this.#ask({ type: "forget", recording });
  }

  /** Makes the recordings the images. */
  openRecordings(): Promise<DataPreview> {
    return this.#ask({ type: "open-recordings" });
  }

  /** Ends what runs, at once, and gives the memory back. */
  close(reason: Error = new DOMException("Cancelled", "AbortError")): void {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  #ask<T>(request: Request, progress?: (done: number) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, { resolve: (answer) => resolve(answer as T), reject, progress });
      this.#worker.postMessage({ id, ...request });
    });
  }

  #receive(message: FromReader): void {
    const waiting = this.#waiting.get(message.id);
    if (message.type === "progress") return waiting?.progress?.(message.done);
    this.#waiting.delete(message.id);
    if (message.type === "answer") return waiting?.resolve(message.answer);
    waiting?.reject(new ReadRefusal(message.message, message.needs, message.damaged));
  }
}
