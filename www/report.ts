/** Results as data, as the engine reports them and the charts draw them. Absent parts are not known yet. */
export interface Report {
  version: string;
  engine: EngineName;
  settings: RunSettings;
  image: ImageShape;
  classes: ClassSummary[];
  training?: { training_loss: number[]; held_out_loss: number[] };
  samples?: { labels: number[]; images: Matrix; latents: Matrix; reconstructions: Matrix };
  encoded?: Encoded;
  /** V: pixels by dimensions. */
  pixel_importance?: Estimate;
  /** S: pixels by dimensions. */
  direction?: { slope: Matrix; sign: Matrix };
  /** IE: classes by dimensions. */
  latent_importance?: Estimate;
  /** IE by the root of the mean squared change. */
  latent_importance_rmse?: Estimate;
}

/** The latents of the held-out images, class after class. */
export interface Encoded {
  labels: number[];
  /** Where each image stands among all images of its class, from 0. */
  positions: number[];
  latents: Matrix;
}

/** A trained autoencoder, layer by layer. */
export interface Network {
  encoder: Layer[];
  decoder: Layer[];
}

export interface Layer {
  /** Inputs by outputs. */
  weight: Matrix;
  bias: Float32Array;
  activation: Activation;
}

export type EngineName = "cpu" | "webgpu";

export interface RunSettings {
  classes: number[];
  dims: number;
  hidden: number[];
  epochs: number;
  /** How importance is measured; `auto` where it is not said. */
  method: "auto" | "exact" | "sampled";
  permutations: number;
  seed: number;
}

/** By its name, such as "relu"; with its parameter where it has one. */
export type Activation = string | Record<string, Record<string, number>>;

export interface ImageShape {
  height: number;
  width: number;
}

export interface ClassSummary {
  label: number;
  name: string;
  training: number;
  held_out: number;
}

/** Row-major. */
export interface Matrix {
  shape: [rows: number, columns: number];
  data: Float32Array;
}

export interface Estimate {
  /** Whether the means are exact, or averages over random permutations. */
  method: "exact" | "sampled";
  /** What measured this stage; the closed form runs on the CPU under either engine. */
  engine: EngineName;
  mean: Matrix;
  std_error: Matrix | null;
  repeats: number;
  fraction: number;
}

/** Takes over the parts that changed and leaves the others as they are. */
export function merge(report: Partial<Report>, part: Partial<Report>): void {
  for (const [name, value] of Object.entries(part)) {
    if (value != null) Object.assign(report, { [name]: value });
  }
}

/** The sizes of a network, as settings have them. */
export function sizes({ encoder }: Network): Pick<RunSettings, "dims" | "hidden"> {
  const outputs = encoder.map(({ weight }) => weight.shape[1]);
  return { dims: outputs.at(-1) ?? 0, hidden: outputs.slice(0, -1) };
}

/** A report as JSON: numbers have the digits that single precision has, and no more. */
export function toJson(report: Partial<Report>): string {
  return JSON.stringify(report, (_, value: unknown) =>
    value instanceof Float32Array
      ? Array.from(value, (each) => Number(each.toPrecision(9)))
      : value,
  );
}

/** What `toJson` wrote, with its matrices. */
export function fromJson(text: string): Partial<Report> {
  return JSON.parse(text, (_, value: unknown) =>
    isMatrix(value) ? { shape: value.shape, data: Float32Array.from(value.data) } : value,
  ) as Partial<Report>;
}

function isMatrix(value: unknown): value is { shape: number[]; data: number[] } {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}
