/** Maps of pixels, one for each latent dimension: their colours, and what can be pointed at. */
import { count, significant } from "../format";
import type { Name } from "../settings";
import type { ChartOptions, PixelFacts } from "../view";
import { bar } from "./bars";
import { overImages } from "./over-images";
import type { Picture } from "./picture";
import { rise } from "./channels";
import { featureNames, placeIn } from "./features";
import { dimensionName } from "./numbering";
import { around, inside, STEPS, within } from "./targets";
import type { Targets } from "./view";
import { measured } from "./words";

/** What the maps' colours are called, those that raise a dimension first. */
export const COLOURS: Record<ChartOptions["palette"], [raise: string, lower: string]> = {
  paper: ["red", "blue"],
  "colour-blind": ["orange", "blue"],
};

/** The settings that a view with a map for every latent dimension heeds. */
export const MAP_SETTINGS: readonly Name[] = [
  "features",
  "patch",
  "cluster-threshold",
  "groups",
  "donors",
  "recipients",
  "opinions",
  "image-errors",
  "errors",
  "maps",
  "unit",
  "method",
  "permutations",
  "permute",
  "channel",
  "sort",
  "filter-empty",
  "top",
  "top-columns",
  "rotate",
  "flip-horizontal",
  "flip-vertical",
  "palette",
  "scale",
];

export const MAPS: Targets = {
  hint: "Point at a map to read its numbers, click it (or tap it twice) to open its dimension. By keyboard: arrows, Page Up and Down, Enter.",

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
    const name = dimensionName(picture.report, target.dim);
    const { columns, rows } = grid(picture);
    const [x, y] = [(target.column + 0.5) / columns, (target.row + 0.5) / rows];
    const pixel = picture.view.pixel(picture.options, target.dim, x, y);
    if (!pixel) return `${name}: nothing known of this ${featureNames(picture)[0]} yet.`;
    const { group, quantity, importance, std_error, too_few } = pixel;
    const inside = group === undefined ? "" : `, in ${group ?? "no group"}`;
    const place = `${placeIn(picture, pixel)}${inside}`;
    const of = std_error ? overImages(picture.options) : "";
    const few = too_few === undefined ? "" : `, too few: lit in ${count(too_few, "image")}`;
    const value = Number.isNaN(importance)
      ? "not known"
      : `${measured(importance, std_error)}${of}${few}${quantity ? ` (${quantity})` : ""}`;
    return `${name}, ${place}: importance ${value}${credit(pixel)}${effect(pixel, rise(picture))}.`;
  },

  opens: (_, target) => ("dim" in target ? { dimension: target.dim } : undefined),
};

/** The maps of one dimension, which is open already. */
export const PAIR: Targets = {
  ...MAPS,
  hint: "Point at a map to read it. By keyboard: arrows.",
  opens: () => undefined,
};

/** Places of a map as it is drawn: pixels, time steps or columns. */
export function grid({ options, view }: Picture): { columns: number; rows: number } {
  return view.grid(options);
}

/** How far a group moves more than its pixels do alone. */
function credit({ shared }: PixelFacts): string {
  if (shared === undefined) return "";
  return shared === Infinity
    ? ", which its pixels alone do not move"
    : `, ${significant(shared, 3)} times the sum of its pixels alone`;
}

function effect({ slope, sign }: PixelFacts, rise: string): string {
  if (sign === null) return "";
  // Results that were computed elsewhere have signs alone.
  const words = slope === null ? "" : `, slope ${significant(slope, 3)}`;
  return `; ${sign === 0 ? "no direction" : `${rise} ${sign > 0 ? "raises" : "lowers"} it`}${words}`;
}
