import type { Asked } from "../functions/messages";
import type { EnginePackage } from "./package";
import type { Emergence, Estimate, Matrix, Network, Report, RunSettings, Sources } from "../report";

/** The engine as its wasm package offers it; the same for both engines. */
export interface Engine {
  readonly adapter: string;
  /** With a network that one is explained; without, one is trained. */
  start(
    settings: RunSettings,
    images: ClassImages[],
    network: Network | undefined,
    sources: Sources & {
      [what in "trained_here" | "trains_on" | "snapshots"]?: boolean | undefined;
    } & {
      others?: Other[] | undefined;
      latents?: Matrix | undefined;
    },
  ): void;
  /** Measures another network of the same training, as the paper does: `advance` then tells of this one. */
  again(network: Network): void;
  advance(budgetMs: number): Promise<Update>;
  measure(settings: RunSettings, images: ClassImages[]): Promise<number>;

  // A stage among several workers: one has the run and adds up, all of them measure.
  demand(): Demand;
  /** The stage in hand, where others can measure a part of what is left of it. */
  readonly divisible: Stage | undefined;
  division(): Omit<Divided, "state">;
  /** Prepares to measure for a run in another worker. */
  help(share: Share): Promise<void>;
  /** The images that the run explains, as its network is given them; of packages that know black boxes. */
  explained?(): Float32Array;
  /** Forgets what it works on. */
  leave(): void;
  /** `count` measurements from the `first` on, their numbers one after the other. */
  measurements(first: number, count: number): Promise<Float64Array>;
  /** Adds up the run's next measurements, which have taken `ms`. */
  add(values: Float64Array, ms: number): Promise<Update>;
  /** What has been added up of the stage in hand. */
  state(): Float64Array | undefined;
  /** Goes on with a run that another worker had. */
  resume(stage: Stage, state: Float64Array | undefined, elapsedMs: number): Promise<void>;

  // Other networks, which several workers train; only packages that compare networks know of them.
  /** Leaves one that the stage in hand trains to somebody else, where there is one to spare. */
  hand_out?(): Handed | undefined;
  /** So many epochs of it are over. */
  come?(at: number, epochs: number): void;
  /** One that is trained and was not told of before. */
  news?(): (Trained & { settings: RunSettings }) | undefined;
  /** Takes it over; without a network: nobody else trains it any more. */
  take?(at: number, network?: Network, training?: Report["training"]): void;
  /** Whether the stage in hand can only go on with what was handed out. */
  readonly waits?: boolean;
}

/** A network that somebody else is to train, on the images of the run. */
export interface Handed {
  /** Its place among those that the stage trains. */
  at: number;
  settings: RunSettings;
}

/** What has become of it. */
export interface Trained {
  network: Network;
  training: Report["training"];
}

/** What a run will take: multiply-adds of what is measured, and how many helpers have room. */
export interface Demand {
  pixel_importance: number;
  /** Of packages that can move groups. */
  group_importance?: number;
  latent_importance: number;
  room: number;
}

/** What a helper needs to know of a run; an engine made it, and another one reads it. */
export interface Share {
  stage: Stage;
  network: Network;
  inputs: Matrix;
  /** Those that are explained, where a black box keeps values of them. */
  images?: Float32Array;
}

/** A stage that waits to be measured by whoever is told to. */
export interface Divided {
  share: Share;
  /** Measurements that have been added up, as `state` holds them, and those there are. */
  done: number;
  total: number;
  /** Measurements that are best made at once. */
  stride: number;
  state: Float64Array;
}

/** Measurements that follow each other. */
export interface Stretch {
  first: number;
  count: number;
}

export interface EngineModule {
  default(init: { module_or_path: WebAssembly.Module }): Promise<{ memory: WebAssembly.Memory }>;
  /** `onLost` hears why the graphics device was lost; a run under way then never settles. */
  Engine: { open(onLost: (reason: string) => void): Promise<Engine> };
  /** Of packages that know more than dense networks: how what the last of the moments shows came about. */
  emergence?(moments: readonly MomentMaps[]): Emergence | undefined;
}

/** What images are for, where there is a test set: without one some are held out of each class. */
export type Role = "training" | "unlabelled" | "explained";

/** Images of one class that have one role. */
export interface ClassImages {
  label: number;
  /** What people call the class. */
  name: string;
  role?: Role;
  /** An IDX file. */
  bytes: Uint8Array;
  /** Names of files, and of each image which of them it is from, and which image of that it is. */
  files?: string[];
  file?: Uint32Array;
  place?: Uint32Array;
}

/** In their order; some are only where they are asked for. */
export const STAGES = [
  "warm-up",
  "training",
  "preparation",
  "pixel-importance",
  "direction",
  "group-importance",
  "latent-importance",
  "divergence",
  "reconstruction-errors",
  "donor-checks",
  "attribution",
  "fair-test",
  "image-errors",
  "factors",
  "smaller",
  "controls",
  "networks",
  "sizes",
  "done",
] as const;

export type Stage = (typeof STAGES)[number];

/** Those of every network that is trained: how it is measured has no bearing on them. */
export function trains(stage: Stage): boolean {
  return stage === "warm-up" || stage === "training";
}

/** Stages that train further networks, which workers divide among themselves. */
export function trainsOthers(stage: Stage): boolean {
  return stage === "networks" || stage === "sizes";
}

/** How far a stage has come; `done` and `total` count epochs while training, cells afterwards. */
export interface Progress {
  stage: Stage;
  done: number;
  total: number;
  elapsed_ms: number;
  remaining_ms: number | null;
}

