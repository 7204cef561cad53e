/** What a view of the figure is. */
import type { Subject } from "./subject";
import type { Dataset } from "../data/dataset";
import type { Other } from "../engine/messages";
import type { Changed } from "../parts/field";
import type { Brought } from "../model/panel";
import type { Network } from "../network";
import type { Report, RunSettings } from "../report";
import type { Run, RunListener } from "../run/run";
import type { TrainedOn } from "../run/train-on";
import type { Name, Texts } from "../settings";
import type { Chart, ChartOptions, Place, View as Charts } from "../view";
import type { Picture, Scene } from "./picture";

/** Everything that one view has of its own. */
export interface View {
  chart: Chart;
  /** The figure's settings that have a bearing on it. */
  settings: readonly Name[];
  /** The parts of a report that it shows. */
  concerns: readonly (keyof Report)[];
  /** Whether it is about one class, which is then to be chosen. */
  ofOneClass?: true;
  /** The height for a width in CSS pixels, where that has to be known before the charts are loaded. */
  height?(width: number, scene: Scene): number | undefined;
  /** What is to be seen in it. */
  sentences(scene: Scene): Sentence[];
  /** Whether its numbers are measured on the explained images. */
  measured: boolean;
  /** Whether its numbers are the paper's, however importance is measured elsewhere. */
  paper?: true;
  /** What it shows of the class that is explained, in a few sentences. */
  findings?(scene: Scene): string;
  targets: Targets;
  /** What it has besides its picture; made once for an element, when it is first shown. */
  tools?(host: Host): Tools;
}

/** What a view's own tools find. */
export interface Host {
  canvas: HTMLCanvasElement;
  /** What lies around the canvas, of the same size. */
  drawing: HTMLElement;
  changed: Changed;
  /** A sentence about images and pixels as it is said of what is shown. */
  say(sentence: string): string;
  /** Sets how a network is measured, and measures the one that is shown anew. */
  measure(texts: Texts): void;
  opened(what: Opened): void;
  /** The run that is shown, as others are compared with it; undefined while there is none. */
  compared(): Compared | undefined;
  /** Compares its network with these that were brought, and no others; false while a run is under way. */
  compare(others: Other[]): boolean;
  /** What can be done with networks that are made of the shown run's. */
  made: Maker;
  pins: Pins;
  /** There is something else to draw. */
  moved(): void;
  /** An explained image of the shown run, by its place among them; undefined where it cannot be had. */
  subject(image: number): Promise<Subject | undefined>;
  /** Paints an image of the shown run as the page shades it. */
  paint(canvas: HTMLCanvasElement, values: Float32Array | undefined): void;
  /** Takes over a part of the shown run's report that the page itself has calculated. */
  found(part: Partial<Report>): void;
}

/** The run that other networks are compared with. */
export interface Compared {
  settings: RunSettings;
  /** Undefined where its images are not open. */
  dataset: Dataset | undefined;
  /** Those that were brought, with which it is compared already. */
  others: readonly Other[];
}

/** What can be done with networks that are made of the shown run's. */
export interface Maker {
  /** Of the shown run, once it is trained. */
  network(): Network | undefined;
  /** Whether networks of its kind can be trained here on its images. */
  trains(): boolean;
  /** Trains a network on, that has so many dimensions; `progress` hears of shares of 1. */
  trainOn(
    network: Network,
    dims: number,
    epochs: number,
    signal: AbortSignal,
    progress: (share: number) => void,
  ): Promise<TrainedOn>;
  /** Explains a network as if it were brought; false while a run is under way. */
  explain(model: Brought): boolean;
}

/** A run as it is looked at. */
export interface Pin {
  run: Run;
  /** What is shown of it, which may be less than the run’s. */
  report: Partial<Report>;
  /** What gives it again, as attributes have it. */
  texts: Texts;
}

/** What can be set beside what is shown. */
export interface Pins {
  /** What was pinned last in this visit; the setting `pinned` says whether it still is. */
  kept: Pin | undefined;
  /** What is shown; undefined while no run has anything to show. */
  shown(): Pin | undefined;
  /** A run with such settings on the images that are open, or why there can be none. */
  beside(texts: Texts): { run: Run; start(listener: RunListener): void } | string;
}

export interface Tools {
  /** Stands above the picture. */
  above: HTMLElement;
  /** Stands below what is read off the picture. */
  below: HTMLElement;
  /** What the picture is drawn with besides what the page says; asked for before it is drawn. */
  options(charts: Charts, scene: Scene): Partial<ChartOptions>;
  /** What is drawn instead of the run's own report, and by which charts. */
  instead?(charts: Charts, scene: Scene): { charts: Charts; scene: Scene };
  /** What is to be seen besides. */
  sentences?(scene: Scene): Sentence[];
  /** The picture has been drawn. */
  shown(picture: Picture): void;
  /** Another view is shown. */
  hidden(): void;
  /** Nothing is shown any more: what is being calculated ends. */
  close(): void;
}

/** Nothing where it does not apply. */
export type Sentence = string | false | undefined;

/** What can be pointed at, how keys move from one to the next, and what is said of it. */
export interface Targets<P = Picture> {
  hint: string;
  /** What is at a place; `reach` says how far off something small may be. */
  at(picture: P, x: number, y: number, reach: number): Target | undefined;
  /** Where a key leads; undefined where it means nothing. */
  next(picture: P, from: Target | undefined, key: string): Target | undefined;
  /** Paths around what belongs to the target. */
  outlines(picture: P, target: Target): string[];
  words(picture: P, target: Target): string;
  opens(picture: P, target: Target): Opened | undefined;
}

/** What is pointed at. */
export type Target =
  /** A pixel of a drawn map, counted from its top left. */
  | { kind: "pixel"; dim: number; column: number; row: number }
  /** A bar; of a class where the view shows several. */
  | { kind: "bar"; dim: number; class?: number }
  /** An image, by its place among all that are shown. */
  | { kind: "image"; image: number }
  | { kind: "cell"; row: number; column: number }
  /** A row of the fair test's scores, from its top. */
  | { kind: "score"; row: number }
  /** A number of dimensions, by its place from the left. */
  | { kind: "step"; at: number }
  /** A pixel where a dendrogram has it, from its left. */
  | { kind: "leaf"; leaf: number }
  /** A pixel of one of several maps of one dimension: the map's place, and the pixel's from its top left. */
  | { kind: "opinion"; map: number; column: number; row: number }
  /** Counted from 0. */
  | { kind: "epoch"; epoch: number }
  /** A step of the histogram of errors, from the left. */
  | { kind: "error"; step: number }
  /** The row of a class that has a share of its own. */
  | { kind: "share"; row: number };

/**
 * What is opened: a dimension, or an explained image, both counted from 0, or as the setting `image` names it;
 * everything as it was after an epoch, 0 being before training; or whatever some settings show.
 */
export type Opened =
  | { dimension: number }
  | { image: number }
  | { named: string }
  | { epoch: number }
  | { settings: Texts };

export type Box = Pick<Place, "x" | "y" | "width" | "height">;
