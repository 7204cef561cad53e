/** One run from its start to its end, whatever the end: what is going on, and what is known. */
import type { Dataset } from "./data/dataset";
import type { EngineChoice, Engines, Running } from "./engine/engines";
import { Failure } from "./failures";
import type { ClassImages, Progress, Stage, Update } from "./engine/messages";
import type { Workers } from "./engine/workers";
import type { Images } from "./model/package";
import type { Brought } from "./model/panel";
import type { Session } from "./model/session";
import { type EngineName, merge, type Network, type Report, type RunSettings } from "./report";

export type Phase = "idle" | "loading" | "training" | "analysing" | "paused" | "done" | "error";

type State = "loading" | "running" | "paused" | "cancelled" | "done" | "failed";

const BATCH_SIZE = 256;

export interface RunListener {
  /** The phase or the progress is another. */
  changed(): void;
  /** Parts of the report are new. */
  reported(part: Partial<Report>): void;
  ended(): void;
}

export class Run {
  readonly report: Partial<Report> = {};
  /** As trained, once it is. */
  network: Network | undefined;
  /** Where the images come from, once they are there. */
  dataset: Dataset | undefined;
  /** What tells them from others, where a session told. */
  images: Images | null = null;
  progress: Progress | undefined;
  /** How long each stage has taken so far, in milliseconds. */
  readonly times = new Map<Stage, number>();
  failure: Failure | undefined;
  engine: EngineName | undefined;
  #state: State = "loading";
  readonly #end = new AbortController();
  #running: Running | undefined;
  #compared = false;

  constructor(
    readonly settings: RunSettings,
    readonly choice: EngineChoice,
    readonly engines: Engines,
    readonly listener: RunListener,
    /** A trained model to explain; without one, one is trained. */
    readonly model: Brought | undefined,
  ) {}

  /** A run of which everything is known already. */
  static finished(run: Run, { report, network, dataset, images }: Session): Run {
    merge(run.report, report);
    run.network = network;
    run.dataset = dataset;
    run.images = images;
    run.engine = report.engine;
    run.#state = "done";
    return run;
  }

  get phase(): Phase {
    switch (this.#state) {
      case "running":
        return phaseOf(this.progress?.stage);
      case "cancelled":
        return "idle";
      case "failed":
        return "error";
      default:
        return this.#state;
    }
  }

  get active(): boolean {
    return ["loading", "running", "paused"].includes(this.#state);
  }

  get cancelled(): boolean {
    return this.#state === "cancelled";
  }

  /** Fetches what is missing and sets the engine to work. */
  start(dataset: Dataset, workers: Workers): void {
    this.dataset = dataset;
    this.engine = this.engines.pick(this.choice, this.settings);
    const sources = { data: dataset.source, model: this.model?.source };
    const images = Promise.resolve().then(() => dataset.images(this.settings.classes));
    images.catch((error: unknown) => this.#fail(Failure.from(error, "engine-error")));
    const job = images.then((images) => ({
      settings: this.settings,
      images,
      network: this.model?.network,
      sources,
    }));
    this.#running = this.engines.start(this.engine, job, {
      workers,
      signal: this.#end.signal,
      update: (update) => {
        this.#update(update);
        void images.then((images) => this.#compareEngines(images));
      },
      failed: (failure) => this.#fail(failure),
    });
    this.#enter("running");
  }

  pause(): void {
    if (this.#state !== "running") return;
    this.#running?.pause();
    this.#enter("paused");
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#running?.resume();
    this.#enter("running");
  }

  /** Resolves once the engine is free. */
  cancel(): Promise<void> {
    if (this.active) {
      this.#end.abort();
      this.#enter("cancelled");
      this.listener.ended();
    }
    return this.#running?.ended ?? Promise.resolve();
  }

  #enter(state: State): void {
    this.#state = state;
    this.listener.changed();
  }

  #update({ report, network, ...progress }: Update): void {
    if (!this.active) return;
    merge(this.report, report);
    this.network ??= network;
    this.progress = progress;
    this.times.set(progress.stage, progress.elapsed_ms);
    this.#timeTraining(progress);
    this.listener.reported(report);
    if (progress.stage === "done") {
      this.#enter("done");
      this.listener.ended();
    } else this.listener.changed();
  }

  #fail(failure: Failure): void {
    if (!this.active) return;
    this.failure = failure;
    this.#enter("failed");
    this.listener.ended();
  }

  #compareEngines(images: ClassImages[]): void {
    if (this.#compared) return;
    this.#compared = true;
    if (this.choice === "auto" && this.engine === "cpu" && !this.model) {
      void this.engines.tryWebGpu(this.settings, images, this.#end.signal);
    }
  }

  #timeTraining({ stage, done, total, elapsed_ms }: Progress): void {
    if (this.engine !== "cpu" || stage !== "training" || done < total) return;
    const images = this.report.classes?.reduce((sum, { training }) => sum + training, 0) ?? 0;
    const steps = done * Math.ceil(images / BATCH_SIZE);
    if (steps > 0) this.engines.timed(this.settings, elapsed_ms / steps);
  }
}

function phaseOf(stage: Stage | undefined): Phase {
  if (stage === undefined || stage === "warm-up") return "loading";
  return stage === "training" ? "training" : "analysing";
}
