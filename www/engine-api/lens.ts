import { Engines } from "../engine/engines";
import { PAGE, type Place } from "../engine/place";
import type { EnginePool } from "../engine/pool";
import type { Failure } from "../failures";
import type { Job } from "../engine/messages";
import type { EngineName, Network, Report } from "../report";
import { readSettings, runSettings, textsOf } from "../settings";
import { LensError } from "./error";
import { byClass, type Images } from "./images";
import { follow, type RunOptions, type RunResult, type Settings, type Wanted } from "./run";

export interface OpenOptions {
  /** `webgpu` needs a browser with a graphics adapter. By default `cpu`. */
  engine?: EngineName;
}

type Measured =
  | "samples"
  | "encoded"
  | "pixel_importance"
  | "direction"
  | "latent_importance"
  | "latent_importance_rmse";

/**
 * An engine that trains autoencoders and explains them. It works in the background, in workers of
 * its own, on one call after the other; the same images, settings and seed give the same numbers
 * everywhere.
 *
 * ```js
 * const lens = await Lens.open();
 * const { report } = await lens.run({ pixels, height: 28, width: 28, labels }, { dims: 12 });
 * report.pixel_importance.mean; // V: { shape: [784, 12], data: Float32Array }
 * lens.close();
 * ```
 */
export class Lens {
  /** The latest call; the next one waits for it. */
  #latest: Promise<unknown> = Promise.resolve();
  /** Of every call that is not over. */
  readonly #calls = new Set<AbortController>();
  #closed = false;

  readonly #engines: Engines;
  readonly engine: EngineName;
  /** The graphics adapter's own name; empty on the CPU. */
  readonly adapter: string;

  protected constructor(engines: Engines, { name, adapter }: EnginePool) {
    this.#engines = engines;
    this.engine = name;
    this.adapter = adapter;
  }

  /**
   * Loads an engine.
   *
   * @throws {LensError} of kind `engine-file` or `no-adapter`.
   */
  static open(options?: OpenOptions): Promise<Lens>;
  /** @internal */
  static open(options?: OpenOptions, place?: Place): Promise<Lens>;
  static async open({ engine = "cpu" }: OpenOptions = {}, place = PAGE): Promise<Lens> {
    if (engine === "webgpu" && !globalThis.navigator?.gpu) {
      throw new LensError("no-adapter", "There is no WebGPU here: open the lens with engine cpu.");
    }
    const engines = new Engines(() => {}, place);
    return new this(engines, await opened(engines, engine));
  }

  /**
   * Trains an autoencoder and measures which pixels and latent dimensions matter. The report has
   * `training` unless `epochs` is 0.
   */
  run(
    images: Images | readonly Images[],
    settings: Settings = {},
    options: RunOptions = {},
  ): Promise<RunResult<Measured>> {
    return this.#work(images, settings, undefined, "everything", options);
  }

  /** Trains an autoencoder and measures nothing; `explain` may do that later. */
  train(
    images: Images | readonly Images[],
    settings: Settings = {},
    options: RunOptions = {},
  ): Promise<RunResult<"samples" | "encoded">> {
    return this.#work(images, settings, undefined, "network", options);
  }

  /**
   * Measures which pixels and latent dimensions matter to a trained network, on the images that
   * training with these settings would have held out. The network's sizes stand for `dims` and
   * `hidden`.
   */
  explain(
    network: Network,
    images: Images | readonly Images[],
    settings: Settings = {},
    options: RunOptions = {},
  ): Promise<RunResult<Measured>> {
    return this.#work(images, settings, network, "everything", options);
  }

  /** Gives the engine back; calls that are under way reject. Until then Node keeps a program running. */
  close(): void {
    this.#closed = true;
    for (const call of this.#calls) call.abort(closed());
    this.#engines.close();
  }

  async #work<K extends keyof Report>(
    images: Images | readonly Images[],
    settings: Settings,
    network: Network | undefined,
    wanted: Wanted,
    { signal, onProgress }: RunOptions,
  ): Promise<RunResult<K>> {
    if (this.#closed) throw closed();
    signal?.throwIfAborted();
    const job = { ...asked(images, settings), network };
    const call = new AbortController();
    const abort = () => call.abort(signal?.reason);
    signal?.addEventListener("abort", abort);
    this.#calls.add(call);

    const run = this.#latest.then(async () => {
      call.signal.throwIfAborted();
      const client = await opened(this.#engines, this.engine);
      call.signal.throwIfAborted();
      return follow<K>(client, job, wanted, { signal: call.signal, onProgress });
    });
    this.#latest = run.catch(() => {});
    try {
      return await Promise.race([run, aborted(call.signal)]);
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#calls.delete(call);
    }
  }
}

/** What is left out is as the paper has it, but for the classes: all that there are. */
function asked(images: Images | readonly Images[], settings: Settings): Omit<Job, "network"> {
  const classes = byClass(images);
  const stated = Object.entries(settings).filter(([, value]) => value !== undefined);
  const wanted = { classes: classes.map(({ label }) => label), ...Object.fromEntries(stated) };
  const texts = textsOf(wanted);
  // Programs have classes by their labels.
  const known = classes.map(({ label }) => ({ label, name: `${label}` }));
  const { values, refusals } = readSettings((name) => texts[name] ?? null, known);
  const usable = runSettings(values);
  const unknown = Object.keys(settings).find((name) => !Object.hasOwn(usable, name));
  if (unknown !== undefined) {
    const known = Object.keys(usable).join(", ");
    throw new LensError("refused", `There is no setting ${unknown}; there are ${known}.`);
  }
  const [refusal] = Object.values(refusals);
  if (refusal !== undefined) throw new LensError("refused", refusal);
  return { images: classes, settings: usable };
}

async function opened(engines: Engines, name: EngineName): Promise<EnginePool> {
  try {
    return await engines.client(name);
  } catch (error) {
    throw LensError.from(error as Failure);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function closed(): LensError {
  return new LensError("closed", "The lens was closed: open another one.");
}
