/** The wasm package that reads and writes models' files, fetched when one is wanted. */
import type { ClassImages, Moment } from "../engine/messages";
import { Failure } from "../failures";
import type { Activation, Network, Shape } from "../network";
import type { ImageShape, ImageSource, RunSettings } from "../report";
import { openPackage } from "../wasm";

export interface NamedFile {
  name: string;
  bytes: Uint8Array;
}

/** What was found in a model's files. */
export interface Description {
  /** Such as "Keras 3". */
  format: string;
  /** Encoder first. */
  layers: {
    name: string;
    /** Such as "dense" or "convolution 3 × 3, stride 2". */
    kind: string;
    input: Shape;
    output: Shape;
    activation: Activation;
  }[];
  encoder_layers: number;
  /** Whether images are given as they are stored, not scaled to 0 to 1. */
  takes_stored_values: boolean;
  /** Sentences about what was left out or decided on the way. */
  notes: string[];
}

/** What a person says of a model where its files do not. */
export interface Hints {
  activations?: Activation[] | null;
  bottleneck?: number | null;
  order?: string[] | null;
  /** All steps from the images to the reconstructions, in words. */
  layers?: string | null;
  /** The half that the files hold, or that is taken of a whole autoencoder. */
  half?: "encoder" | "decoder" | null;
}

/** What a file does not say; opened again with an answer, it goes on from there. */
export interface Question {
  text: string;
  asks: "activations" | "bottleneck" | "order" | "layers";
  /** `class` such as "Conv2d 3 × 3". */
  layers: { name: string; inputs: number; outputs: number; class: string }[];
  /** A whole answer that is usual. */
  proposal: Hints;
}

export type Opened =
  | { model: { network: Network; description: Description }; question?: undefined }
  | { question: Question; model?: undefined };

/** What tells the images of a run from others. */
export interface Images {
  /** Of the data set. */
  name: string;
  /** Of the run's classes. */
  count: number;
  /** Differs where a pixel or a label does. */
  fingerprint: string;
}

/** What each column was scaled by: a number as it was stored is offset + scale · x. */
export type Scaling = NonNullable<ImageSource["scaling"]>;
export type SaveFormat = "keras" | "safetensors" | "onnx";
export type Library = "keras" | "pytorch";

/** The lines of code that write a refused model as ONNX, where that is a way out. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Every error is an `Error` whose message is a sentence; one of `open` may have a `code` ({@link codeOf}). */
export interface Models {
  open(files: NamedFile[], hints: Hints): Opened;
  /** The network that has these latent dimensions alone, all others held at their `values`. */
  keeping(network: Network, dims: Uint32Array, values: Float32Array): Network;
  /** With the scaling of the columns that it was trained on, if there is one. */
  save(format: SaveFormat, network: Network, scaling: Scaling | undefined): Uint8Array<ArrayBuffer>;
  /** What is to be known of that file; mostly nothing. */
  save_notes(format: SaveFormat, network: Network, scaling: Scaling | undefined): string[];
  identify(name: string, classes: ClassImages[]): Images;
  /** A run in one file; the report as JSON. */
  write_session(
    settings: RunSettings,
    network: Network,
    report: string | undefined,
    images: Images | undefined,
    /** In the order of their epochs. */
    moments?: readonly Moment[],
  ): Uint8Array<ArrayBuffer>;
  read_session(file: NamedFile): {
    version: string;
    settings: RunSettings;
    network: Network;
    /** Sessions of older versions do not tell. */
    images: Images | null;
    report: string | null;
    /** In the order of their epochs; none in sessions of older versions. */
    moments: Moment[];
  };
  code(
    library: Library,
    settings: RunSettings,
    image: ImageShape,
    scaling: Scaling | undefined,
  ): string;
}

let opening: Promise<Models> | undefined;

export function openModels(): Promise<Models> {
  opening ??= open();
  // What failed once may succeed when asked again.
  opening.catch(() => (opening = undefined));
  return opening;
}

async function open(): Promise<Models> {
  try {
    return await openPackage("models");
  } catch (error) {
    throw Failure.from(error, "page-file");
  }
}
