/** What the figure shows just now: what is told, pointed at and exported beside it. */
import type { Rows } from "../data/rows";
import type { Moment } from "../engine/messages";
import type { PixelWords } from "../parts/shading";
import { isOfResults, type Report } from "../report";
import type { ProjectionName } from "../settings";
import type { ChartLayout, ChartOptions, ReportWords, Theme, View } from "../view";
import type { ViewName } from "./table";

/** What is looked at, drawn or not. */
export interface Scene {
  name: ViewName;
  options: ChartOptions;
  /** Of the run that is shown. */
  report: Partial<Report> | undefined;
  /** What is said of it, once the charts have it. */
  words: ReportWords | undefined;
  /** What a row of numbers is: an image, a signal or a row of a table. */
  rows: Rows;
  /** What is said of a pixel whose value is another. */
  pixels: PixelWords;
  /** Of which images the report is, where others are open: "of toy.csv, not of …". */
  elsewhere: string | undefined;
  /** How long its network took to train, in milliseconds, where it was trained in this visit. */
  trainingMs: number | undefined;
  /** Whether its network is known layer by layer, and can be asked more than what comes out of it. */
  layers: boolean;
  /** Whether a newer run is under way that has nothing to show here yet. */
  older: boolean;
  classes: number[];
  /** What people call the classes. */
  names: string[];
  /** What the encoded space's axes are. */
  projection: ProjectionName;
  /** What is to stand beside it, as the setting has it. */
  pinned: string | null;
  /** Where it is of the network after one of its epochs: which, and what is to be known of that. */
  epoch?: ShownEpoch | undefined;
  /** What was measured of the epochs of the run, ascending; the last is the run's own report. */
  moments: readonly Moment[];
}

export interface ShownEpoch {
  /** 0: before training. Undefined: the view knows the network as trained alone. */
  after: number | undefined;
  words: string;
  /** Whether epochs pass, and nothing is begun that takes longer than an epoch is seen. */
  moving: boolean;
}

/** Something that was drawn, with where its parts are. */
export interface Layout {
  layout: ChartLayout;
}

export interface Picture extends Scene, Layout {
  view: View;
  theme: Omit<Theme, "scale">;
}

/** The class that is explained, as people call it. */
export function explained({ names, options }: Scene): string {
  return names[options.class] ?? "";
}

/** Whether latent importance is, or will be, known: not without a decoder, or results that have it. */
export function hasBars(report: Partial<Report> | undefined): boolean {
  const { model, latent_importance, latent_importance_rmse } = report ?? {};
  const part = model?.part ?? "decoder";
  return part === "decoder" || Boolean(latent_importance ?? latent_importance_rmse);
}

/** Whether a class has images enough to measure latent importance; true while that is not known. */
export function isMeasured({ report, classes }: Scene, row: number): boolean {
  if (!hasBars(report) || isOfResults(report)) return hasBars(report);
  // Latents of another class are always to be had.
  if (report?.settings?.measure?.latent_donors === "all") return true;
  const found = report?.classes?.find(({ label }) => label === classes[row]);
  return (found?.explained ?? 2) > 1;
}
