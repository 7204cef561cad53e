import type { EngineName, Network, Report, RunSettings } from "../report";

/** The engine as its wasm package offers it; the same for both engines. */
export interface Engine {
  readonly adapter: string;
  /** With a network that one is explained; without, one is trained. */
  start(settings: RunSettings, images: ClassImages[], network: Network | undefined): void;
  advance(budgetMs: number): Promise<Update>;
  measure(settings: RunSettings, images: ClassImages[]): Promise<number>;
}

export interface EngineModule {
  default(init: { module_or_path: WebAssembly.Module }): Promise<{ memory: WebAssembly.Memory }>;
  /** `onLost` hears why the graphics device was lost; a run under way then never settles. */
  Engine: { open(onLost: (reason: string) => void): Promise<Engine> };
}

/** The images of one class, as they lie in the data set's file. */
export interface ClassImages {
  label: number;
  /** What people call the class. */
  name: string;
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
}

/** Messages of a run carry its number, so that what an older one still sends is told apart. */
export type ToWorker =
  | { type: "open"; engine: EngineName; base: string; module: WebAssembly.Module }
  | { type: "run"; run: number; job: Job }
  | { type: "measure"; settings: RunSettings; images: ClassImages[] }
  | { type: "pause" | "resume" | "cancel"; run: number };

export type FromWorker =
  | { type: "opened"; adapter: string }
  | { type: "measured"; ms: number }
  | { type: "update"; run: number; update: Update }
  | { type: "paused" | "resumed" | "cancelled"; run: number }
  | { type: "failed"; kind: EngineFailure; message: string };

/** What can go wrong in a worker. */
export type EngineFailure =
  "engine-file" | "no-adapter" | "device-lost" | "out-of-memory" | "crash" | "engine-error";
