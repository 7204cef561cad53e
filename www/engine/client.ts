/** The page's end of one worker with one engine. */
import { Failure } from "../failures";
import type { EngineName, RunSettings } from "../report";
import type {
  ClassImages,
  Demand,
  Divided,
  FromWorker,
  Job,
  OfRun,
  Share,
  Stage,
  Stretch,
  ToWorker,
  Update,
} from "./messages";
import type { EngineWorker, Place } from "./place";

/** Hears of a run that a worker has, or helps with. */
export interface TaskListener {
  /** The worker is lost. */
  failed(failure: Failure): void;
  /** Of the run. With `state`, what the update says is added up in it. */
  update?(update: Update, state: Float64Array | undefined): void;
  started?(demand: Demand): void;
  /** The run has come to a stage that is divided, and waits for stretches and values. */
  divided?(divided: Divided): void;
  /** The worker waits for stretches. */
  ready?(): void;
  /** A stretch has been measured. */
  measured?(first: number, values: Float64Array, ms: number): void;
}

/** A worker that has not confirmed a cancel by then is ended. */
const PATIENCE_MS = 2000;

type Unnumbered<M> = M extends unknown ? Omit<M, "run"> : never;

export class EngineClient {
  readonly #worker: EngineWorker;
  #listener: TaskListener | undefined;
  #run = 0;
  /** Whether it has a run, or helps with one. */
  #busy = false;
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
      this.fail(new Failure("engine-file", event.message || place.unstarted()));
    };
  }

  /** Opens a worker with the engine that `module` is compiled from. */
  static async open(
    name: EngineName,
    module: Promise<WebAssembly.Module>,
    place: Place,
  ): Promise<EngineClient> {
    // The worker starts while its engine is still being compiled.
    const client = new EngineClient(name, place);
    try {
      const open = { type: "open", engine: name, base: place.base, module: await module } as const;
      const answer = await client.#ask(open);
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

  run(job: Job, listener: TaskListener): void {
    this.#begin(listener);
    this.#send({ type: "run", run: this.#run, job });
  }

  /** Measures for a run that another worker has, until it is cancelled. */
  help(share: Share, listener: TaskListener): void {
    this.#begin(listener);
    this.#send({ type: "help", run: this.#run, share });
  }

  /** Milliseconds per training step. */
  async measure(settings: RunSettings, images: ClassImages[]): Promise<number> {
    const answer = await this.#ask({ type: "measure", settings, images });
    return answer.type === "measured" ? answer.ms : Number.NaN;
  }

  pause(): void {
    this.#tell({ type: "pause" });
  }

  resume(): void {
    this.#tell({ type: "resume" });
  }

  /** Has the run wait for stretches and values in these stages. */
  divide(stages: Stage[]): void {
    this.#tell({ type: "divide", stages });
  }

  stretch({ first, count }: Stretch): void {
    this.#tell({ type: "stretch", first, count });
  }

  /** The run's next measurements. */
  add(values: Float64Array): void {
    this.#tell({ type: "add", values });
  }

  cancel(): void {
    this.#listener = undefined;
    // Who has nothing to do has nothing to confirm.
    if (!this.#busy) return;
    this.#tell({ type: "cancel" });
    this.free = new Promise((resolve) => {
      const timer = setTimeout(() => this.close(), PATIENCE_MS);
      this.#cancelled = () => {
        clearTimeout(timer);
        this.#busy = false;
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

  /** Ends a worker that is of no more use, and says so to who listens. */
  fail(failure: Failure): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#waiting?.reject(failure);
    this.#waiting = undefined;
    const listener = this.#listener;
    this.close();
    listener?.failed(failure);
  }

  #begin(listener: TaskListener): void {
    this.#listener = listener;
    this.#busy = true;
    this.#run += 1;
  }

  #tell(message: Unnumbered<OfRun>): void {
    this.#send({ ...message, run: this.#run } as OfRun);
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
      case "failed":
        return this.fail(new Failure(message.kind, message.message));
    }
    if (message.run !== this.#run) return;
    const listener = this.#listener;
    switch (message.type) {
      case "started":
        return listener?.started?.(message.demand);
      case "divided":
        return listener?.divided?.(message.divided);
      case "ready":
        return listener?.ready?.();
      case "stretch":
        return listener?.measured?.(message.first, message.values, message.ms);
      case "update":
        listener?.update?.(message.update, message.state);
        // A cancel that crossed the last update on its way gets no other answer.
        if (message.update.stage === "done") {
          this.#busy = false;
          this.#cancelled();
        }
        return;
      case "cancelled":
        return this.#cancelled();
      case "paused":
      case "resumed":
        // The page showed it on the click.
        return;
    }
  }
}
