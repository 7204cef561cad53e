/** What the figure shows just now: what is told, pointed at and exported beside it. */
import type { Report } from "../report";
import type { ViewName } from "../settings";
import type { Chart, ChartLayout, ChartOptions, ReportWords, Theme, View } from "../view";

/** What a view is drawn as. */
export type ViewChart = Exclude<Chart, "loss" | "pair">;

/** What is looked at, drawn or not. */
export interface Scene {
  name: ViewName;
  chart: ViewChart;
  options: ChartOptions;
  /** Of the run that is shown. */
  report: Partial<Report> | undefined;
  /** What is said of it, once the charts have it. */
  words: ReportWords | undefined;
  /** Of which images the report is, where others are open: "of toy.csv, not of …". */
  elsewhere: string | undefined;
  classes: number[];
  /** What people call the classes. */
  names: string[];
  /** The names of the encoded space's axes, where they are not two latent dimensions. */
  projection: "tsne" | "umap" | undefined;
}

export interface Picture extends Scene {
  view: View;
  theme: Omit<Theme, "scale">;
  layout: ChartLayout;
}

/** The class that is explained, as people call it. */
export function explained({ names, options }: Scene): string {
  return names[options.class] ?? "";
}

/** Whether a class has images enough to measure latent importance; true while that is not known. */
export function isMeasured({ report, classes }: Scene, row: number): boolean {
  const found = report?.classes?.find(({ label }) => label === classes[row]);
  return (found?.explained ?? 2) > 1;
}
