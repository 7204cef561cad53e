import { assets, keepAssetsIn } from "../beside";
import { unlessAborted, whenAborted } from "../calls/ends";
import { Engines } from "../engine/engines";
import { PAGE, type Place } from "../engine/place";
import type { Failure } from "../failures";
import type { Job } from "../engine/messages";
import type {
  EngineName,
  Matrix,
  Measure,
  ModelSource,
  Network,
  Recipients,
  Report,
  RunSettings,
} from "../report";
import { presetNamed, presetTexts } from "../network-presets";
import {
  MEASURE_FIELDS,
  measureTexts,
  nameOf,
  readSettings,
  Refusal,
  runSettings,
  type Texts,
  textsOf,
  VARIANT_FIELDS,
} from "../settings";
import { LensError, refusal } from "./error";
import { type HalfFunction, isFunctions, type ModelFunctions } from "../functions/messages";
import { byClass, type Classes, type Images, imageOf } from "./images";
import { type Label, labelText } from "./labels";
import type { MadeName, MadeOptions } from "./made";
import { isOnnx, type OnnxModel } from "./onnx-model";
import {
  follow,
  type Measured,
  type MeasuredOfFunctions,
  type MeasuredOfLatents,
  type RunOptions,
  type RunResult,
  type Settings,
  type TrainingOptions,
  type Wanted,
} from "./run";

export interface OpenOptions {
  /** `webgpu` needs a browser with a graphics adapter. By default `cpu`. */
  engine?: EngineName;
}

