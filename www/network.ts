/** Networks as data: their layers, and what goes from one to the next. */
import type { ImageShape, Matrix, RunSettings, Variant } from "../build/types/report";
import { integer } from "./format";

/** A trained autoencoder, layer by layer. */
export interface Network {
  /** What the encoder takes; where it is absent, as many numbers as its first layer does. */
  input?: Shape;
  encoder: Layer[];
  /** What the decoder takes; where it is absent, as many numbers as its first layer does. */
  latent?: Shape;
  decoder: Layer[];
  /** What gives the log-variances of the latents of a variational network, and after how many of the encoder's layers. */
  log_variance?: { after: number; layers: Layer[] };
}

export type Layer = Dense | General | BlackBox;

/** Every output is a sum over all inputs. */
export interface Dense {
  kind?: undefined;
  black_box?: undefined;
  /** Inputs by outputs. */
  weight: Matrix;
  bias: Float32Array;
  activation: Activation;
}

/** Any other layer: a convolution, say. */
export interface General {
  kind: Kind;
  black_box?: undefined;
  /** Such as a kernel and biases: a matrix each. */
  weights: Matrix[];
  activation: Activation;
  /** What it gives. */
  output?: Shape;
}

/** A part whose inside is not known: rows go in, and as many come out. */
export interface BlackBox {
  kind?: undefined;
  black_box: {
    "black-box": {
      name: string;
      input: Shape;
      output: Shape;
      /** What a row takes, in multiply-adds, where that is known. */
      work?: number;
    };
  };
  activation: Activation;
  /** The half of an ONNX graph that it is; of a half that is missing, or of a session, there is none. */
  graph?: HalfOfGraph;
  /** The function of the page's own that it is. */
  own?: "encode" | "decode";
}

/** Where an engine's worker finds half of an ONNX graph. */
export interface HalfOfGraph {
  /** Told from other files, and the same file divided otherwise. */
  id: number;
  /** The file: workers have it without a copy each. */
  file: Blob;
  image: ImageShape;
  /** How it is divided, as `src/model/graph` has it. */
  choice: object;
  half: "encoder" | "decoder";
  /** Milliseconds that a row took when it was tried. */
  row_ms?: number | undefined;
}

/** What a row of numbers is. */
export type Shape =
  /** The pixels of an image or of feature maps, row by row, the channels of a pixel side by side. */
  | { image: ImageShape }
  /** The same, channel by channel. */
  | { planes: ImageShape }
  | { columns: string[] }
  | { numbers: number };

/** What a layer does before its activation: its name, or its name with its numbers. */
export type Kind =
  | "scaling"
  | "softmax"
  | "activation"
  | { convolution: { filters: number; groups: number; window: Window } }
  | {
      transposed: {
        filters: number;
        groups: number;
        kernel: Pair;
        stride: Pair;
        dilation: Pair;
        cut: Margins;
      };
    }
  | { "max-pooling": { window: Window } }
  | { "average-pooling": { window: Window; counts_padding: boolean } }
  | {
      upsampling: { factor: Pair; interpolation: "nearest" | "bilinear" | "bilinear-corners" };
    }
  | { padding: { margins: Margins } }
  | { normalisation: { over: "channels" | "row"; epsilon: number } }
  | { reshaping: { to: Shape } }
  | { reordering: { to: Shape; order: number[] } };

/** What moves over an image. */
export interface Window {
  size: Pair;
  stride: Pair;
  dilation: Pair;
  /** Zeros around the image. */
  padding: Margins;
}

/** Of the height and of the width. */
export type Pair = [height: number, width: number];

/** Before and after, of the height and of the width. */
export type Margins = [height: Pair, width: Pair];

/** By its name, such as "relu"; with its parameter where it has one. */
export type Activation = string | Record<string, Record<string, number>>;

