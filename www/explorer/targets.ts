/** What can be pointed at in each view, how keys move from one to the next, and what is said of it. */
import { significant } from "../format";
import type { PixelFacts, Place } from "../view";
import { explained, isMeasured, type Picture, type ViewChart } from "./picture";
import { whichImage } from "./source";
import { latentImportance, measured, one } from "./words";

type Box = Pick<Place, "x" | "y" | "width" | "height">;

/** What is pointed at. */
export type Target =
  /** A pixel of a drawn map, counted from its top left. */
  | { kind: "pixel"; dim: number; column: number; row: number }
  /** A bar; of a class where the view shows several. */
  | { kind: "bar"; dim: number; class?: number }
  /** An image, by its place among all that are shown. */
  | { kind: "image"; image: number }
  | { kind: "cell"; row: number; column: number };

/** What is opened: a dimension, or an explained image, both counted from 0. */
export type Opened = { dimension: number } | { image: number };

export interface Targets {
  hint: string;
  at(picture: Picture, x: number, y: number): Target | undefined;
  /** Where a key leads; undefined where it means nothing. */
  next(picture: Picture, from: Target | undefined, key: string): Target | undefined;
  /** Paths around what belongs to the target. */
  outlines(picture: Picture, target: Target): string[];
  words(picture: Picture, target: Target): string;
  opens(picture: Picture, target: Target): Opened | undefined;
}

const MAPS: Targets = {
  hint: "Point at a map to read its pixels, click it (or tap it twice) to open its dimension. By keyboard: arrows, Page Up and Down, Enter.",

  at(picture, x, y) {
    const { maps = [], bars = [] } = picture.layout;
    const map = maps.find((place) => inside(place, x, y));
    if (map) {
      const { columns, rows } = grid(picture);
      const column = Math.min(columns - 1, Math.floor(((x - map.x) / map.width) * columns));
      const row = Math.min(rows - 1, Math.floor(((y - map.y) / map.height) * rows));
      return { kind: "pixel", dim: map.dim, column, row };
    }
    const bar = bars.find((place) => inside(place, x, y));
    return bar && { kind: "bar", dim: bar.dim };
  },

  next(picture, from, key) {
    const { maps = [] } = picture.layout;
    const step = STEPS[key];
    if (!step || !maps.length) return undefined;
    const { columns, rows } = grid(picture);
    const dim = from && "dim" in from ? from.dim : undefined;
    const at = Math.max(
      0,
      maps.findIndex((map) => map.dim === dim),
    );
    // The first key only shows where one is.
    if (from?.kind !== "pixel") {
      const [column, row] = [Math.floor(columns / 2), Math.floor(rows / 2)];
      return { kind: "pixel", dim: maps[at]!.dim, column, row };
    }
    return {
      kind: "pixel",
      dim: maps[within(at + step.page, maps.length)]!.dim,
      column: within(from.column + step.right, columns),
      row: within(from.row + step.down, rows),
    };
  },

  outlines(picture, target) {
    const { maps = [], bars = [] } = picture.layout;
    const dim = "dim" in target ? target.dim : undefined;
    const all = [...maps, ...bars].filter((place) => place.dim === dim);
    const outlines = all.map((place) => around(place, 2));
    if (target.kind === "pixel") {
      const { columns, rows } = grid(picture);
      for (const { x, y, width, height } of maps) {
        const pixel = {
          x: x + (target.column * width) / columns,
          y: y + (target.row * height) / rows,
          width: width / columns,
          height: height / rows,
        };
        outlines.push(around(pixel, 0.5));
      }
    }
    return outlines;
  },

  words(picture, target) {
    if (target.kind === "bar") return bar(picture, target.dim, picture.options.class);
    if (target.kind !== "pixel") return "";
    const name = `Dimension ${target.dim + 1}`;
    const { columns, rows } = grid(picture);
    const [x, y] = [(target.column + 0.5) / columns, (target.row + 0.5) / rows];
    const pixel = picture.view.pixel(picture.options, target.dim, x, y);
    if (!pixel) return `${name}: nothing known of this pixel yet.`;
    const value = measured(pixel.importance, pixel.std_error);
    const place = `row ${pixel.row}, column ${pixel.column}`;
    return `${name}, ${place}: importance ${value}${effect(pixel)}.`;
  },

  opens: (_, target) => ("dim" in target ? { dimension: target.dim } : undefined),
};

