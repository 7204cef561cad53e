/** The numbers of a run that a lesson's words speak of, by the names that authors write. */
import { labelOf } from "../classes";
import { significant } from "../format";
import type { Matrix, Network, Report } from "../report";

/** What is known of a run that is done. */
export type Found = Report & { network?: Network | undefined };

/** `share(top(1), 0)`: a fact with its arguments. */
export interface Formula {
  name: FactName;
  parts: (number | Formula)[];
  text: string;
}

export type Kind = "count" | "percent" | "measure" | "loss";

/** What stands in a fact's brackets; those with a question mark may be left out. */
export type Argument = "class" | "dim" | "place?" | "epoch?";

interface Fact {
  kind: Kind;
  takes: Argument[];
  /** Undefined where the report does not say. Dimensions are counted from 1, as people do. */
  of(found: Found, ...parts: number[]): number | undefined;
}

/** A pixel of a sample image as bright as this has ink. */
const INK = 0.1;

export const FACTS = {
  height: fact("count", [], ({ image }) => image.height),
  width: fact("count", [], ({ image }) => image.width),
  pixels: fact("count", [], ({ image }) => image.height * image.width),
  dims: fact("count", [], ({ settings }) => settings.dims),
  epochs: fact("count", [], ({ settings }) => settings.epochs),
  seed: fact("count", [], ({ settings }) => settings.seed),
  /** Images that were learned from, that were held out, and that importance is measured on. */
  training: fact("count", [], ({ classes }) => sum(classes.map(({ training }) => training))),
  heldout: fact("count", [], ({ classes }) => sum(classes.map(({ held_out }) => held_out))),
  explained: fact("count", [], ({ classes }) => sum(classes.map(({ explained }) => explained))),
  /** Loss on held-out images after an epoch; without argument after the last. */
  loss: fact("loss", ["epoch?"], ({ training }, epoch) => {
    const losses = training?.held_out_loss;
    return epoch === undefined ? losses?.at(-1) : losses?.[epoch - 1];
  }),
  /** Loss of guessing one half for every pixel, where that does not depend on the images. */
  guessing: fact("loss", [], ({ settings }) => (settings.loss === "mse" ? undefined : Math.LN2)),
  /** The most important dimension for a class; with a second argument the second, third, ... */
  top: fact("count", ["class", "place?"], (report, label, rank = 1) => {
    const dim = ranking(report, label)?.[rank - 1];
    return dim === undefined ? undefined : dim + 1;
  }),
  /** Which place a dimension has in the order of a class. */
  rank: fact("count", ["dim", "class"], (report, dim, label) => {
    const place = ranking(report, label)?.indexOf(dim - 1) ?? -1;
    return place < 0 ? undefined : place + 1;
  }),
  /** Latent importance of a dimension for a class. */
  importance: fact(
    "measure",
    ["dim", "class"],
    (report, dim, label) => latent(report, label)?.[dim - 1],
  ),
  /** The dimension that is higher for a class than for all other images, measured by its spread. */
  marks: fact("count", ["class"], (report, label) => {
    if (!report.encoded) return undefined;
    const leads = dimensions(report.encoded.latents).map(
      (dim) => lead(report, dim, label) ?? -Infinity,
    );
    const most = Math.max(...leads);
    return most > 0 ? leads.indexOf(most) + 1 : undefined;
  }),
  /** Its share of what all dimensions have for that class. */
  share: fact("percent", ["dim", "class"], (report, dim, label) => {
    const values = latent(report, label);
    return values && ratio(values[dim - 1], sum(values));
  }),
  /** Pixels that move no dimension at all. */
  idle: fact(
    "count",
    [],
    (report) => pixelImportance(report, "all")?.filter((value) => value === 0).length,
  ),
  /** Dimensions that no pixel moves. */
  empty: fact("count", [], ({ pixel_importance }) => {
    const matrix = pixel_importance?.mean;
    return matrix && dimensions(matrix).filter((dim) => sum(column(matrix, dim - 1)) === 0).length;
  }),
  /** Pixels of some importance that go with a higher dimension, and those that go with a lower one. */
  raising: fact("count", ["dim"], (report, dim) => signs(report, dim, 1)),
  lowering: fact("count", ["dim"], (report, dim) => signs(report, dim, -1)),
  /** Where the pixel stands that drives a dimension most, from 1, and how much. */
  row: fact("count", ["dim"], (report, dim) => {
    const pixel = strongest(report, dim);
    return pixel && Math.floor(pixel.at / report.image.width) + 1;
  }),
  column: fact("count", ["dim"], (report, dim) => {
    const pixel = strongest(report, dim);
    return pixel && (pixel.at % report.image.width) + 1;
  }),
  strongest: fact("measure", ["dim"], (report, dim) => strongest(report, dim)?.value),
  /**
   * What the pixels of a dimension come to when they are shuffled one at a time, as a share of what they
   * do together: where whole images are shuffled, a dimension changes by twice its variance.
   */
  alone: fact("percent", ["dim"], (report, dim) => {
    const matrix = report.pixel_importance?.mean;
    const values = encoded(report, dim);
    if (!matrix || !values) return undefined;
    return ratio(sum(column(matrix, dim - 1)), 2 * variance(values));
  }),
  /** What the groups of a run come to, shuffled one at a time, in the same measure. */
  together: fact("percent", ["dim"], (report, dim) => {
    const matrix = report.groups?.importance.mean;
    const values = encoded(report, dim);
    if (!matrix || !values) return undefined;
    return ratio(sum(column(matrix, dim - 1)), 2 * variance(values));
  }),
  /** The group that matters most for a dimension, over what its pixels come to one at a time. */
  shared: fact("measure", ["dim"], shared),
  /** Pairs of neighbouring pixels that matter and whose weights for a dimension have the same sign. */
  alike: fact("percent", ["dim"], alike),
  /** Dimensions for which the fair test names no method, of those that are not the same in all images. */
  undecided: fact("count", [], ({ opinions }) => {
    const { winners, scores } = opinions?.test ?? {};
    return winners?.filter(
      (winner, dim) => !winner && scores!.some(({ area }) => area[dim] != null),
    ).length;
  }),
  /** Explained images of a class for which a dimension is 0. */
  zero: fact("percent", ["dim", "class"], (report, dim, label) => {
    const values = encoded(report, dim, label);
    return values && ratio(values.filter((value) => value === 0).length, values.length);
  }),
  /** A dimension's mean over the explained images of a class. */
  mean: fact("measure", ["dim", "class"], (report, dim, label) => {
    const values = encoded(report, dim, label);
    return values?.length ? mean(values) : undefined;
  }),
  /** Pixels where one of the sample images has ink, and their share of all importance. */
  inked: fact("percent", [], (report) => {
    const ink = inked(report);
    return ink && ratio(ink.filter(Boolean).length, ink.length);
  }),
  onink: fact("percent", [], (report) => {
    const ink = inked(report);
    const total = pixelImportance(report, "all");
    return ink && total && ratio(sum(total.filter((_, pixel) => ink[pixel])), sum(total));
  }),
  /** Of all importance, that of columns which are noise, of data that were made. */
  noise: fact("percent", [], (report) => {
    const { columns, made } = report.data;
    const total = pixelImportance(report, "all");
    if (!made || !columns || !total) return undefined;
    return ratio(sum(total.filter((_, at) => columns[at]?.startsWith("noise "))), sum(total));
  }),
} satisfies Record<string, Fact>;

