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
}

export interface FigureLayout {
  summary: string;
  /** Dimensions from the top, counted from 0. */
  order: number[];
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
