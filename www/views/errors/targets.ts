/** What can be read off the errors: steps of the histogram, classes, pixels of the mean map, and images. */
import type { Picture } from "../picture";
import {
  around,
  count,
  grid,
  imageOf,
  inside,
  integer,
  significant,
  STEPS,
  within,
} from "../shared";
import type { Target, Targets } from "../view";

/** The kinds of places, in the order in which keys reach them. */
const KINDS = ["image", "error", "share", "pixel"] as const;

type Kind = (typeof KINDS)[number];

export const ERRORS: Targets = {
  hint: "Point at an image to read its error, click it (or tap it twice) to open it; pull in the histogram to move the threshold. By keyboard: arrows, Page Up and Page Down from images to histogram, classes and pixels, Enter.",

  at(picture, x, y) {
    const { images = [], errors, maps = [] } = picture.layout;
    const image = images.find((place) => inside(place, x, y));
    if (image) return { kind: "image", image: image.sample };
    const step = errors?.steps.findIndex((place) => inside(place, x, y)) ?? -1;
    if (step >= 0) return { kind: "error", step };
    const row = errors?.classes.findIndex((place) => inside(place, x, y)) ?? -1;
    if (row >= 0) return { kind: "share", row };
    const [map] = maps;
    if (!map || !inside(map, x, y)) return undefined;
    const { columns, rows } = cells(picture);
    const at = (from: number, length: number, cells: number) =>
      within(Math.floor((from / length) * cells), cells);
    return {
      kind: "pixel",
      dim: 0,
      column: at(x - map.x, map.width, columns),
      row: at(y - map.y, map.height, rows),
    };
  },

  next(picture, from, key) {
    const step = STEPS[key];
    if (!step) return undefined;
    const there = KINDS.filter((kind) => howMany(picture, kind) > 0);
    if (there.length === 0) return undefined;
    if (!from) return target(there[0]!, 0, picture);
    const kind = KINDS.find((each) => each === from.kind) ?? "image";
    if (step.page !== 0) {
      const to = there[within(there.indexOf(kind) + step.page, there.length)]!;
      return to === kind ? from : target(to, 0, picture);
    }
    const all = howMany(picture, kind);
    const { columns } = cells(picture);
    const down = kind === "pixel" ? columns : kind === "image" ? across(picture) : 1;
    const by = step.right + down * step.down;
    return target(kind, within(placeOf(picture, from) + by, all), picture);
  },

  outlines(picture, target) {
    const { images = [], errors, maps = [] } = picture.layout;
    if (target.kind === "image") {
      const found = images.find(({ sample }) => sample === target.image);
      return found ? [around(found, 2)] : [];
    }
    if (target.kind === "error") {
      const found = errors?.steps[target.step];
      return found ? [around(found, 0)] : [];
    }
    if (target.kind === "share") {
      const found = errors?.classes[target.row];
      return found ? [around(found, 0)] : [];
    }
    const [map] = maps;
    if (target.kind !== "pixel" || !map) return [];
    const { columns, rows } = cells(picture);
    const [width, height] = [map.width / columns, map.height / rows];
    const [x, y] = [map.x + target.column * width, map.y + target.row * height];
    return [around({ x, y, width, height }, 0)];
  },

  words(picture, target) {
    const { report, layout } = picture;
    const found = report?.reconstruction_errors;
    const { encoded } = report ?? {};
    if (!found || !encoded) return "";
    if (target.kind === "image") {
      return imageWords(picture, target.image);
    }
    if (target.kind === "error") {
      const step = layout.errors?.steps[target.step];
      if (!step) return "";
      const [from, to] = [step.from, step.to].map((error) => significant(error, 3));
      return `${count(step.count, "image")} with a mean squared error from ${from} to ${to}.`;
    }
    if (target.kind === "share") return shareWords(picture, target.row);
    if (target.kind !== "pixel") return "";
    return pixelWords(picture, target);
  },

  opens: (_, target) => (target.kind === "image" ? { image: target.image } : undefined),
};