/** Whether all of its layers are dense. What is no network is for the engine to refuse. */
export function isDense({ encoder, decoder }: Network): boolean {
  return [encoder, decoder].every((half) => !Array.isArray(half) || half.every(dense));
}

export const HALVES = ["encoder", "decoder"] as const;
export type Half = (typeof HALVES)[number];

/** What a half is called that a model never had: its name, or that of latents that were made elsewhere. */
const MISSING: readonly string[] = [...HALVES, "matrix of latents"];

/** Whether a part of it, or a half that is missing, can be asked nothing but what comes out of it. */
export function hasBlackBox({ encoder, decoder }: Network): boolean {
  return [encoder, decoder].some(
    (half) => Array.isArray(half) && half.some((layer) => layer?.black_box),
  );
}

/** Whether a half of a network is one that its model never had. */
export function isMissing([layer]: readonly Layer[]): boolean {
  return MISSING.includes(layer?.black_box?.["black-box"].name ?? "");
}

function dense(layer: Layer): layer is Dense {
  return layer?.kind === undefined && layer?.black_box === undefined;
}

/**
 * What a network that was brought is, as settings have it: its sizes, whether it is variational, and whether its
 * encoder has max-pooling, as the engine says of it, too. How it was trained is not known.
 */
export function sizes(network: Network): Pick<RunSettings, "kind" | "dims" | "hidden"> &
  Partial<Pick<RunSettings, "filters">> & {
    variant: Pick<Variant, "variational" | "downsampling">;
  } {
  const { encoder, variational = false } = stages(network);
  const dims = sizeOf(encoder.at(-1)!);
  if (network.encoder.every(dense)) {
    const variant = { variational, downsampling: "strided" } as const;
    return { kind: "dense", dims, hidden: encoder.slice(1, -1).map(sizeOf), variant };
  }
  const pools = network.encoder.some(
    ({ kind }) => typeof kind === "object" && "max-pooling" in kind,
  );
  const variant = { variational, downsampling: pools ? "pooling" : "strided" } as const;
  const filters = network.encoder.flatMap(({ kind }) =>
    typeof kind === "object" && "convolution" in kind ? [kind.convolution.filters] : [],
  );
  return { kind: "convolutional", dims, hidden: [], filters, variant };
}

/** What there is before, between and after the layers of each half: plain numbers, or images. */
export interface Stages {
  encoder: Stage[];
  decoder: Stage[];
  /** There where the encoder gives means and log-variances of the latents. */
  variational?: true;
  /** The halves that its model never had, where there are such. */
  missing?: Half[];
}

/** So many numbers, or feature maps. */
export type Stage = number | ImageShape;

export function stages(network: Network): Stages {
  const { input, encoder, latent, decoder } = network;
  // What a dense network takes is so many numbers to it.
  const whole = isDense(network);
  const missing = HALVES.filter((half) => isMissing(network[half]));
  return {
    encoder: along(whole ? undefined : input, encoder),
    decoder: along(whole ? undefined : latent, decoder),
    ...(network.log_variance && { variational: true }),
    ...(missing.length > 0 && { missing }),
  };
}

/** What there will be in a network that is trained with these settings. */
export function planned(
  image: ImageShape,
  {
    kind,
    hidden,
    filters,
    dims,
    variant,
  }: Pick<RunSettings, "kind" | "hidden" | "filters" | "dims"> &
    Partial<Pick<RunSettings, "variant">>,
): Stages {
  const variational = variant?.variational && ({ variational: true } as const);
  if (kind === "dense") {
    const encoder = [sizeOf(image), ...hidden, dims];
    return { encoder, decoder: [...encoder].reverse(), ...variational };
  }
  const maps = [image];
  for (const channels of filters) {
    const { height, width } = maps.at(-1)!;
    maps.push({ height: Math.ceil(height / 2), width: Math.ceil(width / 2), channels });
  }
  if (variant?.downsampling === "pooling") return { ...pooled(maps, dims), ...variational };
  return { encoder: [...maps, dims], decoder: [dims, ...maps.reverse()], ...variational };
}

