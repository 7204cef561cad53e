/** One run: what it was asked, what it has found so far, and its hold on the engine. */
import type { Dataset } from "../data/dataset";
import type { EngineChoice, Engines, Running } from "../engine/engines";
import { History } from "../engine/history";
import {
  type Job,
  type Other,
  type Progress,
  STAGES,
  type Stage,
  trains,
  type Update,
} from "../engine/messages";
import type { Workers } from "../engine/workers";
import { Failure } from "../failures";
import type { Images } from "../model/package";
import type { Brought } from "../model/panel";
import type { Session } from "../model/session";
import { type EngineName, merge, type Network, type Report, type RunSettings } from "../report";
import { isSameMoments } from "../settings";

export interface RunListener {
  /** It has come further, and parts of its report are new. */
  updated(part: Partial<Report>): void;
  finished(): void;
  failed(failure: Failure): void;
}

/** What else can be done with the runs of an element. */
export interface Runs {
  /** Of the runs that are begun from now on. */
  pace: number;
  /** The latest run, once it is done. */
  finished(): Run | undefined;
  /** Shows a finished run again, at once; false while another is under way. */
  restore(run: Run): boolean;
  /** Shows the shown run as it was after an epoch. */
  lookBack(epoch: number | undefined): void;
}

/** What a run has taught, for another one that only measures otherwise. */
export interface Taught {
  network: Network;
  settings: RunSettings;
  history: History;
  training: Report["training"];
  /** Where it was trained here, in this visit. */
  engine: EngineName | undefined;
  /** How long it took, in milliseconds, where it was. */
  ms: number | undefined;
  /** Those that were trained to be compared with it. */
  replicas: readonly Other[];
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
  /** An epoch takes at least so many milliseconds, so that eyes can follow. */
  pace = 0;
  /** What there is of its epochs. */
  history: History;
  /** Networks that were trained to be compared with its own. */
  readonly replicas: Other[];
  readonly #end = new AbortController();
  #running: Running | undefined;

  constructor(
    readonly settings: RunSettings,
    readonly choice: EngineChoice,
    /** A trained model to explain; without one, one is trained. */
    readonly model: Brought | undefined,
    /** What only has to be measured otherwise; without it, everything is done. */
    readonly taught?: Taught,
    /** Networks that were brought to be compared with this one. */
    readonly others: Other[] = [],
  ) {
    this.network = taught?.network;
    this.replicas = [...(taught?.replicas ?? [])];
    this.history =
      (taught && isSameMoments(taught.settings, settings)
        ? taught.history
        : taught?.history.again()) ?? new History();
  }

  /** A run of which everything is known already. */
  static finished(run: Run, { report, network, dataset, images, moments }: Session): Run {
    merge(run.report, report);
    run.network = network;
    run.dataset = dataset;
    run.images = images;
    run.engine = report.engine;
    run.history = History.of(moments);
    return run;
  }

  /** Sets an engine to work; the listener hears of everything, also of what keeps it from beginning. */
  start(engines: Engines, dataset: Dataset, workers: Workers, listener: RunListener): void {
    const { signal } = this.#end;
    const { settings, choice, model, taught, others, replicas } = this;
    const beside = [...this.#wanted(replicas), ...others];
    const engine = taught?.engine ?? engines.pick(choice, settings, model?.network);
    this.dataset = dataset;
    this.engine = engine;
    const images = dataset.images(settings.classes);
    const sources = { data: { ...dataset.source, pixels: dataset.pixels }, model: model?.source };
    const job = images.then(async (images): Promise<Job> => ({
      settings,
      images,
      network: model?.network ?? taught?.network,
      ...(!model && taught && { trained_here: true }),
      sources,
      ...(this.#learns && { snapshots: true }),
      ...(beside.length > 0 && { others: beside }),
      ...(model?.latents && { latents: await model.latents(images, dataset) }),
      pace: this.pace,
    }));
    const compares = choice === "auto" && engine === "cpu" && !model && !taught;
    const failed = (failure: Failure) => {
      if (signal.aborted) return;
      this.failure = failure;
      listener.failed(failure);
    };
    job.catch((error: unknown) => failed(Failure.from(error, "data-unreadable")));
    const needs = { settings, network: model?.network, others, sources };
    this.#running = engines.start(engine, needs, job, {
      workers,
      ...(model?.ask && { ask: model.ask }),
      unmeasured: this.history,
      signal,
      update: ({ ...update }) => {
        // The first part says whose the others are.
        if (taught?.training && update.report.version) {
          update.report = { ...update.report, training: taught.training };
        }
        // Another engine is not fetched before this one is there.
        if (compares && !this.progress) {
          images.then((images) => engines.tryWebGpu(settings, images, signal)).catch(() => {});
        }
        this.#update(update, engines);
        listener.updated(update.report);
        if (update.stage === "done") listener.finished();
      },
      other: (other) => this.replicas.push(other),
      failed,
    });
  }

