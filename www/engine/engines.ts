/** Which engine runs, and why. */
import { type Adapter, findAdapter } from "./adapter";
import { Failure } from "../failures";
import { ratio } from "../format";
import type { ClassImages, Job, MomentMaps } from "./messages";
import { type EnginePool, poolOf } from "./pool";
import { hasBlackBox } from "../network";
import type { Emergence, EngineName, Network, RunSettings } from "../report";
import { type EnginePackage, type Needs, packageOf } from "./package";
import { PAGE } from "./place";
import { PooledRun, type Running, type Start } from "./running";

export type { Running, Start };

export type EngineChoice = "auto" | EngineName;

/** What is known of WebGPU on this machine, for settings of one shape. */
type Trial =
  | { state: "open" }
  | { state: "running" }
  | { state: "measured"; ms: number }
  | { state: "failed"; reason: string };

export class Engines {
  readonly #changed: () => void;
  readonly #pools = new Set<EnginePool>();
  #probed: Promise<void> | undefined;
  #adapter: Adapter | undefined;
  #trial: Trial = { state: "open" };
  /** The settings that were timed: another network may turn the tables. */
  #shape = "";
  #cpuStepMs: number | undefined;

  constructor(
    changed: () => void,
    readonly place = PAGE,
  ) {
    this.#changed = changed;
  }