export interface Update extends Progress {
  /** The parts that changed since the last update. */
  report: Partial<Report>;
  /** Once it is trained. */
  network?: Network;
  /** The network after an epoch that has just ended, 0 being before training; where a run takes snapshots. */
  snapshot?: Snapshot;
}

/** A network while it is trained. */
export interface Snapshot {
  epoch: number;
  network: Network;
}

/** What there is to see of a network after an epoch: parts as in a report. */
export interface Moment {
  /** Epochs that it has been trained for; 0 before training. */
  epoch: number;
  network: Network;
  samples: NonNullable<Report["samples"]>;
  /** Of all explained images, in the order of the report. */
  latents: Matrix;
  pixel_importance: Estimate;
  direction: NonNullable<Report["direction"]>;
  /** By the same permutations at every epoch. */
  latent_importance: Estimate;
  latent_importance_rmse?: Estimate;
}

/** What a network of an epoch is measured by. */
export type Learning = Pick<Job, "settings" | "images"> & {
  /** Any of the run. */
  network: Network;
};

/** What emergence is found from. */
export type MomentMaps = Pick<
  Moment,
  "epoch" | "latents" | "pixel_importance" | "direction" | "latent_importance"
>;

/** What a run is asked to do. */
export interface Job {
  settings: RunSettings;
  images: ClassImages[];
  /** A trained network to explain; undefined: one is trained. */
  network: Network | undefined;
  /** Whether that one was trained by such a run, on the images that these settings leave to it. */
  trained_here?: boolean;
  /** Whether it is to be trained on from the weights it has, by what the settings say. */
  trains_on?: boolean;
  /** Whose images and whose network these are, as the report is to say. */
  sources?: Sources;
  /** Whether the network is told of before training and after every epoch. */
  snapshots?: boolean;
  /** Networks that were brought, which its own is compared with. */
  others?: Other[];
  /** A row for each image, in their order, where the network has no encoder. */
  latents?: Matrix;
  /** Milliseconds that an epoch takes at least: it is shown how the network learns. */
  pace?: number;
  /** Where a run that was lost goes on, whose network is known. */
  resume?: Resumption;
}

/** A network that was brought to be compared with another one. */
export interface Other {
  name: string;
  network: Network;
  /** What it was trained with, on the images of the run that it is compared in, where that is known. */
  settings?: RunSettings;
  /** On the images that its own run held out. */
  held_out_loss?: number;
}

export interface Resumption {
  /** The stage in which it goes on; without one, it begins with the first that follows training. */
  stage: Stage | undefined;
  /** What had been added up; without it the stage begins anew. */
  state: Float64Array | undefined;
  elapsed_ms: number;
  /** Whether the run trained its network, or it was brought. */
  trained_here: boolean;
  /** Stages that are divided: it must not begin with what others have in hand. */
  divided: Stage[];
}

/** What the page tells a worker that has a run or helps with one. */
export type Order =
  | { type: "pause" | "resume" }
  /** Stages that are measured as the page says, once the run comes to them. */
  | { type: "divide"; stages: Stage[] }
  | ({ type: "stretch" } & Stretch)
  | { type: "add"; values: Float64Array }
  /** A network of an epoch, to be measured after those that were told of before. */
  | { type: "snapshot"; snapshot: Snapshot }
  /** Somebody has time to train another network. */
  | { type: "offer" }
  /** Of a network that was handed out: epochs that are over, or what has become of it. */
  | { type: "come"; at: number; epochs: number }
  | { type: "taken"; at: number; trained?: Trained }
  /** What a function of the page's own gives for the rows of that number. */
  | { type: "answered"; asked: number; made: Float32Array };

/** What the worker says of it. */
export type Word =
  | { type: "started"; demand: Demand }
  | { type: "divided"; divided: Divided }
  | { type: "ready" }
  | { type: "stretch"; first: number; values: Float64Array; ms: number }
  /** To whom offered to train another network. */
  | { type: "handed"; handed: Handed }
  /** Another network is trained, for whoever measures the same again. */
  | { type: "other"; other: Other }
  /** Of a network that is trained for another run: epochs that are over. */
  | { type: "come"; epochs: number }
  /** With `state`, what the update says is added up in it. */
  | { type: "update"; update: Update; state: Float64Array | undefined }
  /** What was measured of a network of an epoch. */
  | { type: "moment"; epoch: number; report: Partial<Report>; ms: number }
  /** A function of the page's own is asked about rows, which get a number. */
  | { type: "asked"; number: number; asked: Asked }
  /** A black box takes long. */
  | { type: "alive" }
  | { type: "paused" | "resumed" };

/** What an engine's worker can be asked; help is needed until it is cancelled, and so are moments. */
export interface EngineCalls {
  open: {
    input: { file: EnginePackage; module: WebAssembly.Module };
    /** The adapter. */
    answer: string;
  };
  /** How what the last of the moments shows came about; of packages that know more than dense networks. */
  emergence: { input: readonly MomentMaps[]; answer: Emergence | undefined };
  /** Milliseconds per training step. */
  measure: { input: { settings: RunSettings; images: ClassImages[] }; answer: number };
  run: { input: Job; answer: void; told: Order; said: Word };
  help: { input: Share; answer: void; told: Order; said: Word };
  moments: { input: Learning; answer: void; told: Order; said: Word };
  /** Trains a network for a run that another worker has. */
  train: {
    input: { settings: RunSettings; images: ClassImages[] };
    answer: Trained;
    told: Order;
    said: Word;
  };
}
