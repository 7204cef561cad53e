/** Results as data, as the engine reports them and the charts draw them. Absent parts are not known yet. */
export interface Report {
  version: string;
  engine: EngineName;
  settings: RunSettings;
  image: ImageShape;
  classes: ClassSummary[];
  training?: { training_loss: number[]; held_out_loss: number[] };
  samples?: { labels: number[]; images: Matrix; latents: Matrix; reconstructions: Matrix };
  /** V: pixels by dimensions. */
  pixel_importance?: Estimate;
  /** S: pixels by dimensions. */
  direction?: { slope: Matrix; sign: Matrix };
  /** IE: classes by dimensions. */
  latent_importance?: Estimate;
}

export type EngineName = "cpu" | "webgpu";

export interface RunSettings {
  classes: number[];
  dims: number;
  hidden: number[];
  epochs: number;
  permutations: number;
  seed: number;
}

export interface ImageShape {
  height: number;
  width: number;
}

export interface ClassSummary {
  label: number;
  training: number;
  held_out: number;
}

/** Row-major. */
export interface Matrix {
  shape: [rows: number, columns: number];
  data: Float32Array;
}

export interface Estimate {
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
