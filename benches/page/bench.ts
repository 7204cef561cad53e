/** What the benchmark's page offers to the program that drives it. */
import type { Workers } from "../../www/engine/workers";
import type { Dense } from "../../www/network";
import type { EngineName, Measure, RunSettings, Variant } from "../../www/report";
import type { ClassImages } from "../../www/engine/messages";
import { ask } from "./ask";
import { count, load, type Source, split } from "./images";
import { onnxPair, type OnnxPair } from "./onnx";
import { run, type Run } from "./ours";
import type { Answer, Backend, Job } from "./tensorflow";

export interface Subject {
  engine: EngineName;
  source: Source;
  /** What is not said is as in the paper. */
  settings: Partial<Omit<RunSettings, "variant">> & { variant?: Partial<Variant> };
  /** Explains the network of our last run, instead of one of its own. */
  again?: boolean;
  /** By default as many as a visitor's page would take. */
  workers?: Workers;
}

/** The images that the benchmarks are of: those that the seed holds out. */
const HELD_OUT = { explain: "auto", held_out: 15 } as const;

const PAPER = {
  kind: "dense",
  dims: 32,
  activation: "relu",
  loss: "bce",
  learning_rate: 1e-3,
  batch_size: 256,
  epochs: 1,
  permute: "pixel",
  method: "sampled",
  permutations: 4,
  seed: 1,
} as const;

/** Our last run, and what it was on. */
let last: (Run & { images: ClassImages[] }) | undefined;
const workers = new Map<string, { worker: Worker; loaded: typeof last }>();

/** What a kernel's line says. */
export interface Kernel {
  kernel: string;
  ours_ms: number;
  peer: string;
  peer_ms: number;
  ratio: number;
  [more: string]: unknown;
}

interface Kernels {
  default(): Promise<unknown>;
  kernels(): Kernel[];
  /** Which image each is given the values of, where a group is shuffled. */
  shuffled(seed: number, group: number, repeat: number, count: number): Uint32Array;
  integrated_gradients(
    weight: Float32Array,
    bias: Float32Array,
    images: Float32Array,
  ): Float32Array;
}

const bench = {
  /** One run of ours: milliseconds a stage, and what is compared with the peer's results. */
  async ours({ engine, source, settings, workers = "auto", again = false }: Subject) {
    const images = await load(source);
    const classes = images.map(({ label }) => label);
    const asked = {
      ...PAPER,
      hidden: [],
      filters: [8, 16],
      ...HELD_OUT,
      ...settings,
      classes,
    } as RunSettings;
    last = {
      ...(await run(engine, asked, images, workers, again ? last?.network : undefined)),
      images,
    };
    const { stages, report } = last;
    const held_out = report.encoded!.labels.length;
    return {
      stages,
      // By which stage 1 was done, as the engine says.
      method: report.pixel_importance!.method,
      pixel_importance: [...report.pixel_importance!.mean.data],
      latent_importance: [...report.latent_importance!.mean.data],
      // Of what was trained.
      held_out_loss: report.training?.held_out_loss ?? [],
      held_out,
      training: count(images) - held_out,
    };
  },

  /** How fast the kernels are, beside what limits them. */
  async kernels(): Promise<Kernel[]> {
    return (await kernels()).kernels();
  },

  /** Integrated gradients of the one layer of our last run's encoder, on the images held out. */
  async integrated(): Promise<Answer> {
    const module = await kernels();
    const [layer] = last!.network.encoder as [Dense];
    const { held_out } = split(last!.images, last!.report.encoded!);
    const bias = Float32Array.from(layer.bias);
    const start = performance.now();
    const map = module.integrated_gradients(layer.weight.data, bias, held_out.data);
    return { ms: performance.now() - start, values: [...map] };
  },

  /** Importance of patches by an encoder in an ONNX file, beside ONNX Runtime Web. */
  async onnx(
    file: string,
    workers: number,
    permutations: number,
    measure: Measure,
  ): Promise<OnnxPair> {
    return onnxPair(file, workers, permutations, measure, (await kernels()).shuffled);
  },

  /** One job of TensorFlow.js on the images and the network of our last run. */
  async peer(backend: Backend, job: Job): Promise<Answer> {
    let peer = workers.get(backend);
    if (!peer) {
      const url = new URL("tensorflow.js", import.meta.url);
      peer = { worker: new Worker(url, { type: "module" }), loaded: undefined };
      workers.set(backend, peer);
      await ask<Job, Answer>(peer.worker, { type: "open", backend });
    }
    if (last && peer.loaded !== last) {
      peer.loaded = last;
      const divided = split(last.images, last.report.encoded!);
      await ask<Job, Answer>(peer.worker, { type: "load", split: divided, network: last.network });
    }
    return ask<Job, Answer>(peer.worker, job);
  },
};

async function kernels(): Promise<Kernels> {
  const module = (await import(new URL("kernels.js", import.meta.url).href)) as Kernels;
  await module.default();
  return module;
}

export type Bench = typeof bench;
Object.assign(window, { bench });
