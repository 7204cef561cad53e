/** One run from its start to its end, whatever the end: what is going on, and what is known. */
import type { Dataset } from "./data/dataset";
import type { EngineChoice, Engines } from "./engine/engines";
import { Failure } from "./failures";
import type { ClassImages, Progress, Stage, Update } from "./engine/messages";
import type { EnginePool } from "./engine/pool";
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
  #client: EnginePool | undefined;

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

  /** Fetches what is missing and sets the engine to work; never rejects. */
  async start(dataset: Dataset, workers: Workers): Promise<void> {
    this.dataset = dataset;
    try {
      this.engine = this.engines.pick(this.choice, this.settings);
      const [images, client] = await Promise.all([
        dataset.images(this.settings.classes),
        this.engines.client(this.engine),
      ]);
      if (!this.active) return;
      this.#client = client;
      this.#enter("running");
      const sources = { data: dataset.source, model: this.model?.source };
      client.run(
        { settings: this.settings, images, network: this.model?.network, sources },
        {
          update: (update) => this.#update(update),
          failed: (failure) => {
            this.engines.distrust(client.name, failure);
            this.#fail(failure);
          },
        },
        workers,
      );
      this.#compareEngines(images);
    } catch (error) {
      this.#fail(Failure.from(error, "engine-error"));
    }
  }

  pause(): void {
    if (this.#state !== "running") return;
    this.#client?.pause();
    this.#enter("paused");
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#client?.resume();
    this.#enter("running");
  }

  /** Resolves once the engine is free. */
  cancel(): Promise<void> {
    if (this.active) {
      this.#client?.cancel();
      this.#enter("cancelled");
      this.listener.ended();
    }
    return this.#client?.free ?? Promise.resolve();
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
    if (this.choice === "auto" && this.engine === "cpu" && !this.model) {
      void this.engines.tryWebGpu(this.settings, images);
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
