/** A trained model as an ONNX file, for programs. */
import type { Matrix } from "../report";

/** A trained model as the bytes of an ONNX file, and what is to be known of it, by the terminal's names. */
export interface OnnxModel {
  onnx: ArrayBuffer | Uint8Array;
  /** Which half of an autoencoder it is, or which half of a whole one is taken. */
  half?: "encoder" | "decoder" | undefined;
  /**
   * The latents of all images that are given, images × dimensions, in their order: for a decoder alone. There is no
   * pixel importance then.
   */
  latents?: Matrix | undefined;
  /** How many of its layers are the encoder, where it is narrowest in several places. */
  bottleneck?: number | undefined;
  /** The tensor that holds the latents. With it, or with one of what follows, the graph is run as it is. */
  divide_at?: string | undefined;
  /** What takes the images, where there are several inputs. */
  graph_input?: string | undefined;
  /** What gives the reconstructions (of an encoder alone, the latents), where there are several outputs. */
  graph_output?: string | undefined;
  graph_part?: "whole" | "encoder" | "decoder" | undefined;
  /** What a dimension is where the latents are feature maps: a cell or, of an encoder alone, a channel (its mean). */
  latents_of?: "cell" | "channel" | undefined;
}

export function isOnnx(model: unknown): model is OnnxModel {
  return typeof model === "object" && model !== null && "onnx" in model;
}
