/** The charts' and readers' wasm package, which lives on the page because it measures text. */
import { Failure } from "./failures";
import type { ImageShape, Report, RunSettings } from "./report";
import type { Theme } from "./parts/theme";

export interface View {
  /** Every reason why a run with these settings would be refused. */
  check(settings: RunSettings, available: number[]): { field: string; message: string }[];
  decode(bytes: Uint8Array): Images;
  /** Takes over the parts of a report that changed. */
  update(part: Partial<Report>): void;
  reset(): void;
  draw_figure(canvas: HTMLCanvasElement, options: FigureOptions, theme: Theme): FigureLayout;
  draw_loss(canvas: HTMLCanvasElement, options: { epochs: number }, theme: Theme): string;
  /** What is known of the pixel at a place of a dimension's drawn map, in fractions of its sides. */
  pixel(options: FigureOptions, dim: number, x: number, y: number): Pixel | undefined;
  /** A chart as a file of its own. */
  export_svg(
    kind: "figure" | "loss",
    width: number,
    height: number,
    options: FigureOptions,
    theme: Theme,
  ): string;
  csv(kind: Table): string;
  free(): void;
}

export interface Images {
  count: number;
  height: number;
  width: number;
  data: Uint8Array;
}

export interface FigureOptions {
  /** Row of the latent importance. */
  class: number;
  dims: number;
  image: ImageShape;
  columns?: number;
  sort: boolean;
  filter_empty: boolean;
  /** Only the first so many of the order. */
  top: number | null;
  rotate: 0 | 90 | 180 | 270;
  /** Flips come after the rotation. */
  flip_horizontal: boolean;
  flip_vertical: boolean;
  palette: "paper" | "colour-blind";
  scale: "shared" | "each";
  /** A smaller slope counts as no direction. */
  threshold: number;
}

export type Table = "pixel_importance" | "direction" | "latent_importance";

export interface FigureLayout {
  summary: string;
  /** Dimensions from the top, counted from 0. */
  order: number[];
  /** In CSS pixels from the canvas' top left. */
  maps: Place[];
  bars: Place[];
}

/** Where a dimension's map or bar is. */
export interface Place {
  dim: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Pixel {
  pixel: number;
  /** In the image as it is stored, from 1. */
  row: number;
  column: number;
  importance: number;
  std_error: number | null;
  slope: number | null;
  sign: number | null;
}

interface ViewModule {
  default(): Promise<unknown>;
  View: new () => View;
}

export async function openView(): Promise<View> {
  if (typeof WebAssembly === "undefined") throw new Failure("no-wasm");
  try {
    const wasm = (await import(new URL("view.js", import.meta.url).href)) as ViewModule;
    await wasm.default();
    return new wasm.View();
  } catch (error) {
    throw Failure.from(error, "page-file");
  }
}