/** Errors are drawn as images whatever their rows are. */
function asImage({ form: _, ...options }: Picture["options"]): Picture["options"] {
  return options;
}

function cells(picture: Picture): { columns: number; rows: number } {
  return grid({ ...picture, options: asImage(picture.options) });
}

function imageWords({ report, classes, names, layout }: Picture, image: number): string {
  const { encoded, reconstruction_errors: found } = report!;
  const name = names[classes.indexOf(encoded!.labels[image]!)] ?? "";
  const error = found!.mean_squared[image]!;
  const larger = found!.mean_squared.reduce((sum, each) => sum + Number(each > error), 0);
  const all = found!.mean_squared.length;
  const above = layout.errors && error > layout.errors.above ? ", above the threshold" : "";
  const entropy = significant(found!.cross_entropy[image]!, 3);
  return `${imageOf(encoded!, image, name)}: mean squared error ${significant(error, 3)} (place ${integer(larger + 1)} of ${integer(all)}${above}), cross-entropy ${entropy} nats.`;
}

function shareWords({ report, classes, names, layout }: Picture, row: number): string {
  const { encoded, reconstruction_errors: found } = report!;
  const above = layout.errors?.above ?? 0;
  const label = classes[row];
  const own = found!.mean_squared.filter((_, image) => encoded!.labels[image] === label);
  const more = own.filter((error) => error > above).length;
  const mean = own.reduce((sum, error) => sum + error, 0) / Math.max(1, own.length);
  const share = significant((100 * more) / Math.max(1, own.length), 2);
  return own.length === 0
    ? `Class ${names[row] ?? ""} has no explained image.`
    : `Class ${names[row] ?? ""}: ${integer(more)} of ${count(own.length, "image")} (${share} %) above ${significant(above, 3)}; mean squared error ${significant(mean, 3)} on average.`;
}

/** Where a pixel of the drawn map is in the image as it is stored is what the charts know. */
function pixelWords(picture: Picture, { column, row }: { column: number; row: number }): string {
  const { view, options, report } = picture;
  const { columns, rows } = cells(picture);
  const facts = view.pixel(asImage(options), 0, (column + 0.5) / columns, (row + 0.5) / rows);
  const { channels } = options.image;
  const values = report!.reconstruction_errors!.by_value;
  if (!facts) return "";
  const pixel = (facts.row - 1) * options.image.width + facts.column - 1;
  const own = values.slice(pixel * channels, (pixel + 1) * channels);
  const mean = own.reduce((sum, value) => sum + value, 0) / Math.max(1, own.length);
  const named = report!.data?.columns?.[pixel];
  const where = named ?? `Row ${facts.row}, column ${facts.column}`;
  return `${where}: mean squared error ${significant(mean, 3)} over all explained images.`;
}

function howMany(picture: Picture, kind: Kind): number {
  const { images = [], errors, maps = [] } = picture.layout;
  if (kind === "image") return images.length;
  if (kind === "error") return errors?.steps.length ?? 0;
  if (kind === "share") return errors?.classes.length ?? 0;
  const { columns, rows } = cells(picture);
  return maps.length ? columns * rows : 0;
}

function placeOf(picture: Picture, target: Target): number {
  if (target.kind === "image") {
    const { images = [] } = picture.layout;
    return images.findIndex(({ sample }) => sample === target.image);
  }
  if (target.kind === "error") return target.step;
  if (target.kind === "share") return target.row;
  return target.kind === "pixel" ? target.row * cells(picture).columns + target.column : 0;
}

function target(kind: Kind, at: number, picture: Picture): Target {
  if (kind === "image") return { kind, image: picture.layout.images![at]!.sample };
  if (kind === "error") return { kind, step: at };
  if (kind === "share") return { kind, row: at };
  const { columns } = cells(picture);
  return { kind, dim: 0, column: at % columns, row: Math.floor(at / columns) };
}

/** How many images stand beside each other. */
function across({ layout: { images = [] } }: Picture): number {
  return Math.max(1, images.filter(({ y }) => y === images[0]?.y).length);
}
