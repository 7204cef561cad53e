/** What can be pointed at beside other networks: the rows of dimensions, and pixels of their maps. */
import type { Report } from "../../report";
import type { Picture } from "../picture";
import {
  around,
  dimensionName,
  featureNames,
  grid,
  inside,
  placeIn,
  rise,
  significant,
  STEPS,
  within,
} from "../shared";
import { middle, outlined, pixelAt, stepped } from "../opinions/maps";
import type { Target, Targets } from "../view";
import { fate, matched } from "./words";

export const NETWORKS: Targets = {
  hint: "Point at a row to read what has become of its dimension, at a map to read its pixels; click (or tap twice) to open the dimension. By keyboard: arrows, Page Down to the maps, Enter.",

  at(picture, x, y) {
    const pixel = pixelAt(picture, x, y);
    if (pixel) return pixel;
    const { bars = [] } = picture.layout;
    const row = bars.find((place) => inside(place, x, y));
    return row && { kind: "bar", dim: row.dim };
  },

  next(picture, from, key) {
    const { maps = [], bars = [] } = picture.layout;
    const step = STEPS[key];
    if (!step || !bars.length) return undefined;
    if (from?.kind === "opinion") {
      const map = from.map + step.page;
      if (map < 0) return { kind: "bar", dim: bars[0]!.dim };
      return stepped(picture, from, step);
    }
    if (step.page > 0 && maps.length) return middle(picture);
    return nextRow(picture, from, step.down + step.right);
  },

  outlines(picture, target) {
    const { bars = [] } = picture.layout;
    if (target.kind === "bar") {
      return bars.filter(({ dim }) => dim === target.dim).map((place) => around(place, 0));
    }
    return target.kind === "opinion" ? outlined(picture, target) : [];
  },

  words(picture, target) {
    const { report } = picture;
    if (!report) return "";
    if (target.kind === "bar") return fate(report, target.dim);
    return target.kind === "opinion" ? ofPixel(picture, report, target) : "";
  },

  opens(picture, target) {
    if (target.kind === "bar") return { dimension: target.dim };
    const dim = picture.layout.maps?.[0]?.dim;
    return target.kind === "opinion" && dim !== undefined ? { dimension: dim } : undefined;
  },
};

/** The row above or below, the first where there is none yet. */
export function nextRow(
  { layout: { bars = [] } }: Picture,
  from: Target | undefined,
  by: number,
): Target | undefined {
  if (!bars.length) return undefined;
  const at = from?.kind === "bar" ? bars.findIndex(({ dim }) => dim === from.dim) + by : 0;
  return { kind: "bar", dim: bars[within(at, bars.length)]!.dim };
}

function ofPixel(
  picture: Picture,
  report: Partial<Report>,
  { map, column, row }: Extract<Target, { kind: "opinion" }>,
): string {
  const { view, options, layout } = picture;
  const dim = layout.maps?.[map]?.dim;
  if (dim === undefined) return "";
  const { columns, rows } = grid(picture);
  const [x, y] = [(column + 0.5) / columns, (row + 0.5) / rows];
  const facts = view.pixel(plain(options), dim, x, y);
  const name = dimensionName(report, dim);
  const [one] = featureNames(picture);
  const place = facts ? placeIn(picture, facts) : `this ${one}`;
  const other = map > 0 ? report.networks?.others[map - 1] : undefined;
  if (other) {
    const match = other.matches[dim]!;
    const values = match.dim == null ? undefined : other.maps[dim];
    const found = facts && values?.[facts.pixel];
    const value = found === undefined ? "no map" : moved(found, rise(picture));
    return `${name} in ${other.name} (${matched(match)}), ${place}: ${value}.`;
  }
  if (!facts) return `${name}: nothing known of this ${one} yet.`;
  const signed = facts.importance * (facts.sign ?? 1);
  return `${name} in this network, ${place}: ${moved(signed, rise(picture))}.`;
}

/** Maps here are of single pixels by V, in the paper's units. */
function plain({ maps: _, unit: __, ...options }: Picture["options"]): Picture["options"] {
  return { ...options, single: true };
}

function moved(value: number, rise: string): string {
  const way = value === 0 ? "" : `; ${rise} ${value > 0 ? "raises" : "lowers"} it`;
  return `importance ${significant(Math.abs(value), 3)}${way}`;
}
