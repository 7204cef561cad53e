/** What the figure shows just now: what is told, pointed at and exported beside it. */
import type { Report } from "../report";
import type { FigureLayout, FigureOptions, View } from "../view";
import type { Theme } from "./theme";

export interface Picture {
  view: View;
  options: FigureOptions;
  theme: Omit<Theme, "scale">;
  layout: FigureLayout;
  /** Of the run that is shown. */
  report: Partial<Report> | undefined;
  classes: number[];
  /** Of the class that is explained. */
  label: number;
}
