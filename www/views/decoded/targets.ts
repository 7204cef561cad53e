/** Places of the latent space in a grid: which one is pointed at, and which explained image lies nearest. */
import type { Report } from "../../report";
import { around, count, inside, significant, STEPS, within } from "../shared";
import type { Picture } from "../picture";
import type { Target, Targets } from "../view";

/** So many dimensions of a draw are told. */
const MOST = 4;

type Cells = NonNullable<Picture["layout"]["cells"]>;

export const PLACES: Targets = {
  hint: "Point at a place to read where it is, click it (or tap it twice) to see the explained image nearest to it. By keyboard: arrows, Enter.",

  at({ layout: { cells = [] } }, x, y) {
    const found = cells.find((place) => inside(place, x, y));
    return found && { kind: "cell", row: found.row, column: found.column };
  },

  next({ layout: { cells = [] } }, from, key) {
    const step = STEPS[key];
    if (!step || !cells.length) return undefined;
    const [rows, columns] = gridOf(cells);
    if (from?.kind !== "cell") return { kind: "cell", row: 0, column: 0 };
    return {
      kind: "cell",
      row: within(from.row + step.down, rows),
      column: within(from.column + step.right, columns),
    };
  },

  outlines({ layout: { cells = [] } }, target) {
    const place = cells[placeOf(cells, target)];
    return place ? [around(place, 0)] : [];
  },

  words(picture, target) {
    const { layout, view } = picture;
    const at = placeOf(layout.cells ?? [], target);
    const place = at < 0 ? undefined : view.decoded_place(at);
    if (!place) return at < 0 ? "" : "Not decoded yet.";
    const { latents } = place;
    const dims = layout.plane?.dims ?? Array.from(latents.slice(0, MOST), (_, dim) => dim);
    const told = dims.map((dim) => `dimension ${dim + 1} at ${significant(latents[dim]!, 3)}`);
    const more =
      layout.plane || latents.length <= MOST
        ? ""
        : `, and ${count(latents.length - MOST, "more dimension")}`;
    const [first = "", ...rest] = told;
    return `${[first.replace("d", "D"), ...rest].join(", ")}${more}.`;
  },

  opens({ layout, view, report }, target) {
    const at = placeOf(layout.cells ?? [], target);
    const place = at < 0 ? undefined : view.decoded_place(at);
    const image = place && nearest(report, place.latents);
    return image === undefined ? undefined : { image };
  },
};

function gridOf(cells: Cells): [rows: number, columns: number] {
  const last = cells.at(-1)!;
  return [last.row + 1, last.column + 1];
}

/** The target's place among the cells, which come row by row; -1 where there is none. */
function placeOf(cells: Cells, target: Target): number {
  if (target.kind !== "cell" || !cells.length) return -1;
  const [rows, columns] = gridOf(cells);
  if (target.row >= rows || target.column >= columns) return -1;
  return target.row * columns + target.column;
}

/** The explained image whose latents are nearest, by all dimensions; undefined where none is known. */
export function nearest(report: Partial<Report> | undefined, latents: Float32Array) {
  const { data, shape } = report?.encoded?.latents ?? {};
  if (!data || !shape || shape[1] !== latents.length) return undefined;
  let found: number | undefined;
  let least = Infinity;
  for (let image = 0; image < shape[0]!; image += 1) {
    let squares = 0;
    for (let dim = 0; dim < latents.length; dim += 1) {
      squares += (data[image * latents.length + dim]! - latents[dim]!) ** 2;
    }
    if (squares < least) [found, least] = [image, squares];
  }
  return found;
}
