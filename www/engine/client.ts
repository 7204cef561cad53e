/** The page's end of one worker with one engine. */
import { Failure } from "../failures";
import type { ClassImages, FromWorker, Job, ToWorker, Update } from "./messages";
import type { EngineName, RunSettings } from "../report";
import { type EngineWorker, PAGE, type Place } from "./place";

export interface RunListener {
  update(update: Update): void;
  failed(failure: Failure): void;
}

/** A worker that has not confirmed a cancel by then is ended. */
const PATIENCE_MS = 2000;

export class EngineClient {
  readonly #worker: EngineWorker;
  #listener: RunListener | undefined;
  #run = 0;
  #cancelled = () => {};
  /** Settles when the worker is free for the next run, or ended. */
  free = Promise.resolve();
  /** Who waits for an answer that is not part of a run. */
  #waiting: { resolve(message: FromWorker): void; reject(failure: Failure): void } | undefined;
  #failure: Failure | undefined;
  adapter = "";

  private constructor(
    readonly name: EngineName,
    place: Place,
  ) {
    const worker = (this.#worker = place.worker());
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Failure("engine-file", event.message || place.unstarted()));
    };
  }

  static async open(name: EngineName, place: Place = PAGE): Promise<EngineClient> {
    // The worker starts while its engine is still being compiled.
    const client = new EngineClient(name, place);
    try {
      const module = await place.compile(name);
      const answer = await client.#ask({ type: "open", engine: name, base: place.base, module });
      if (answer.type === "opened") client.adapter = answer.adapter;
    } catch (error) {
      client.close();
      throw Failure.from(error, "engine-file");
    }
    return client;
  }

  /** A worker that failed is ended, and can only be replaced. */
  get usable(): boolean {
    return this.#failure === undefined;
  }

  run(job: Job, listener: RunListener): void {
    this.#listener = listener;
    this.#send({ type: "run", run: ++this.#run, job });
  }

  /** Milliseconds per training step. */
  async measure(settings: RunSettings, images: ClassImages[]): Promise<number> {
    const answer = await this.#ask({ type: "measure", settings, images });
    return answer.type === "measured" ? answer.ms : Number.NaN;
  }

  pause(): void {
    this.#send({ type: "pause", run: this.#run });
  }

  resume(): void {
    this.#send({ type: "resume", run: this.#run });
  }

  cancel(): void {
    this.#listener = undefined;
    this.#send({ type: "cancel", run: this.#run });
    this.free = new Promise((resolve) => {
      const timer = setTimeout(() => this.close(), PATIENCE_MS);
      this.#cancelled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  close(): void {
    this.#failure ??= new Failure("crash", "the worker was ended");
    this.#listener = undefined;
    this.#worker.terminate();
    this.#cancelled();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #ask(message: ToWorker): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#waiting = { resolve, reject };
      this.#send(message);
    });
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case "opened":
      case "measured":
        this.#waiting?.resolve(message);
        this.#waiting = undefined;
        return;
      case "update":
        if (message.run !== this.#run) return;
        this.#listener?.update(message.update);
        // A cancel that crossed the last update on its way gets no other answer.
        if (message.update.stage === "done") this.#cancelled();
        return;
      case "cancelled":
        if (message.run === this.#run) this.#cancelled();
        return;
      case "paused":
      case "resumed":
        // The page showed it on the click.
        return;
      case "failed":
        return this.#fail(new Failure(message.kind, message.message));
    }
  }

  #fail(failure: Failure): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#waiting?.reject(failure);
    this.#waiting = undefined;
    const listener = this.#listener;
    this.close();
    listener?.failed(failure);
  }
}