  /** Those of the networks trained before that are asked for now. */
  #wanted(replicas: readonly Other[]): Other[] {
    const { seed, weights_seed, measure } = this.settings;
    const own = weights_seed ?? seed;
    const count = measure?.networks ?? 1;
    return replicas.filter(
      ({ settings }) => settings && ((settings.weights_seed ?? settings.seed) - own) >>> 0 < count,
    );
  }

  /** Whether it trains a network, for an epoch at least. */
  get #learns(): boolean {
    return !this.model && !this.taught && this.settings.epochs > 0;
  }

  /** Whether all is found of the network as trained that is found of those of its epochs. */
  get isMeasured(): boolean {
    const { stage = "done", done = 0, total = 0 } = this.progress ?? {};
    const last = STAGES.indexOf("latent-importance");
    return STAGES.indexOf(stage) > last || (STAGES[last] === stage && done >= total);
  }

  /**
   * Whether it only measures anew and has not come to what takes long: until then the run before is the one to
   * show. What is found of other networks is shown as it comes, and stays where the rest is cancelled.
   */
  get pending(): boolean {
    const stage = this.progress?.stage;
    const quick = stage === undefined || STAGES.indexOf(stage) < STAGES.indexOf("networks");
    return this.taught !== undefined && quick;
  }

  /** How long it has measured so far, in milliseconds. */
  get measuredMs(): number {
    return [...this.times].reduce((sum, [stage, ms]) => sum + (trains(stage) ? 0 : ms), 0);
  }

  /** How long its network took to train, in milliseconds, where it was trained in this visit. */
  get trainingMs(): number | undefined {
    return this.times.get("training") ?? this.taught?.ms;
  }

  /** For a run that measures otherwise; undefined while there is no network. */
  get teaches(): Taught | undefined {
    const { network, settings, history, report, taught } = this;
    const training = report.training ?? taught?.training;
    const engine = this.#running && this.engine;
    const ms = this.trainingMs;
    const replicas = [...this.replicas];
    return network && { network, settings, history, training, engine, ms, replicas };
  }

  pause(): void {
    this.#running?.pause();
  }

  resume(): void {
    this.#running?.resume();
  }

  /** Another takes its place: what is left of its epochs is not measured. */
  leave(): void {
    this.#running?.leave();
  }

  /** Resolves once nothing of it is calculated any more. */
  cancel(): Promise<void> {
    this.#end.abort(new DOMException("The run was cancelled.", "AbortError"));
    return this.#running?.ended ?? Promise.resolve();
  }

  #update({ report, network, snapshot, ...progress }: Update, engines: Engines): void {
    merge(this.report, report);
    this.network ??= network;
    this.progress = progress;
    this.times.set(progress.stage, progress.elapsed_ms);
    const { training, samples } = report;
    // Samples of between two epochs, not of within one.
    if (samples && progress.done === training?.held_out_loss.length) {
      this.history.add(progress.done, samples);
    }
    if (snapshot) this.history.snapshot(snapshot);
    const epochs = this.report.training?.held_out_loss.length;
    if (epochs !== undefined && !trains(progress.stage)) this.history.trained(epochs);
    this.#timeTraining(progress, engines);
  }

  #timeTraining({ stage, done, total, elapsed_ms }: Progress, engines: Engines): void {
    if (this.engine !== "cpu" || stage !== "training" || done < total) return;
    const images = this.report.classes?.reduce((sum, { training }) => sum + training, 0) ?? 0;
    const steps = done * Math.ceil(images / this.settings.batch_size);
    if (steps > 0) engines.timed(this.settings, elapsed_ms / steps);
  }
}