/**
 * An engine that trains autoencoders and explains them. It works in the background, in workers that
 * all lenses share, on one call after the other; the same images, settings and seed give the same numbers
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

  protected constructor(engines: Engines, engine: EngineName, adapter: string) {
    this.#engines = engines;
    this.engine = engine;
    this.adapter = adapter;
  }

  /**
   * Address of the folder that holds the engines' workers and WebAssembly. It is the folder that this
   * module came from; who bundles the module sets it, before a lens is opened.
   */
  static get assets(): string {
    return assets();
  }

  static set assets(address: string | URL) {
    keepAssetsIn(address);
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
    try {
      return new this(engines, engine, await engines.open(engine));
    } catch (error) {
      engines.close();
      throw LensError.from(error as Failure);
    }
  }

  /**
   * Images or rows whose truth is known, made from a seed: `shapes`, of which `report.factors` tells with
   * `measure: { factors: true }` which dimension carries which factor; `waveform` and `rank-two`, of columns that
   * hold a signal and columns of noise, which want `loss: "mse"` and a linear output.
   *
   * @throws {LensError} of kind `refused` or `engine-file`.
   */
  static made(name: MadeName, options?: MadeOptions): Promise<Images>;
  /** @internal */
  static made(name: MadeName, options?: MadeOptions, place?: Place): Promise<Images>;
  static async made(
    name: MadeName,
    options: MadeOptions = {},
    place: Place = PAGE,
  ): Promise<Images> {
    const { make } = await import("./made");
    return make(name, options, place);
  }

  /**
   * Trains an autoencoder and measures which pixels and latent dimensions matter. The report has
   * `training` unless `epochs` is 0.
   */
  run(
    images: Images | readonly Images[],
    settings: Settings = {},
    options: TrainingOptions = {},
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
   * Measures which pixels and latent dimensions matter to a trained network, on all images unless
   * `explain` says otherwise. The network's sizes stand for `kind`, `dims`, `hidden` and `filters`, and its
   * report says 0 epochs.
   */
  explain(
    network: Network,
    images: Images | readonly Images[],
    settings?: Settings,
    options?: RunOptions,
  ): Promise<RunResult<Measured>>;
  /**
   * The same of a model that is given as functions: `encode(rows, count)` takes the numbers of so many images, one
   * image after the other, and gives their latents, at once or as a promise; `decode` gives reconstructions of
   * latents. They are called where the lens is, and tried before anything else: `options.onEstimate` hears what the
   * rest will take. Without `decode` there are neither `samples` nor latent importance. The `network` of the
   * result names the functions and cannot be explained again.
   */
  explain(
    model: ModelFunctions & { encode: HalfFunction },
    images: Images | readonly Images[],
    settings?: Settings,
    options?: RunOptions,
  ): Promise<RunResult<MeasuredOfFunctions>>;
  /**
   * The same of a function `decode` and `latents` that were made elsewhere: a row for each image, in their order. The
   * images are in one object without a test. There is no pixel importance.
   */
  explain(
    model: ModelFunctions & { latents: Matrix },
    images: Images,
    settings?: Settings,
    options?: RunOptions,
  ): Promise<RunResult<MeasuredOfLatents>>;
  /**
   * The same of the bytes of an ONNX file: by layers of our own where these cover it, else as it is, as
   * `options.onEstimate` is told how long that will take. Of half a model the other half's parts are missing.
   */
  explain(
    model: OnnxModel & { latents?: undefined },
    images: Images | readonly Images[],
    settings?: Settings,
    options?: RunOptions,
  ): Promise<RunResult<MeasuredOfFunctions>>;
  /** The same of a decoder alone, with latents that were made elsewhere. */
  explain(
    model: OnnxModel & { latents: Matrix },
    images: Images,
    settings?: Settings,
    options?: RunOptions,
  ): Promise<RunResult<MeasuredOfLatents>>;
  explain(
    model: Network | ModelFunctions | OnnxModel,
    images: Images | readonly Images[],
    settings: Settings = {},
    options: RunOptions = {},
  ): Promise<RunResult<Measured>> {
    return this.#work(images, settings, model, "everything", options);
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
    model: Network | ModelFunctions | OnnxModel | undefined,
    wanted: Wanted,
    { signal, onProgress, onEstimate, model: called, history }: TrainingOptions,
  ): Promise<RunResult<K>> {
    if (this.#closed) throw closed();
    signal?.throwIfAborted();
    const files = called === undefined ? [] : [called];
    const job = asked(images, settings, model && { files, format: "", notes: [] });
    const call = new AbortController();
    const off = whenAborted(signal, () => call.abort(signal?.reason));
    this.#calls.add(call);

    const run = this.#latest.then(async () => {
      call.signal.throwIfAborted();
      const options = { signal: call.signal, onProgress, history };
      if (isOnnx(model)) {
        const { explainOnnx } = await import("./onnx");
        const of = { engines: this.#engines, job, image: imageOf(images), onEstimate };
        return explainOnnx<K>(model, of, options);
      }
      if (model && isFunctions(model)) {
        const { explainFunctions } = await import("./functions");
        const given = { ...model, name: called ?? model.name };
        const of = { engines: this.#engines, job, image: imageOf(images), onEstimate };
        return explainFunctions<K>(given, of, options);
      }
      const all = { ...job, network: model };
      return follow<K>(this.#engines, this.engine, all, wanted, options);
    });
    this.#latest = run.catch(() => {});
    try {
      return await unlessAborted(run, call.signal);
    } finally {
      off();
      this.#calls.delete(call);
    }
  }
}

/** What is left out is as the paper has it, but for the classes: all that there are. */
function asked(
  images: Images | readonly Images[],
  settings: Settings,
  model: ModelSource | undefined,
): Omit<Job, "network"> {
  const found = byClass(images);
  const { classes, measure, preset, variant = {}, ...others } = settings;
  refuseUnknown("setting of variant", variant, VARIANT_FIELDS);
  const stated = Object.entries(others).filter(([, value]) => value !== undefined);
  const texts: Texts = {
    ...(preset !== undefined && preset !== "" && ofPreset(preset)),
    ...textsOf(Object.fromEntries(stated) as Partial<RunSettings>),
    ...varying(variant),
    ...(measure && measureTexts(measured(measure, found))),
  };
  const { values, refusals } = readSettings((name) => texts[name] ?? null);
  const usable = { ...runSettings(values), classes: chosen(classes, found) };
  refuseUnknown("setting", settings, [...Object.keys(usable), "measure", "variant", "preset"]);
  const [refused] = Object.values(refusals);
  if (refused !== undefined) throw refusal(refused);
  return { images: found.images, settings: usable, sources: { data: found.source, model } };
}

/** What is said of the variant, and nothing of what is not. */
function varying(variant: NonNullable<Settings["variant"]>): Texts {
  const said = Object.entries(variant).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said.map(([field, value]) => [nameOf(field), `${value}`]));
}

/** What a kind of autoencoder says that has a name. */
function ofPreset(name: string): Texts {
  try {
    return presetTexts(presetNamed(`${name}`));
  } catch (error) {
    throw error instanceof Refusal ? refusal(error.message) : error;
  }
}

/** The same, with the engine's number of a class whose images receive values. */
function measured(
  { recipients = "all", ...measure }: NonNullable<Settings["measure"]>,
  found: Classes,
): Partial<Measure> {
  refuseUnknown("setting of measure", { recipients, ...measure }, MEASURE_FIELDS);
  const { names, of } = measure.groups ?? { names: [], of: [] };
  if (!Array.isArray(names) || typeof of?.length !== "number") {
    throw refusal(
      "Groups must be an object of names and, as of, the number of each pixel’s group.",
    );
  }
  const [, label] = /^class:(.*)$/s.exec(recipients) ?? [];
  if (label === undefined) return { ...measure, recipients: recipients as Recipients };
  return { ...measure, recipients: `class:${chosen([label], found)[0]!}` };
}

function refuseUnknown(what: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const list = [...new Set(known)].join(", ");
  throw refusal(`There is no ${what} ${unknown}; there are ${list}.`);
}

/** The engine's numbers of the classes that are asked for by their labels. */
function chosen(labels: Settings["classes"], { images, numbers }: Classes): number[] {
  if (labels === undefined) {
    const all = images.filter(({ role }) => role !== "unlabelled").map(({ label }) => label);
    return [...new Set(all)];
  }
  return Array.from(labels as ArrayLike<Label>, (label) => {
    const number = numbers.get(labelText(label));
    if (number !== undefined) return number;
    throw refusal(`There is no class ${label}; the classes are ${[...numbers.keys()].join(", ")}.`);
  });
}

function closed(): LensError {
  return new LensError("closed", "The lens was closed: open another one.");
}
