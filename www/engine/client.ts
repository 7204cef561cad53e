/** The page's end of one worker with one engine. */
import { type Asked, Caller } from "../calls/caller";
import { whenAborted } from "../calls/ends";
import type { ErrorFields } from "../calls/messages";
import type { Asked as FunctionAsked } from "../functions/messages";
import { type EngineFailure, Failure } from "../failures";
import type { Emergence, Report, RunSettings } from "../report";
import type {
  ClassImages,
  Demand,
  Divided,
  EngineCalls,
  Handed,
  Job,
  Learning,
  MomentMaps,
  Order,
  Other,
  Share,
  Snapshot,
  Stage,
  Stretch,
  Trained,
  Update,
  Word,
} from "./messages";
import type { EnginePackage } from "./package";
import type { Place } from "./place";

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
  /** A network of an epoch has been measured. */
  moment?(epoch: number, report: Partial<Report>, ms: number): void;
  /** Another network is trained, which the run compares with its own. */
  other?(other: Other): void;
  /** The run leaves a network to whoever offered to train one. */
  handed?(handed: Handed): void;
  /** It is at something that takes long. */
  alive?(): void;
  /** A function of the page's own is asked about rows. */
  asked?(number: number, asked: FunctionAsked): void;
}

/** A worker that has not confirmed a cancel by then is ended. */
const PATIENCE_MS = 2000;

export class EngineClient {
  readonly #caller: Caller<EngineCalls>;
  /** What it has to do with a run. */
  #task: Pick<Asked<unknown, Order>, "tell"> | undefined;
  #end = new AbortController();
  /** Resolves when the worker is free for something else, or ended. */
  free = Promise.resolve();
  adapter = "";

  private constructor(place: Place) {
    this.#caller = new Caller(place.worker("worker.js"), {
      failed: ({ kind = "engine-error", message }: ErrorFields) =>
        new Failure(kind as EngineFailure, message),
      broken: async (words) => {
        const why = await place.unstarted("worker.js", words);
        return new Failure("engine-file", why, `The engine could not be started: ${why}.`);
      },
      patience: PATIENCE_MS,
    });
  }

  /** Opens a worker with the package that `module` is compiled from; the signal ends it until then. */
  static async open(
    file: EnginePackage,
    module: Promise<WebAssembly.Module>,
    place: Place,
    signal?: AbortSignal,
  ): Promise<EngineClient> {
    // The worker starts while its engine is still being compiled.
    const client = new EngineClient(place);
    const off = whenAborted(signal, () => client.close());
    try {
      const open = { file, module: await module };
      client.adapter = await client.#caller.call("open", open);
      return client;
    } catch (error) {
      client.close();
      throw Failure.from(error, "engine-file");
    } finally {
      off();
    }
  }

  /** A worker that failed is ended, and can only be replaced. */
  get usable(): boolean {
    return this.#caller.usable;
  }

  run(job: Job, listener: TaskListener): void {
    this.#begin("run", job, listener);
  }

  /** Measures for a run that another worker has, until it is cancelled. */
  help(share: Share, listener: TaskListener): void {
    this.#begin("help", share, listener);
  }

  /** Measures networks of other epochs of a run, until it is cancelled. */
  moments(learning: Learning, listener: TaskListener): void {
    this.#begin("moments", learning, listener);
  }

  /**
   * Trains a network for a run that another worker has, until it is cancelled; `come` hears of the epochs
   * that are over.
   */
  async train(
    input: EngineCalls["train"]["input"],
    come: (epochs: number) => void,
  ): Promise<Trained> {
    const { signal } = (this.#end = new AbortController());
    const said = (word: Word) => word.type === "come" && come(word.epochs);
    const task: Asked<Trained, Order> = this.#caller.begin("train", input, { signal, said });
    this.#task = task;
    this.free = task.over;
    try {
      return await task.answer;
    } catch (failure) {
      // After a trap it may be in any state.
      if (!signal.aborted) this.close();
      throw failure;
    }
  }

  /** How what the last of the moments shows came about; undefined without moments. */
  emergence(moments: readonly MomentMaps[], signal: AbortSignal): Promise<Emergence | undefined> {
    const { answer, over } = this.#caller.begin("emergence", moments, { signal });
    this.free = over;
    return answer;
  }

  /** Milliseconds per training step. */
  measure(settings: RunSettings, images: ClassImages[], signal?: AbortSignal): Promise<number> {
    const { answer, over } = this.#caller.begin("measure", { settings, images }, { signal });
    this.free = over;
    return answer;
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

  /** The next network to measure. */
  snapshot(snapshot: Snapshot): void {
    this.#tell({ type: "snapshot", snapshot });
  }

  /** Somebody has time to train another network of the run. */
  offer(): void {
    this.#tell({ type: "offer" });
  }

  /** So many epochs are over of a network that the run left to somebody else. */
  come(at: number, epochs: number): void {
    this.#tell({ type: "come", at, epochs });
  }

  /** What has become of it; nothing where nobody trains it any more. */
  taken(at: number, trained?: Trained): void {
    this.#tell({ type: "taken", at, ...(trained && { trained }) });
  }

  /** What a function gives for the rows of that number. */
  answered(asked: number, made: Float32Array): void {
    this.#tell({ type: "answered", asked, made });
  }

  /** Ends what it does, which is heard of no more. */
  cancel(): void {
    this.#end.abort();
  }

  close(): void {
    this.cancel();
    this.#caller.end(new Failure("crash", "the worker was ended"));
  }

  /** Ends a worker that is of no more use, and says so to who listens. */
  fail(failure: Failure): void {
    this.#caller.end(failure);
  }

  #begin<K extends "run" | "help" | "moments">(
    name: K,
    input: EngineCalls[K]["input"],
    listener: TaskListener,
  ): void {
    const { signal } = (this.#end = new AbortController());
    const said = (word: Word) => heard(word, listener);
    const task: Asked<void, Order> = this.#caller.begin(name, input, { signal, said });
    this.#task = task;
    this.free = task.over;
    task.answer.catch((failure: Failure) => {
      if (signal.aborted) return;
      // After a trap it may be in any state.
      this.close();
      listener.failed(failure);
    });
  }

  #tell(order: Order): void {
    this.#task?.tell(order);
  }
}

function heard(word: Word, listener: TaskListener): void {
  switch (word.type) {
    case "started":
      return listener.started?.(word.demand);
    case "divided":
      return listener.divided?.(word.divided);
    case "ready":
      return listener.ready?.();
    case "stretch":
      return listener.measured?.(word.first, word.values, word.ms);
    case "moment":
      return listener.moment?.(word.epoch, word.report, word.ms);
    case "update":
      return listener.update?.(word.update, word.state);
    case "other":
      return listener.other?.(word.other);
    case "handed":
      return listener.handed?.(word.handed);
    case "asked":
      return listener.asked?.(word.number, word.asked);
    case "alive":
      return listener.alive?.();
    case "come":
    case "paused":
    case "resumed":
      // Whoever trains for others is listened to where it is asked; a pause the page showed on the click.
      return;
  }
}
