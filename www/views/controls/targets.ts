/** What can be pointed at beside controls: the row of each dimension. */
import { nextRow } from "../networks/targets";
import { around, inside, STEPS } from "../shared";
import type { Targets } from "../view";
import { ofDimension } from "./words";

export const CONTROLS: Targets = {
  hint: "Point at a row to read its dimension, click it (or tap it twice) to open the dimension. By keyboard: arrows, Enter.",

  at({ layout: { bars = [] } }, x, y) {
    const row = bars.find((place) => inside(place, x, y));
    return row && { kind: "bar", dim: row.dim };
  },

  next(picture, from, key) {
    const step = STEPS[key];
    return step && nextRow(picture, from, step.down + step.right + step.page);
  },

  outlines: ({ layout: { bars = [] } }, target) =>
    bars
      .filter(({ dim }) => target.kind === "bar" && dim === target.dim)
      .map((place) => around(place, 0)),

  words: (picture, target) => (target.kind === "bar" ? ofDimension(picture, target.dim) : ""),

  opens: (_, target) => (target.kind === "bar" ? { dimension: target.dim } : undefined),
};
