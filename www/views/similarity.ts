/** How alike the classes are in which dimensions they need. */
import "../shared";
import {
  around,
  inside,
  isMeasured,
  measure,
  significant,
  STEPS,
  unmeasurable,
  within,
} from "./shared";
import type { Target, Targets, View } from "./view";

const TARGETS: Targets = {
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

function isCell(place: { row: number; column: number }, target: Target): boolean {
  return target.kind === "cell" && place.row === target.row && place.column === target.column;
}

export const view: View = {
  chart: "likeness",
  settings: ["method", "permutations", "metric"],
  concerns: ["latent_importance"],
  sentences: (scene) => [
    "How alike two classes are in which dimensions rebuild them: cosine similarity of their latent importance, 1 for the same profile, 0 for nothing in common.",
    measure(scene),
  ],
  measured: true,
  targets: TARGETS,
};
