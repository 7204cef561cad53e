/**
 * The charts, which live on the page because they measure text. They are two wasm packages: one with
 * what the first figure needs, and one with all there is, which takes over when it is asked for, when
 * there is a network to decode with whose layers are not all dense, when something was measured
 * otherwise than in the paper, or when a report is of part of a model.
 */
import type * as Wasm from "../build/types/charts";
import type * as First from "../build/types/view";
import { beside } from "./beside";
import { Failure } from "./failures";
import { whyNot } from "./reach";
import { hasBlackBox, isDense, type Network } from "./network";
import { type ImageShape, merge, type Report, type RunSettings } from "./report";
import { openPackage } from "./wasm";

// As their Rust source describes them.
export type {
  Chart,
  ChartLayout,
  Images,
  NumberTable,
  PixelFacts,
  Place,
  PlaneLayout,
  PlaneWindow,
  ReportWords,
  Table,
  Theme,
} from "../build/types/charts";

/** What the page leaves to the charts; the rest it always says. */
type Left =
  | "channel"
  | "columns"
  | "order"
  | "dim"
  | "selected"
  | "axes"
  | "window"
  | "hidden"
  | "cut"
  | "kept"
  | "filler"
  | "earliest"
  | "error_above";

export type ChartOptions = Required<Omit<Wasm.ChartOptions, Left | Beyond | "image">> &
  Pick<Wasm.ChartOptions, Left | Beyond> & { image: ImageShape };

/** What the package of the first figure does not know, and is not told where it is as in the paper. */
type Beyond = "maps" | "unit" | "single" | "errors" | "form" | "top_columns";

type FirstChart = First.Chart;

const FIRST: readonly string[] = ["figure", "loss", "pair"] satisfies FirstChart[];

/** Both are shared by all elements of a page. */
let first: Promise<typeof First> | undefined;
let charts: Promise<typeof Wasm> | undefined;
/** What new views are of: the package of all charts, as soon as it is there. */
let latest: typeof First | typeof Wasm;

/** A view of an empty report. */
export async function openView(): Promise<View> {
  if (typeof WebAssembly === "undefined") throw new Failure("no-wasm");
  try {
    latest ??= await (first ??= openPackage<typeof First>("view"));
    return new View();
  } catch (error) {
    // What failed once may succeed when asked again.
    first = undefined;
    const why = await whyNot(beside("view.js"));
    const sentence = why && `A part of this page could not be loaded: ${why}.`;
    throw why ? new Failure("page-file", why, sentence) : Failure.from(error, "page-file");
  }
}

/** Another view of an empty report, at once. */
export function another(_: View): View {
  return new View();
}

/**
 * Draws, asks and exports one report, as the packages' own views do. What needs the package of all
 * charts gives nothing before `ready` has brought it.
 */
export class View {
  #first: First.View = new latest.View();
  /** The same one, if it is of the package of all charts. */
  #all = "csv" in this.#first ? (this.#first as Wasm.View) : undefined;
  /** What that package is to be told once it is there. */
  #report: Partial<Report> = {};
  readonly #told = new Map<string, (all: Wasm.View) => void>();