  /** Asks once what this browser offers for WebGPU. */
  probe(): Promise<void> {
    this.#probed ??= findAdapter().then((adapter) => {
      this.#adapter = adapter;
      this.#changed();
    });
    return this.#probed;
  }

  /** The engine the next run with these settings will use. */
  pick(choice: EngineChoice, settings: RunSettings, network?: Network): EngineName {
    // What a black box asks is calculated on the CPU.
    if (network && hasBlackBox(network)) return "cpu";
    if (choice !== "auto") return choice;
    return (this.#speedUp(settings) ?? 0) > 1 ? "webgpu" : "cpu";
  }

  /** One sentence: which engine runs (or, while none does, would run) and why. */
  explain(
    choice: EngineChoice,
    settings: RunSettings,
    running: EngineName | undefined,
    network?: Network,
  ): string {
    const name = running ?? this.pick(choice, settings, network);
    if (network && hasBlackBox(network))
      return "CPU engine: it asks the model, which runs as it is.";
    const adapter = this.#adapter;
    const card = adapter && adapter.kind !== "none" ? ` (${adapter.name})` : "";
    const engine = name === "cpu" ? "CPU engine" : `WebGPU engine${card}`;
    return `${engine}: ${this.#reason(choice, settings, name)}.`;
  }

  /**
   * Starts a run and returns at once, whether its images are there yet or not; where `job` rejects,
   * nothing is run. It ends by its signal, also before it began. `needs` says of what the run will be.
   */
  start(name: EngineName, needs: Needs, job: Promise<Job>, start: Start): Running {
    const failed = (failure: Failure) => {
      this.#distrust(name, failure);
      start.failed(failure);
    };
    return new PooledRun(this.#pool(packageOf(name, needs)), job, { ...start, failed });
  }

  /** Has a worker opened with this engine, for what comes; returns the adapter's name. */
  async open(name: EngineName, signal = new AbortController().signal): Promise<string> {
    const pool = this.#pool(`engine-${name}`);
    const client = await pool.lease(signal);
    void pool.give(client);
    return client.adapter;
  }

  /** How what the last of the moments shows came about; undefined without moments. */
  async emergence(
    moments: readonly MomentMaps[],
    signal: AbortSignal,
  ): Promise<Emergence | undefined> {
    const pool = this.#pool("general-cpu");
    const client = await pool.lease(signal);
    try {
      return await client.emergence(moments, signal);
    } finally {
      void pool.give(client);
    }
  }

  /** A finished stretch of training on the CPU, which WebGPU is then compared with. */
  timed(settings: RunSettings, cpuStepMs: number): void {
    if (this.#shape === shapeOf(settings)) this.#cpuStepMs = cpuStepMs;
    this.#changed();
  }

  /** Times WebGPU beside a run on the CPU, if there is a real adapter to time. Never rejects. */
  async tryWebGpu(
    settings: RunSettings,
    images: ClassImages[],
    signal = new AbortController().signal,
  ): Promise<void> {
    if (this.#shape === shapeOf(settings) && this.#trial.state !== "open") return;
    this.#shape = shapeOf(settings);
    this.#cpuStepMs = undefined;
    this.#trial = { state: "open" };
    await this.probe();
    if (this.#adapter?.kind !== "real" || signal.aborted) return;
    this.#trial = { state: "running" };
    this.#changed();
    try {
      this.#trial = { state: "measured", ms: await this.#measure(settings, images, signal) };
    } catch (error) {
      const { detail: reason } = Failure.from(error, "engine-error");
      this.#trial = signal.aborted ? { state: "open" } : { state: "failed", reason };
    }
    this.#changed();
  }

  async #measure(
    settings: RunSettings,
    images: ClassImages[],
    signal: AbortSignal,
  ): Promise<number> {
    const pool = this.#pool(packageOf("webgpu", { settings }));
    const client = await pool.lease(signal);
    try {
      return await client.measure(settings, images, signal);
    } catch (error) {
      // After a trap it may be in any state.
      if (!signal.aborted) client.close();
      throw error;
    } finally {
      void pool.give(client);
    }
  }

  /** After a failure, so that "auto" does not walk into the same one again. */
  #distrust(name: EngineName, failure: Failure): void {
    if (name === "webgpu") this.#trial = { state: "failed", reason: failure.detail };
  }

  /** Gives up this one's share of the workers, which end where nobody else uses them. */
  close(): void {
    for (const pool of this.#pools) pool.leave(this);
    this.#pools.clear();
  }

  #pool(file: EnginePackage): EnginePool {
    const pool = poolOf(file, this.place);
    pool.use(this);
    this.#pools.add(pool);
    return pool;
  }

  #trialOf(settings: RunSettings): Trial {
    const known = this.#trial.state === "failed" || this.#shape === shapeOf(settings);
    return known ? this.#trial : { state: "open" };
  }

  #speedUp(settings: RunSettings): number | undefined {
    const trial = this.#trialOf(settings);
    if (trial.state !== "measured" || this.#cpuStepMs === undefined) return undefined;
    return this.#cpuStepMs / trial.ms;
  }

  #reason(choice: EngineChoice, settings: RunSettings, name: EngineName): string {
    const adapter = this.#adapter;
    if (choice === name) {
      if (name === "webgpu" && adapter?.kind === "none") {
        return `chosen in the settings, but ${adapter.reason}`;
      }
      const slow = name === "webgpu" && adapter?.kind === "software";
      return slow ? "chosen in the settings; a software adapter is slow" : "chosen in the settings";
    }
    if (!adapter) return "starts at once, whatever this browser offers";
    if (adapter.kind === "none") return adapter.reason;
    if (adapter.kind === "software") {
      return `the WebGPU adapter is software (${adapter.name}), which is slower`;
    }
    const faster = this.#speedUp(settings);
    if (faster !== undefined) {
      if (name === "webgpu") return `measured ${ratio(faster)} as fast as the CPU`;
      return faster > 1
        ? `WebGPU (${adapter.name}) measured ${ratio(faster)} as fast and is used from the next run`
        : `measured ${ratio(1 / faster)} as fast as WebGPU (${adapter.name})`;
    }
    const trial = this.#trialOf(settings);
    switch (trial.state) {
      case "failed":
        return `WebGPU (${adapter.name}) did not work here (${trial.reason})`;
      case "open":
        return `starts at once; WebGPU (${adapter.name}) is timed beside the run and then used if faster`;
      default:
        return `WebGPU (${adapter.name}) is being timed and is used from the next run if faster`;
    }
  }
}

/** What decides how long a training step takes. */
function shapeOf(settings: RunSettings): string {
  const { kind, dims, hidden, filters, activation, loss, batch_size } = settings;
  const layers = kind === "dense" ? hidden : filters;
  return [kind, ...layers, dims, activation, loss, batch_size].join("-");
}
