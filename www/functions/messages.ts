/** Functions of a page's or program's own as the halves of a model, and what an engine asks of them. */

import type { Matrix } from "../report";

/** Which half of an autoencoder a function is. */
export type HalfName = "encode" | "decode";

/**
 * Takes `count` rows, one after the other in one array, and gives as many, at once or as a promise: `encode` takes the
 * numbers of images to latents, `decode` latents to reconstructions. What it gives for a row depends on that row alone.
 * The array it is given is its own.
 */
export type HalfFunction = (rows: Float32Array, count: number) => Numbers | PromiseLike<Numbers>;

/** Numbers of rows, one row after the other; a `Float32Array` is the quickest. */
export type Numbers = Float32Array | ArrayLike<number>;

/** A trained model as functions. */
export interface ModelFunctions {
  encode?: HalfFunction | undefined;
  /** Without it there are neither reconstructions nor latent importance. */
  decode?: HalfFunction | undefined;
  /**
   * Instead of `encode`: the latents of all images that are given, images × dimensions, in their order. There is no
   * pixel importance then.
   */
  latents?: Matrix | undefined;
  /** Of an image that `encode` takes, whose numbers stand row by row, the channels of a pixel side by side. */
  shape?: readonly [height: number, width: number, channels?: number] | undefined;
  /** What people call it. */
  name?: string | undefined;
  /**
   * So many rows a call has at least, where there are as many: for functions that run elsewhere, such as on a server, and
   * may take about a second rather than a twentieth of one.
   */
  batch?: number | undefined;
}

/** So many rows that a function is asked about. */
export interface Asked {
  half: HalfName;
  rows: Float32Array;
  count: number;
}

/**
 * What a function gives for rows. `mayGoOn` is waited for before it is called: it resolves unless there is a pause, and
 * rejects once nobody wants to know any more. Rejects with that, or with a `Failure`.
 */
export type Ask = (asked: Asked, mayGoOn: () => Promise<void>) => Promise<Float32Array>;

/** Whether a model is given as functions, and not by its layers. */
export function isFunctions(model: unknown): model is ModelFunctions {
  return typeof model === "object" && model !== null && ("encode" in model || "decode" in model);
}