/** Convolutions that leave maps as large as they are, then pooling; mirrored by repeating pixels, then convolutions. */
function pooled(maps: ImageShape[], dims: number): Stages {
  const encoder: ImageShape[] = maps.slice(0, 1);
  const decoder: ImageShape[] = maps.slice(-1);
  for (const [at, after] of maps.slice(1).entries()) {
    encoder.push({ ...maps[at]!, channels: after.channels }, after);
  }
  for (const [at, before] of [...maps.entries()].slice(0, -1).reverse()) {
    const { height, width, channels } = maps[at + 1]!;
    // Along a side of a single pixel, as signals have, nothing is repeated.
    const repeated = (side: number, whole: number) => (whole === 1 ? 1 : 2 * side);
    const image = maps[0]!;
    decoder.push(
      { height: repeated(height, image.height), width: repeated(width, image.width), channels },
      { ...before, channels },
      before,
    );
  }
  return { encoder: [...differing(encoder), dims], decoder: [dims, ...differing(decoder)] };
}

/** Those that are not as the one before. */
function differing(maps: ImageShape[]): ImageShape[] {
  return maps.filter((each, at) => at === 0 || stageText(each) !== stageText(maps[at - 1]!));
}

export function sizeOf(stage: Stage): number {
  return typeof stage === "number" ? stage : stage.height * stage.width * stage.channels;
}

/** "784", "14 × 14 × 8"; a single channel goes without saying. */
export function stageText(stage: Stage): string {
  if (typeof stage === "number") return integer(stage);
  const { height, width, channels } = stage;
  return [height, width, ...(channels === 1 ? [] : [channels])].map(integer).join(" × ");
}

/** Layer by layer: what it is, takes and gives. */
export function steps(input: Shape | undefined, layers: Layer[]) {
  let before = input;
  return layers.map((layer) => {
    const { activation } = layer;
    if (dense(layer)) {
      const [inputs, outputs] = layer.weight.shape;
      before = { numbers: outputs };
      return { kind: "dense", input: { numbers: inputs }, output: before, activation };
    }
    if (layer.black_box) {
      const { name, input, output } = layer.black_box["black-box"];
      before = output;
      return { kind: name, input, output, activation };
    }
    const { kind } = layer;
    const name = typeof kind === "string" ? kind : Object.keys(kind)[0]!;
    const taken = before ?? { numbers: 0 };
    before = layer.output ?? taken;
    return { kind: name.replaceAll("-", " "), input: taken, output: before, activation };
  });
}

/** "784", "14 × 14 × 8". */
export function shapeText(shape: Shape): string {
  return stageText(stageOf(shape));
}

function along(input: Shape | undefined, layers: Layer[]): Stage[] {
  const [first] = layers;
  const found = [input ? stageOf(input) : first && dense(first) ? first.weight.shape[0] : 0];
  for (const layer of layers) {
    const before = found.at(-1)!;
    if (dense(layer)) found.push(layer.weight.shape[1]);
    else {
      const output = layer.black_box ? layer.black_box["black-box"].output : layer.output;
      const after = output ? stageOf(output) : before;
      if (sizeOf(after) !== sizeOf(before)) found.push(after);
      // The same numbers, of which more may be known.
      else if (typeof before === "number") found[found.length - 1] = after;
      else if (typeof after !== "number" && stageText(after) !== stageText(before)) {
        found.push(after);
      }
    }
  }
  return found;
}

/** How many numbers a row of this shape has. */
export function numbersOf(shape: Shape): number {
  return sizeOf(stageOf(shape));
}

function stageOf(shape: Shape): Stage {
  if ("image" in shape) return shape.image;
  if ("planes" in shape) return shape.planes;
  return "columns" in shape ? shape.columns.length : shape.numbers;
}
