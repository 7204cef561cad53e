import type { EngineName, Matrix, Network, Report, RunSettings } from "../report";

/** The engine as its wasm package offers it; the same for both engines. */
export interface Engine {
  readonly adapter: string;
  /** With a network that one is explained; without, one is trained. */
  start(settings: RunSettings, images: ClassImages[], network: Network | undefined): void;
  advance(budgetMs: number): Promise<Update>;
  measure(settings: RunSettings, images: ClassImages[]): Promise<number>;

  // A stage among several workers: one has the run and adds up, all of them measure.
  demand(): Demand;
  /** The stage in hand, where others can measure a part of what is left of it. */
  readonly divisible: Stage | undefined;
  division(): Omit<Divided, "state">;
  /** Prepares to measure for a run in another worker. */
  help(share: Share): Promise<void>;
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
}

/** What a run will take: multiply-adds of stages 1 and 3, and how many helpers have room. */
export interface Demand {
  pixel_importance: number;
  latent_importance: number;
  room: number;
}

/** What a helper needs to know of a run; an engine made it, and another one reads it. */
export interface Share {
  stage: Stage;
  network: Network;
  inputs: Matrix;
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
}

/** The images of one class, as they lie in the data set's file. */
/** What images are for, where there is a test set: without one some are held out of each class. */
export type Role = "training" | "unlabelled" | "explained";

/** Images of one class that have one role. */
export interface ClassImages {
  label: number;
  /** What people call the class. */
  name: string;
  role?: Role;
  bytes: Uint8Array;
}

export type Stage =
  "warm-up" | "training" | "pixel-importance" | "direction" | "latent-importance" | "done";

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
}

/** What a run is asked to do. */
export interface Job {
  settings: RunSettings;
  images: ClassImages[];
  /** A trained network to explain; undefined: one is trained. */
  network: Network | undefined;
  /** Where a run that was lost goes on, whose network is known. */
  resume?: Resumption;
}

export interface Resumption {
  stage: Stage;
  /** What had been added up; without it the stage begins anew. */
  state: Float64Array | undefined;
  elapsed_ms: number;
  /** Stages that are divided: it must not begin with what others have in hand. */
  divided: Stage[];
}

/** Messages of a run carry its number, so that what an older one still sends is told apart. */
export type ToWorker =
  | { type: "open"; engine: EngineName; base: string; module: WebAssembly.Module }
  | { type: "run"; run: number; job: Job }
  | { type: "measure"; settings: RunSettings; images: ClassImages[] }
  | { type: "help"; run: number; share: Share }
  | OfRun;

/** To a worker that has a run or helps with one. */
export type OfRun = { run: number } & (
  | { type: "pause" | "resume" | "cancel" }
  /** Stages that are measured as the page says, once the run comes to them. */
  | { type: "divide"; stages: Stage[] }
  | ({ type: "stretch" } & Stretch)
  | { type: "add"; values: Float64Array }
);

export type FromWorker =
  | { type: "opened"; adapter: string }
  | { type: "measured"; ms: number }
  | { type: "started"; run: number; demand: Demand }
  | { type: "divided"; run: number; divided: Divided }
  | { type: "ready"; run: number }
  | { type: "stretch"; run: number; first: number; values: Float64Array; ms: number }
  /** With `state`, what the update says is added up in it. */
  | { type: "update"; run: number; update: Update; state: Float64Array | undefined }
  | { type: "paused" | "resumed" | "cancelled"; run: number }
  | { type: "failed"; kind: EngineFailure; message: string };

/** What can go wrong in a worker. */
export type EngineFailure =
  "engine-file" | "no-adapter" | "device-lost" | "out-of-memory" | "crash" | "engine-error";
