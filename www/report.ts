/** Results as data, as the engine reports them and the charts draw them. Absent parts are not known yet. */
import type { DataSource, ModelSource, Report } from "../build/types/report";

export type { Activation, Layer, Network } from "./network";

// As their Rust source describes them.
export type {
  Agreement,
  Attribution,
  ClassSummary,
  Controls,
  DataForm,
  DataSource,
  Divergence,
  DonorCheck,
  Emergence,
  Encoded,
  EngineName,
  Estimate,
  Explain,
  Factors,
  FairTest,
  Filler,
  GroupImportance,
  Grouping,
  ImageErrors,
  ImageShape,
  LossParts,
  Matrix,
  Measure,
  Merge,
  ModelSource,
  Networks,
  Opinions,
  OtherNetwork,
  PixelKind,
  Recipients,
  Report,
  RunSettings,
  Scaling,
  Sizes,
  Smaller,
  TrainingHistory,
  Variant,
} from "../build/types/report";

/** What is told of the images of a run; the rest of what its report says it finds itself. */
export type ImageSource = Partial<
  Pick<
    DataSource,
    "name" | "files" | "handling" | "reading" | "columns" | "pixels" | "form" | "scaling" | "made"
  >
>;

/** Whose images and whose network those of a run are. */
export interface Sources {
  data?: ImageSource | undefined;
  model?: ModelSource | undefined;
}

/** Whether nothing is known but results that were computed elsewhere. */
export function isOfResults(report: Partial<Report> | undefined): boolean {
  return report?.model?.part === "results";
}

/** Takes over the parts that changed and leaves the others as they are. */
export function merge(report: Partial<Report>, part: Partial<Report>): void {
  for (const [name, value] of Object.entries(part)) {
    if (value != null) Object.assign(report, { [name]: value });
  }
}

/** A report as JSON: numbers have the digits that single precision has, and no more. */
export function toJson(report: Partial<Report>): string {
  return JSON.stringify(report, (_, value: unknown) =>
    value instanceof Float32Array
      ? Array.from(value, (each) => Number(each.toPrecision(9)))
      : value,
  );
}

/** What `toJson` or the engine wrote, with its matrices; parts that are null there are absent. */
export function fromJson(text: string): Partial<Report> {
  const report: Partial<Report> = {};
  const written = JSON.parse(text, (_, value: unknown) =>
    isMatrix(value) ? { shape: value.shape, data: Float32Array.from(value.data) } : value,
  ) as Partial<Report>;
  merge(report, written);
  return report;
}

function isMatrix(value: unknown): value is { shape: number[]; data: number[] } {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}
