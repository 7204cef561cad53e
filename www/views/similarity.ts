/** How alike the classes are in which dimensions they need. */
import "../shared";
import { ofShown } from "./pinned/kept";
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
  hint: "Point at a cell to read it, click it (or tap it twice) to set its two classes beside each other. By keyboard: arrows, Enter.",

  at({ layout: { cells = [] } }, x, y) {
    const found = cells.find((place) => inside(place, x, y));
    return found && { kind: "cell", row: found.row, column: found.column };
  },

  // Cells come row by row as they are drawn, which is not the order of the classes.
  next({ names: { length }, layout: { cells = [] } }, from, key) {
    const step = STEPS[key];
    if (!step || !cells.length) return undefined;
    const at = from ? cells.findIndex((place) => isCell(place, from)) : -1;
    const down = at < 0 ? 0 : within(Math.floor(at / length) + step.down, length);
    const across = at < 0 ? Math.min(1, length - 1) : within((at % length) + step.right, length);
    const found = cells[down * length + across];
    return found && { kind: "cell", row: found.row, column: found.column };
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
      return `${pair}: no similarity, as ${unmeasurable(names[unmeasured]!)}.`;
    if (found.value === null)
      return `${pair}: no similarity, as no dimension matters for one of them.`;
    return `${pair}: similarity ${significant(found.value, 4)}.`;
  },

  opens: ({ names }, target) =>
    target.kind === "cell" && target.row !== target.column
      ? {
          settings: {
            "explain-class": names[target.row]!,
            pinned: ofShown({ "explain-class": names[target.column]! }),
            view: "pinned",
          },
        }
      : undefined,
};

function isCell(place: { row: number; column: number }, target: Target): boolean {
  return target.kind === "cell" && place.row === target.row && place.column === target.column;
}

export const view: View = {
  chart: "similarity",
  settings: ["latent-donors", "method", "permutations", "metric", "sort"],
  concerns: ["latent_importance"],
  sentences: (scene) => [
    "How alike two classes are in which dimensions rebuild them: cosine similarity of their latent importance, 1 for the same profile, 0 for nothing in common.",
    scene.options.sort
      ? "Classes that are alike stand side by side; colours start where the values do."
      : "Colours start where the values do.",
    measure(scene),
  ],
  measured: true,
  targets: TARGETS,
};
