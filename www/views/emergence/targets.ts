/** Cells of a dimension and an epoch: what is read off each. */
import type { Picture } from "../picture";
import { around, dimensionName, inside, significant, STEPS, within } from "../shared";
import type { Target, Targets } from "../view";
import { afterEpoch, epochName } from "./words";

type Cell = Extract<Target, { kind: "cell" }>;

const CELLS: Omit<Targets, "words"> = {
  hint: "Point at a place to read it, click it (or tap it twice) to see everything after that epoch. By keyboard: arrows, Enter.",

  at({ layout: { cells = [] } }, x, y) {
    const found = cells.find((place) => inside(place, x, y));
    return found && { kind: "cell", row: found.row, column: found.column };
  },

  next({ layout: { cells = [], order = [] } }, from, key) {
    const step = STEPS[key];
    if (!step || cells.length === 0) return undefined;
    const last = Math.max(...cells.map(({ column }) => column));
    if (from?.kind !== "cell")
      return { kind: "cell", row: order[0] ?? cells[0]!.row, column: last };
    const column = within(from.column + step.right, last + 1);
    const down = step.down + step.page;
    // From the top to the bottom of an epoch, where that is.
    const rows = cells.filter((cell) => cell.column === column).sort((a, b) => a.y - b.y);
    const at = rows.findIndex(({ row }) => row === from.row);
    const to = at < 0 ? rows[0] : rows[within(at + down, rows.length)];
    return to && { kind: "cell", row: to.row, column };
  },

  outlines: ({ layout: { cells = [] } }, target) =>
    cells
      .filter(({ row, column }) => isCell(target) && row === target.row && column === target.column)
      .map((place) => around(place, 0)),

  opens({ report }, target) {
    const epoch = isCell(target) ? report?.emergence?.epochs[target.column] : undefined;
    return epoch === undefined ? undefined : { epoch };
  },
};

export const EMERGENCE: Targets = {
  ...CELLS,
  words(picture, target) {
    const { emergence } = picture.report ?? {};
    if (!isCell(target) || !emergence) return "";
    const { row: dim, column } = target;
    const rho = emergence.similarity[column]?.[dim];
    const lost = emergence.inactive_since[dim];
    const first = emergence.emerged[dim];
    const alike =
      rho == null
        ? "no correlation with its final map, as one of the two is the same everywhere"
        : `Spearman’s ρ with its final map ${significant(rho, 2)}`;
    const since =
      lost != null
        ? `inactive since ${epochName(lost)}`
        : first == null
          ? "no map in the end"
          : `at 0.95 or more since ${epochName(first)}`;
    return `${where(picture, target, emergence.epochs)}: ${alike}; ${since}.`;
  },
};

export const RANKS: Targets = {
  ...CELLS,

  /** The line of the dimension, and the place on it. */
  outlines(picture, target) {
    const { cells = [] } = picture.layout;
    if (!isCell(target)) return [];
    const own = cells.filter(({ row }) => row === target.row);
    const middles = own.map(({ x, y, width, height }) => `${x + width / 2} ${y + height / 2}`);
    return [...CELLS.outlines(picture, target), `M${middles.join("L")}`];
  },

  words(picture, target) {
    const { emergence } = picture.report ?? {};
    if (!isCell(target) || !emergence) return "";
    const { row: dim, column } = target;
    const own = emergence.latent_importance[column]?.[picture.options.class] ?? [];
    const value = own[dim] ?? 0;
    const rank = 1 + own.filter((each, at) => each > value || (each === value && at < dim)).length;
    const name = picture.names[picture.options.class] ?? "";
    return `${where(picture, target, emergence.epochs)}: place ${rank} for class ${name}, latent importance ${significant(value, 3)}.`;
  },
};

function isCell(target: Target): target is Cell {
  return target.kind === "cell";
}

function where({ report }: Picture, { row, column }: Cell, epochs: number[]): string {
  return `${dimensionName(report, row)} ${afterEpoch(epochs[column] ?? 0)}`;
}