const BARS: Targets = {
  hint: "Point at a bar to read it, click it (or tap it twice) to open its dimension. By keyboard: arrows, Enter.",

  at({ layout: { bars = [] } }, x, y) {
    const found = bars.find((place) => inside(place, x, y));
    return (
      found && {
        kind: "bar",
        dim: found.dim,
        ...(found.class !== undefined && { class: found.class }),
      }
    );
  },

  next({ layout: { bars = [] }, options }, from, key) {
    const step = STEPS[key];
    const first = bars[0];
    if (!step || !first) return undefined;
    if (from?.kind !== "bar") return { kind: "bar", dim: first.dim, class: first.class ?? 0 };
    const classes = [...new Set(bars.map((place) => place.class ?? options.class))];
    const at = within(classes.indexOf(from.class ?? 0) + step.right + step.page, classes.length);
    const own = bars.filter((place) => place.class === classes[at]);
    const row = own.findIndex(({ dim }) => dim === from.dim);
    return { kind: "bar", dim: own[within(row + step.down, own.length)]!.dim, class: classes[at]! };
  },

  outlines({ layout: { bars = [] } }, target) {
    const dim = target.kind === "bar" ? target.dim : undefined;
    return bars.filter((place) => place.dim === dim).map((place) => around(place, 1));
  },

  words: (picture, target) =>
    target.kind === "bar" ? bar(picture, target.dim, target.class ?? picture.options.class) : "",
  opens: (_, target) => (target.kind === "bar" ? { dimension: target.dim } : undefined),
};

/** A pointer so far from a point, in CSS pixels, still means it. */
const NEAR = 12;
/** Half the width of what is drawn around a point. */
const RING = 9;

const POINTS: Targets = {
  hint: "Point at a place to read whose it is, click it (or tap it twice) to see its image. By keyboard: arrows, Enter.",

  at({ layout: { points } }, x, y) {
    if (!points) return undefined;
    let nearest = -1;
    let least = NEAR ** 2;
    for (let image = 0; 2 * image < points.length; image += 1) {
      const distance = (points[2 * image]! - x) ** 2 + (points[2 * image + 1]! - y) ** 2;
      if (distance < least) [nearest, least] = [image, distance];
    }
    return nearest < 0 ? undefined : { kind: "image", image: nearest };
  },

  next({ report, options: { selected } }, from, key) {
    const labels = report?.encoded?.labels;
    const step = STEPS[key];
    if (!step || !labels?.length) return undefined;
    if (from?.kind !== "image") return { kind: "image", image: selected ?? 0 };
    const along = within(from.image + step.right, labels.length);
    const towards = step.down + step.page;
    if (!towards) return { kind: "image", image: along };
    // To the first image of the next class, or of this one on the way back.
    const own = labels.indexOf(labels[from.image]!);
    const other = towards > 0 ? labels.lastIndexOf(labels[from.image]!) + 1 : own - 1;
    const to = within(other, labels.length);
    return { kind: "image", image: labels.indexOf(labels[to]!) };
  },

  outlines({ layout: { points } }, target) {
    if (target.kind !== "image" || !points) return [];
    const [x = 0, y = 0] = points.subarray(2 * target.image);
    return [around({ x: x - RING, y: y - RING, width: 2 * RING, height: 2 * RING }, 0)];
  },

  words(picture, target) {
    const encoded = picture.report?.encoded;
    if (target.kind !== "image" || !encoded) return "";
    const row = picture.classes.indexOf(encoded.labels[target.image]!);
    return whichImage(encoded, target.image, picture.names[row] ?? "");
  },

  opens: (_, target) => (target.kind === "image" ? { image: target.image } : undefined),
};

const IMAGES: Targets = {
  hint: "Point at an image to read how far off its reconstruction is. By keyboard: arrows.",

  at({ layout: { images = [] } }, x, y) {
    const found = images.find((place) => inside(place, x, y));
    return found && { kind: "image", image: found.sample };
  },

  next({ layout: { images = [] } }, from, key) {
    const step = STEPS[key];
    if (!step || !images.length) return undefined;
    if (from?.kind !== "image") return { kind: "image", image: images[0]!.sample };
    const at = images.findIndex(({ sample }) => sample === from.image);
    const to = within(at + step.right + step.down + step.page, images.length);
    return { kind: "image", image: images[to]!.sample };
  },

  outlines({ layout: { images = [] } }, target) {
    const found = target.kind === "image" && images.find(({ sample }) => sample === target.image);
    return found ? [around(found, 2)] : [];
  },

  words({ report, classes, names }, target) {
    const samples = report?.samples;
    if (target.kind !== "image" || !samples) return "";
    const pixels = samples.images.shape[1];
    const from = target.image * pixels;
    let squares = 0;
    for (let at = from; at < from + pixels; at += 1) {
      squares += (samples.images.data[at]! - samples.reconstructions.data[at]!) ** 2;
    }
    const name = names[classes.indexOf(samples.labels[target.image]!)] ?? "";
    const error = significant(squares / pixels, 3);
    return `Image ${target.image + 1}, ${one(name)}: mean squared error ${error}.`;
  },

  opens: () => undefined,
};

