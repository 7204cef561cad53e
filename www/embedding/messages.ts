import type { Matrix } from "../report";

export type Method = "tsne" | "umap";

export interface EmbeddingRequest {
  method: Method;
  /** Images by dimensions. */
  latents: Matrix;
  seed: number;
}

/** Hears an arrangement of so many epochs of how many. */
export type Step = (coordinates: Float32Array, done: number, total: number) => void;

export interface EmbeddingListener {
  /**
   * Coordinates so far: x and y of every image, centred, the largest absolute value 1. They are
   * the listener's to keep.
   */
  step: Step;
  finished(coordinates: Float32Array): void;
  /** A whole sentence. */
  failed(message: string): void;
}

export type FromWorker =
  | { type: "step"; coordinates: Float32Array; done: number; total: number }
  | { type: "finished"; coordinates: Float32Array }
  | { type: "failed"; message: string };

/** The wasm package `tsne`. */
export interface TsneModule {
  default(options?: { module_or_path: BufferSource }): Promise<unknown>;
  tsne(latents: Float32Array, dims: number, start: Float32Array, step: Step): Float32Array;
}
