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

/** What the worker that projects can be asked. */
export interface EmbeddingCalls {
  project: {
    input: EmbeddingRequest;
    /** x and y of every image, centred, the largest absolute value 1. */
    answer: Float32Array;
    /** The same on the way there. */
    said: { coordinates: Float32Array; done: number; total: number };
  };
}

/** The wasm package `tsne`. */
export interface TsneModule {
  default(options?: { module_or_path: BufferSource }): Promise<unknown>;
  tsne(latents: Float32Array, dims: number, start: Float32Array, step: Step): Float32Array;
}