const CELLS: Targets = {
  hint: "Point at a cell to read it. By keyboard: arrows.",

  at({ layout: { cells = [] } }, x, y) {
    const found = cells.find((place) => inside(place, x, y));
    return found && { kind: "cell", row: found.row, column: found.column };
  },

  next({ names, layout: { cells = [] } }, from, key) {
    const step = STEPS[key];
    if (!step || !cells.length) return undefined;
    if (from?.kind !== "cell")
      return { kind: "cell", row: 0, column: Math.min(1, names.length - 1) };
    const row = within(from.row + step.down, names.length);
    return { kind: "cell", row, column: within(from.column + step.right, names.length) };
  },

  outlines: ({ layout: { cells = [] } }, target) =>
    cells.filter((place) => isCell(place, target)).map((place) => around(place, 0)),

  words(picture, target) {
    const { names, layout } = picture;
    const { cells = [] } = layout;
    const found = cells.find((place) => isCell(place, target));
    if (!found) return "";
    const pair = `${names[found.row]} and ${names[found.column]}`;
    const unmeasured = [found.row, found.column].find((row) => !isMeasured(picture, row));
    if (unmeasured !== undefined)
      return `${pair}: no likeness, as ${unmeasurable(names[unmeasured]!)}.`;
    if (found.value === null)
      return `${pair}: no likeness, as no dimension matters for one of them.`;
    return `${pair}: likeness ${significant(found.value, 3)}.`;
  },

  opens: () => undefined,
};

export const TARGETS: Record<ViewChart, Targets> = {
  figure: MAPS,
  pixels: MAPS,
  classes: BARS,
  space: POINTS,
  reconstructions: IMAGES,
  likeness: CELLS,
};

const STEPS: Record<string, { right: number; down: number; page: number }> = {
  ArrowLeft: { right: -1, down: 0, page: 0 },
  ArrowRight: { right: 1, down: 0, page: 0 },
  ArrowUp: { right: 0, down: -1, page: 0 },
  ArrowDown: { right: 0, down: 1, page: 0 },
  PageUp: { right: 0, down: 0, page: -1 },
  PageDown: { right: 0, down: 0, page: 1 },
};

/** Pixels of a map as it is drawn. */
function grid({ options: { image, rotate } }: Picture): { columns: number; rows: number } {
  const lies = rotate === 90 || rotate === 270;
  return lies
    ? { columns: image.height, rows: image.width }
    : { columns: image.width, rows: image.height };
}

function bar(picture: Picture, dim: number, row: number): string {
  const { mean, std_error } = latentImportance(picture.report, picture.options) ?? {};
  const name = `Dimension ${dim + 1}`;
  if (!isMeasured(picture, row)) return `${name}: ${unmeasurable(picture.names[row] ?? "")}.`;
  if (!mean) return `${name}: importance not known yet.`;
  const at = row * mean.shape[1] + dim;
  const label = row === picture.options.class ? explained(picture) : (picture.names[row] ?? "");
  return `${name}: importance for ${one(label)} ${measured(mean.data[at]!, std_error?.data[at])}.`;
}

function unmeasurable(name: string): string {
  return `importance cannot be measured for ${name}, of which one image is explained`;
}

function effect({ slope, sign }: PixelFacts): string {
  if (sign === null || slope === null) return "";
  const words = significant(slope, 3);
  if (sign === 0) return `; no direction, slope ${words}`;
  return `; a brighter pixel ${sign > 0 ? "raises" : "lowers"} it, slope ${words}`;
}

function inside(box: Box, x: number, y: number): boolean {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

function isCell(place: { row: number; column: number }, target: Target): boolean {
  return target.kind === "cell" && place.row === target.row && place.column === target.column;
}

function around({ x, y, width, height }: Box, by: number): string {
  return `M${x - by} ${y - by}h${width + 2 * by}v${height + 2 * by}h${-width - 2 * by}z`;
}

function within(position: number, count: number): number {
  return Math.max(0, Math.min(count - 1, position));
}
