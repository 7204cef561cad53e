/** What the figure shows just now: what is told, pointed at and exported beside it. */
import type { Report } from "../report";
import type { ViewName } from "../settings";
import type { ChartLayout, ChartOptions, Theme, View } from "../view";

/** What is looked at, drawn or not. */
export interface Scene {
  chart: ViewName;
  options: ChartOptions;
  /** Of the run that is shown. */
  report: Partial<Report> | undefined;
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