export type FactName = keyof typeof FACTS;

/** What a formula comes to in a run; undefined where the report does not say. */
export function evaluate(formula: Formula, report: Found): number | undefined {
  const parts: number[] = [];
  for (const part of formula.parts) {
    const value = typeof part === "number" ? part : evaluate(part, report);
    if (value === undefined) return undefined;
    parts.push(value);
  }
  const { of } = FACTS[formula.name] as Fact;
  const value = of(report, ...parts);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** A number as people of a language read it. */
export function written(value: number, kind: Kind, language: string): string {
  const format = new Intl.NumberFormat(language, FORMATS[kind]);
  if (kind !== "measure") return format.format(value);
  // As everywhere in the explorer, but for the decimal sign.
  const sign = format.formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";
  return significant(value, 3).replace(".", sign);
}

const FORMATS: Record<Kind, Intl.NumberFormatOptions> = {
  count: { maximumFractionDigits: 0 },
  percent: { style: "percent", maximumSignificantDigits: 2 },
  measure: {},
  loss: { minimumFractionDigits: 3, maximumFractionDigits: 3 },
};

/** Reads `name` or `name(1, name(2))`; throws a sentence where that is no formula. */
export function formula(text: string): Formula {
  const marks = text.match(/[a-z]+|\d+|\S/gi) ?? [];
  let at = 0;
  const read = (): number | Formula => {
    const mark = marks[at++] ?? "";
    if (/^\d+$/.test(mark)) return Number(mark);
    if (!Object.hasOwn(FACTS, mark)) {
      throw new Error(`“${mark}” is no fact; facts are ${Object.keys(FACTS).join(", ")}`);
    }
    const name = mark as FactName;
    const parts: (number | Formula)[] = [];
    if (marks[at] === "(") {
      do {
        at += 1;
        parts.push(read());
      } while (marks[at] === ",");
      if (marks[at++] !== ")") throw new Error(`“${text}” lacks a closing bracket`);
    }
    const { takes } = FACTS[name];
    const [least, most] = [takes.filter((each) => !each.endsWith("?")).length, takes.length];
    if (parts.length < least || parts.length > most) {
      const many = least === most ? `${least}` : `${least} or ${most}`;
      throw new Error(`“${name}” takes ${many} numbers in brackets, not ${parts.length}`);
    }
    return { name, parts, text };
  };
  const whole = read();
  if (typeof whole === "number" || at < marks.length) {
    throw new Error(`“${text}” is no fact such as top(1) or share(top(1), 1)`);
  }
  return whole;
}

/**
 * Importance of every pixel for a dimension counted from 1, or for all of them together. Where each channel
 * was shuffled by itself, that of the channel which matters most.
 */
export function pixelImportance(report: Report, dim: number | "all"): number[] | undefined {
  const matrix = report.pixel_importance?.mean;
  if (!matrix) return undefined;
  const values = dim === "all" ? sums(matrix) : column(matrix, dim - 1);
  const { height, width } = report.image;
  const each = values.length / (height * width);
  return Array.from({ length: height * width }, (_, pixel) =>
    Math.max(...values.slice(pixel * each, (pixel + 1) * each)),
  );
}

function fact(kind: Kind, takes: Argument[], of: Fact["of"]): Fact {
  return { kind, takes, of };
}

/** Nothing where the class has one explained image: it cannot be measured. */
function latent({ classes, latent_importance }: Report, name: number): number[] | undefined {
  const label = labelOf(`${name}`, classes);
  const row = classes.findIndex((each) => each.label === label);
  if (!latent_importance || row < 0 || classes[row]!.explained < 2) return undefined;
  const dims = latent_importance.mean.shape[1];
  return [...latent_importance.mean.data.subarray(row * dims, (row + 1) * dims)];
}

/** Dimensions from 0, the most important for a class first. */
function ranking(report: Report, label: number): number[] | undefined {
  const values = latent(report, label);
  return values && [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
}

/** Dimensions from 1, one for each column. */
function dimensions({ shape: [, columns] }: Matrix): number[] {
  return Array.from({ length: columns }, (_, dim) => dim + 1);
}

/** Whether a dimension is higher for a class than for the other explained images. */
export function isHigher(report: Report, dim: number, label: number): boolean {
  return (lead(report, dim, label) ?? 0) > 0;
}

/** How far a dimension's mean over a class is above that over the other images, in units of its spread. */
function lead({ encoded, classes }: Report, dim: number, name: number): number | undefined {
  const label = labelOf(`${name}`, classes);
  if (!encoded || !Number.isInteger(dim) || dim < 1 || dim > encoded.latents.shape[1])
    return undefined;
  const values = column(encoded.latents, dim - 1);
  const own = values.filter((_, row) => encoded.labels[row] === label);
  const others = values.filter((_, row) => encoded.labels[row] !== label);
  if (!own.length || !others.length) return undefined;
  const spread = Math.sqrt((variance(own) + variance(others)) / 2);
  const gap = mean(own) - mean(others);
  return gap === 0 ? 0 : gap / spread;
}

/** In an encoder of one layer for grey images, over pixels of some importance beside or above one another. */
function alike({ pixel_importance, image, network }: Found, dim: number): number | undefined {
  if (image.channels > 1) return undefined;
  const [layer, ...deeper] = network?.encoder ?? [];
  if (!pixel_importance || !layer || layer.kind || layer.black_box || deeper.length)
    return undefined;
  if (dim > layer.weight.shape[1]) return undefined;
  const weights = column(layer.weight, dim - 1);
  const importance = column(pixel_importance.mean, dim - 1);
  let [same, pairs] = [0, 0];
  for (const [pixel, weight] of weights.entries()) {
    const right = (pixel + 1) % image.width ? pixel + 1 : -1;
    for (const other of [right, pixel + image.width]) {
      if (!importance[pixel] || !importance[other]) continue;
      pairs += 1;
      if (weight * weights[other]! > 0) same += 1;
    }
  }
  return ratio(same, pairs);
}

function shared({ groups, pixel_importance }: Report, dim: number): number | undefined {
  if (!groups || !pixel_importance) return undefined;
  const together = column(groups.importance.mean, dim - 1);
  const own = column(pixel_importance.mean, dim - 1);
  const { of } = groups.grouping;
  // Where each channel is shuffled by itself, features are no pixels.
  if (own.length !== of.length) return undefined;
  const most = together.indexOf(Math.max(...together));
  return ratio(together[most], sum(own.filter((_, pixel) => of[pixel] === most + 1)));
}

function column({ shape: [rows, columns], data }: Matrix, at: number): number[] {
  return Array.from({ length: rows }, (_, row) => data[row * columns + at]!);
}

/** The sum of every row. */
function sums({ shape: [rows, columns], data }: Matrix): number[] {
  return Array.from({ length: rows }, (_, row) =>
    sum(data.subarray(row * columns, (row + 1) * columns)),
  );
}

function encoded({ encoded, classes }: Report, dim: number, name?: number): number[] | undefined {
  if (!encoded || dim > encoded.latents.shape[1]) return undefined;
  const values = column(encoded.latents, dim - 1);
  if (name === undefined) return values;
  const label = labelOf(`${name}`, classes);
  return values.filter((_, row) => encoded.labels[row] === label);
}

/** Of the pixels that matter for a dimension, those that move it one way. */
function signs({ direction, pixel_importance }: Report, dim: number, sign: number) {
  if (!direction || !pixel_importance) return undefined;
  const importance = column(pixel_importance.mean, dim - 1);
  const ways = column(direction.sign, dim - 1);
  return ways.filter((way, pixel) => way === sign && importance[pixel]! > 0).length;
}

function strongest(report: Report, dim: number) {
  const values = pixelImportance(report, dim);
  if (!values) return undefined;
  const value = Math.max(...values);
  return { at: values.indexOf(value), value };
}

/** Of every pixel, whether one of the samples has something in one of its channels. */
function inked({ samples, image: { channels } }: Report): boolean[] | undefined {
  if (!samples) return undefined;
  const { shape, data } = samples.images;
  const [images, numbers] = shape;
  return Array.from({ length: numbers / channels }, (_, pixel) =>
    Array.from({ length: images }, (_, image) => image * numbers + pixel * channels).some((at) =>
      data.subarray(at, at + channels).some((value) => value > INK),
    ),
  );
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function ratio(part: number | undefined, whole: number): number | undefined {
  return part === undefined || whole === 0 ? undefined : part / whole;
}

function mean(values: number[]): number {
  return sum(values) / values.length;
}

function variance(values: number[]): number {
  const middle = mean(values);
  return sum(values.map((value) => (value - middle) ** 2)) / values.length;
}