  /** Gets what a chart needs; without one, what tables and files need. Rejects with a `Failure`. */
  async ready(chart?: Wasm.Chart, options?: ChartOptions): Promise<void> {
    if (this.#has(chart, options)) return;
    let wasm: typeof Wasm;
    try {
      latest = wasm = await (charts ??= openPackage<typeof Wasm>("charts"));
    } catch (error) {
      charts = undefined;
      throw Failure.from(error, "page-file");
    }
    // Whoever else waited for it may have been first.
    if (this.#all) return;
    const all = new wasm.View();
    this.#first.free();
    this.#first = this.#all = all;
    if (this.#report.version) all.update(this.#report);
    for (const tell of this.#told.values()) tell(all);
    this.#forget();
  }

  #has(
    chart: string | undefined,
    { maps, unit, errors, form }: Partial<ChartOptions> = {},
  ): boolean {
    const plain = !maps && !unit && !errors && !form && !this.lacks;
    return Boolean(this.#all || (plain && chart && FIRST.includes(chart)));
  }

  /** Whether its report cannot be drawn before `ready`. */
  get lacks(): boolean {
    const { settings, networks, divergence, model } = this.#report;
    const beyond = settings?.measure ?? settings?.variant ?? networks ?? divergence ?? model?.part;
    return !this.#all && Boolean(beyond);
  }

  #forget(): void {
    this.#report = {};
    this.#told.clear();
  }

  /** Says something that the package of the first figure is not told, or that both are. */
  #tell(name: string, tell: (all: Wasm.View) => void): void {
    if (this.#all) tell(this.#all);
    else this.#told.set(name, tell);
  }

  update(part: Partial<Report>): void {
    if (part.version) this.#forget();
    if (!this.#all) merge(this.#report, part);
    if (!this.lacks) this.#first.update(part);
  }

  /**
   * What `reconstruct` decodes with; false where it first needs `ready`. What only an engine's worker can ask is
   * no such network: then nothing is decoded here.
   */
  network(network: Network): boolean {
    if (hasBlackBox(network)) return true;
    const known = Boolean(this.#all) || isDense(network);
    if (known) this.#first.network(network);
    if (!this.#all) this.#told.set("network", (all) => all.network(network));
    return known;
  }

  projection(...said: Parameters<Wasm.View["projection"]>): void {
    this.#tell("projection", (all) => all.projection(...said));
  }

  choose(images: Uint32Array | undefined): void {
    this.#tell("choose", (all) => all.choose(images));
  }

  /** What the chart `pinned` sets beside the report, the row that is shown of it, and whether its network is the same. */
  pin(...said: Parameters<Wasm.View["pin"]>): void {
    this.#tell("pin", (all) => all.pin(...said));
  }

  /** Adds the next explained images to the errors that are measured; false while these cannot be. */
  add_errors(pixels: Float32Array, latents: Float32Array): boolean {
    return this.#all?.add_errors(pixels, latents) ?? false;
  }

  /** The errors of all images that were added. */
  take_errors(): Report["reconstruction_errors"] {
    return this.#all?.take_errors() as Report["reconstruction_errors"];
  }

  /** Which explained images are drawn beside the errors; without any, those that are off most. */
  picture(images?: Uint32Array, pixels?: Float32Array): void {
    this.#all?.picture(images, pixels);
  }

  /** For each dimension how far a reconstruction moves, and how far off it then is, where it alone is another. */
  carried(...asked: Parameters<Wasm.View["carried"]>): Float32Array | undefined {
    return this.#all?.carried(...asked);
  }

  /** Begins what the chart `decoded` shows; false while that cannot be. */
  decode_plane(...asked: Parameters<Wasm.View["decode_plane"]>): boolean {
    return this.#all?.decode_plane(...asked) ?? false;
  }

  /** Likewise, of draws. */
  decode_prior(...asked: Parameters<Wasm.View["decode_prior"]>): boolean {
    return this.#all?.decode_prior(...asked) ?? false;
  }

  /** Decodes so many more places of it; the share that is decoded. */
  decode_more(count: number): number {
    return this.#all?.decode_more(count) ?? 1;
  }

  /** The latents of one of its places, counted row by row, and what is made of them. */
  decoded_place(at: number): { latents: Float32Array; image: Float32Array } | undefined {
    return this.#all?.decoded_place(at);
  }

  reset(): void {
    this.#forget();
    this.#first.reset();
  }

  /** How something is measured, and what a network is beyond the paper's, is checked by the package of all charts alone. */
  check(
    { measure, variant, ...settings }: RunSettings,
    ...asked: CheckedWith
  ): { field: string; message: string }[] {
    const more = { ...(measure && { measure }), ...(variant && { variant }) };
    return this.#first.check({ ...settings, ...(this.#all && more) }, ...asked);
  }

  decode(bytes: Uint8Array): Wasm.Images {
    return this.#first.decode(bytes);
  }

  pixel(...asked: Parameters<First.View["pixel"]>): Wasm.PixelFacts | undefined {
    return this.lacks ? undefined : this.#first.pixel(...asked);
  }

  /** How many places of a map can be pointed at. */
  grid(options: ChartOptions): { rows: number; columns: number } {
    const { image, rotate, form } = options;
    if (form && this.#all) return this.#all.grid(options);
    const lies = rotate === 90 || rotate === 270;
    return lies
      ? { columns: image.height, rows: image.width }
      : { columns: image.width, rows: image.height };
  }

  reconstruct(latents: Float32Array): Float32Array | undefined {
    return this.#first.reconstruct(latents);
  }

  words(): Wasm.ReportWords | undefined {
    return this.lacks ? undefined : this.#first.words();
  }

  draw(chart: Wasm.Chart, ...how: How): Wasm.ChartLayout | undefined {
    return this.#has(chart, how[1]) ? this.#first.draw(chart as FirstChart, ...how) : undefined;
  }

  height(chart: Wasm.Chart, ...how: Wide): number | undefined {
    return this.#has(chart, how[1]) ? this.#first.height(chart as FirstChart, ...how) : undefined;
  }

  /**
   * Takes over what there is of a run's epochs, each a `Moment`, in place of what there was; gives how all of
   * it came about, the last epoch being the end.
   */
  epochs(moments: readonly object[]): Report["emergence"] {
    this.#all?.forget_moments();
    for (const moment of moments) this.#all?.moment(moment);
    return this.#all?.emergence() as Report["emergence"];
  }

  numbers(chart: Wasm.Chart, options: ChartOptions): Wasm.NumberTable | undefined {
    return this.#all?.numbers(chart, options);
  }

  export_svg(...how: Parameters<Wasm.View["export_svg"]>): string | undefined {
    return this.#all?.export_svg(...how);
  }

  csv(table: Wasm.Table, options: ChartOptions): string | undefined {
    return this.#all?.csv(table, options);
  }
}

type CheckedWith = Parameters<First.View["check"]> extends [unknown, ...infer Rest] ? Rest : never;
type How = [canvas: HTMLCanvasElement, options: ChartOptions, theme: Wasm.Theme];
type Wide = [width: number, options: ChartOptions, theme: Wasm.Theme];
