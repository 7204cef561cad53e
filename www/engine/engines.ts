/** Which engine runs, and why. */
import { type Adapter, findAdapter } from "./adapter";
import { EnginePool } from "./pool";
import { Failure } from "../failures";
import { ratio } from "../format";
import type { ClassImages, Job, Update } from "./messages";
import type { EngineName, RunSettings } from "../report";
import { PAGE } from "./place";
import type { Workers } from "./workers";

export type EngineChoice = "auto" | EngineName;

/** What is known of WebGPU on this machine, for settings of one shape. */
type Trial =
  | { state: "open" }
  | { state: "running" }
  | { state: "measured"; ms: number }
  | { state: "failed"; reason: string };

/** A run that an engine has, or will have. */
export interface Running {
  /** Before it has begun, it is kept from beginning. */
  pause(): void;
  resume(): void;
  /** Settles once nothing of it is calculated any more. */
  readonly ended: Promise<void>;
}

export interface Start {
  workers: Workers;
  signal: AbortSignal;
  update(update: Update): void;
  failed(failure: Failure): void;
}

export class Engines {
  readonly #changed: () => void;
  readonly #clients = new Map<EngineName, Promise<EnginePool>>();
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
  pick(choice: EngineChoice, settings: RunSettings): EngineName {
    if (choice !== "auto") return choice;
    return (this.#speedUp(settings) ?? 0) > 1 ? "webgpu" : "cpu";
  }

  /** One sentence: which engine runs (or, while none does, would run) and why. */
  explain(choice: EngineChoice, settings: RunSettings, running: EngineName | undefined): string {
    const name = running ?? this.pick(choice, settings);
    const adapter = this.#adapter;
    const card = adapter && adapter.kind !== "none" ? ` (${adapter.name})` : "";
    const engine = name === "cpu" ? "CPU engine" : `WebGPU engine${card}`;
    return `${engine}: ${this.#reason(choice, settings, name)}.`;
  }

  /** The workers with this engine, started on first use and kept for the next run. */
  async client(name: EngineName): Promise<EnginePool> {
    const kept = await this.#clients.get(name)?.catch(() => undefined);
    await kept?.free;
    if (kept?.usable) return kept;
    const opening = EnginePool.open(name, this.place);
    this.#clients.set(name, opening);
    opening.catch((failure: Failure) => this.distrust(name, failure));
    return opening;
  }

  start(name: EngineName, job: Promise<Job>, { workers, signal, update, failed }: Start): Running {
    let pool: EnginePool | undefined;
    let paused = false;
    let heard = () => {};
    const resumed = async () => {
      while (paused && !signal.aborted) await new Promise<void>((resolve) => (heard = resolve));
    };
    signal.addEventListener("abort", () => {
      heard();
      pool?.cancel();
    });
    const begun = (async () => {
      const [client, what] = await Promise.all([this.client(name), job]);
      await resumed();
      if (signal.aborted) return;
      pool = client;
      client.run(what, { update, failed }, workers);
    })().catch((error: unknown) => {
      if (error instanceof Failure) failed(error);
    });
    return {
      pause: () => {
        paused = true;
        pool?.pause();
      },
      resume: () => {
        paused = false;
        heard();
        pool?.resume();
      },
      get ended() {
        return begun.then(() => pool?.free);
      },
    };
  }

  /** A finished stretch of training on the CPU, which WebGPU is then compared with. */
  timed(settings: RunSettings, cpuStepMs: number): void {
    if (this.#shape === shapeOf(settings)) this.#cpuStepMs = cpuStepMs;
    this.#changed();
  }

  /** Times WebGPU beside a run on the CPU, if there is a real adapter to time. */
  async tryWebGpu(
    settings: RunSettings,
    images: ClassImages[],
    _signal?: AbortSignal,
  ): Promise<void> {
    if (this.#shape === shapeOf(settings) && this.#trial.state !== "open") return;
    this.#shape = shapeOf(settings);
    this.#cpuStepMs = undefined;
    this.#trial = { state: "open" };
    await this.probe();
    if (this.#adapter?.kind !== "real") return;
    this.#trial = { state: "running" };
    this.#changed();
    try {
      const client = await this.client("webgpu");
      this.#trial = { state: "measured", ms: await client.measure(settings, images) };
    } catch (error) {
      this.#trial = { state: "failed", reason: (error as Failure).detail };
    }
    this.#changed();
  }

  /** After a failure, so that "auto" does not walk into the same one again. */
  distrust(name: EngineName, failure: Failure): void {
    if (name === "webgpu") this.#trial = { state: "failed", reason: failure.detail };
  }

  /** Ends every worker. */
  close(): void {
    for (const opening of this.#clients.values()) {
      opening.then((client) => client.close()).catch(() => {});
    }
    this.#clients.clear();
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
function shapeOf({ dims, hidden }: RunSettings): string {
  return [...hidden, dims].join("-");
}
