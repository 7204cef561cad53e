/** The charts' and readers' wasm package, which lives on the page because it measures text. */
import { Failure } from "./failures";
import type { ImageShape, Network, Report, RunSettings } from "./report";
import type { Theme } from "./parts/theme";
import type { ViewName } from "./settings";

/** The figure's views, and what a dimension that is opened large shows. */
export type Chart = ViewName | "pair";

export interface View {
  /** Every reason why a run with these settings would be refused. */
  check(settings: RunSettings, available: number[]): { field: string; message: string }[];
  decode(bytes: Uint8Array): Images;
  /** Takes over the parts of a report that changed. */
  update(part: Partial<Report>): void;
  /** Takes over a trained network, for `reconstruct`. */
  network(network: Network): void;
  /** What the encoded space shows, images by two; undefined: the two most varying dimensions. */
  projection(coordinates: Float32Array | undefined, axes: [string, string]): void;
  /** Forgets report, network and projection. */
  reset(): void;
  draw(chart: Chart, canvas: HTMLCanvasElement, options: ChartOptions, theme: Theme): ChartLayout;
  /** At which a chart of this width looks best. */
  height(chart: Chart, width: number, options: ChartOptions, theme: Theme): number;
  /** What a chart shows, for who cannot see it. */
  numbers(chart: Chart, options: ChartOptions): NumberTable;
  /** A chart as a file of its own. */
  export_svg(
    chart: Chart,
    width: number,
    height: number,
    options: ChartOptions,
    theme: Theme,
  ): string;
  csv(table: Table, options: ChartOptions): string;
  /** What is known of the pixel at a place of a dimension's drawn map, in fractions of its sides. */
  pixel(options: ChartOptions, dim: number, x: number, y: number): Pixel | undefined;
  /** What the decoder makes of the latents of one image, once a network is known. */
  reconstruct(latents: Float32Array): Float32Array | undefined;
  free(): void;
}

export interface Images {
  count: number;
  height: number;
  width: number;
  data: Uint8Array;
}

export interface ChartOptions {
  /** Row of the latent importance. */
  class: number;
  dims: number;
  image: ImageShape;
  columns?: number;
  metric: "mse" | "rmse";
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
  images: "ink" | "viridis";
  /** That a run is to train: of the loss. */
  epochs: number;
  /** Of the pair, from 0. */
  dim?: number;
  /** The image that is ringed in the encoded space. */
  selected?: number;
}

export type Table =
  "pixel_importance" | "direction" | "latent_importance" | "encoded_space" | "likeness";

/** Places are in CSS pixels from the canvas' top left; what a chart has none of is absent. */
export interface ChartLayout {
  summary: string;
  /** Dimensions from the top, counted from 0. */
  order?: number[];
  maps?: Place[];
  bars?: (Place & { class?: number })[];
  /** x and y of one image after the other. */
  points?: Float32Array;
  images?: (Box & { sample: number })[];
  cells?: (Box & { row: number; column: number; value: number | null })[];
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where a dimension's map or bar is. */
export interface Place extends Box {
  dim: number;
}

/** The first column heads its row. */
export interface NumberTable {
  caption: string;
  columns: string[];
  rows: string[][];
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
