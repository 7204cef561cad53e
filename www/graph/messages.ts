/** ONNX graphs of any operations: the wasm package `graph`, and what the worker that opens them can be asked. */
import type { Shape } from "../network";
import type { ImageShape } from "../report";

/** A tensor of a graph. */
export interface Tensor {
  /** Its name in the file. */
  name: string;
  /** The lengths of its axes, the first of which counts images; null where only images tell. */
  shape: (number | null)[];
  /** Numbers of one image; null where only images tell. */
  elements: number | null;
}

/** What is chosen of a graph; what is not is as usual. */
export interface Choice {
  /** What takes the images, by its name. */
  input?: string | null;
  /** What gives the reconstructions; of an encoder alone, the latents. */
  output?: string | null;
  /** The tensor that holds the latents. */
  latents?: string | null;
  /** What a dimension is where the latents are feature maps: a channel, of an encoder alone, or a cell. */
  planes?: "channel" | "cell" | null;
  part?: "whole" | "encoder" | "decoder" | null;
}

/** What is in a file. */
export interface Description {
  /** Such as "ONNX, opset 17". */
  format: string;
  inputs: Tensor[];
  outputs: Tensor[];
  /** Where it can be divided into an encoder and a decoder, from the input on. */
  cuts: Tensor[];
  /** What is chosen where nothing else is. */
  proposal: Choice;
  /** Sentences about what was decided on the way. */
  notes: string[];
}

/** What half a graph takes and gives. */
export interface HalfDescription {
  input: Shape;
  output: Shape;
  /** What a row takes, in multiply-adds as engines count them, where that could be counted. */
  work?: number;
}

/** What the halves of a graph take and give. */
export interface HalvesDescription {
  encoder?: HalfDescription;
  decoder?: HalfDescription;
  /** Whether the decoder has to be given the images first. */
  waits: boolean;
  notes: string[];
}

/** The halves of a graph, as its wasm package has them. Every error is an `Error` whose message is a sentence. */
export interface Halves {
  description(): HalvesDescription;
  /** Gives a decoder that waits for them the images that are explained. */
  know(images: Float32Array, count: number): void;
  /** Latents of so many rows of images, row after row. */
  encode(images: Float32Array, count: number): Float32Array;
  decode(latents: Float32Array, count: number): Float32Array;
  free(): void;
}

/** An opened file, as the wasm package has it. */
export interface Graph {
  description(): Description;
  /** Where it can be divided, for images of this shape and with this choice. */
  cuts(image: ImageShape | undefined, choice: Choice): Tensor[];
  halves(image: ImageShape | undefined, choice: Choice): Halves;
  free(): void;
}

/** The wasm package `graph`. */
export interface GraphModule {
  default(init?: { module_or_path: unknown }): Promise<{ memory: WebAssembly.Memory }>;
  Graph: new (bytes: Uint8Array) => Graph;
}

/** What a trial has shown of the halves. */
export interface Tried extends HalvesDescription {
  /** Milliseconds that an image takes, given in batches; of halves that are there and could be tried. */
  encode_ms?: number;
  decode_ms?: number;
}

/** What the worker that opens a graph can be asked: of one file. */
export interface GraphCalls {
  /** Says `true` once what runs graphs is loaded, and the file is next. */
  open: { input: Uint8Array; answer: Description; said: boolean };
  /** Where it can be divided, for images of this shape and with this choice. */
  cuts: { input: Asked; answer: Tensor[] };
  /** Divides it, and runs both halves. */
  try: { input: Asked; answer: Tried };
}

export interface Asked {
  /** That of the images, where these are at hand. */
  image: ImageShape | undefined;
  choice: Choice;
}
