/** Cells of a dimension and a factor: what is read off each, and the dimension that a click opens. */
import type { Picture } from "../picture";
import { around, dimensionName, inside, significant, STEPS, within } from "../shared";
import type { Target, Targets } from "../view";

type Cell = Extract<Target, { kind: "cell" }>;

export const FACTORS: Targets = {
  hint: "Point at a cell to read it, click it (or tap it twice) to open its dimension. By keyboard: arrows, Enter.",

  at({ layout: { cells = [] } }, x, y) {
    const found = cells.find((place) => inside(place, x, y));
    return found && { kind: "cell", row: found.row, column: found.column };
  },

  next({ layout: { cells = [], order = [] } }, from, key) {
    const step = STEPS[key];
    if (!step || cells.length === 0) return undefined;
    const columns = Math.max(...cells.map(({ column }) => column)) + 1;
    if (!isCell(from)) return { kind: "cell", row: order[0]!, column: 0 };
    const at = within(order.indexOf(from.row) + step.down + step.page, order.length);
    return { kind: "cell", row: order[at]!, column: within(from.column + step.right, columns) };
  },

  outlines: ({ layout: { cells = [] } }, target) =>
    cells
      .filter(({ row, column }) => isCell(target) && row === target.row && column === target.column)
      .map((place) => around(place, 0)),

  words: (picture, target) => (isCell(target) ? words(picture, target) : ""),

  opens: (_, target) => (isCell(target) ? { dimension: target.row } : undefined),
};

function isCell(target: Target | undefined): target is Cell {
  return target?.kind === "cell";
}

function words({ report }: Picture, { row: dim, column }: Cell): string {
  const found = report?.factors;
  const factor = found?.names[column];
  if (!found || factor === undefined) return "";
  const name = dimensionName(report, dim);
  if (found.inactive.includes(dim)) return `${name} is inactive: it tells nothing of any factor.`;
  const information = found.information[column]![dim]!;
  const entropy = found.entropy[column]!;
  return `${name} and ${factor}: ${number(information)} of ${number(entropy)} nats, a share of ${number(information / entropy)}; shuffled factors have ${number(found.by_chance[column]![dim]!)} nats, which are subtracted.`;
}

function number(value: number): string {
  return Math.abs(value) < 5e-4 ? "0" : significant(value, 2);
}
