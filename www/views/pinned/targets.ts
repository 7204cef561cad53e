/** Two runs beside each other: what is read off a pixel of one of the maps, or a pair of bars. */
import type { Matrix } from "../../report";
import type { ChartLayout, View as Charts } from "../../view";
import type { Picture } from "../picture";
import {
  around,
  dimensionName,
  explained,
  grid,
  inside,
  placeIn,
  rise,
  significant,
  STEPS,
  within,
} from "../shared";
import type { Target, Targets } from "../view";
import type { Beside } from "./kept";

/** What each view of a report draws beside it. */
export const BESIDE = new WeakMap<Charts, Beside>();

type Row = NonNullable<ChartLayout["beside"]>["rows"][number];

export const TARGETS: Targets = {
  hint: "Point at a map or a pair of bars to read both. By keyboard: arrows, Page Up and Down.",

  at(picture, x, y) {
    const rows = rowsOf(picture);
    for (const [row, { places, bar }] of rows.entries()) {
      const side = places.findIndex((place) => inside(place, x, y));
      if (side >= 0) {
        const { columns, rows } = grid(picture);
        const place = places[side]!;
        const column = Math.floor(((x - place.x) / place.width) * columns);
        const line = Math.floor(((y - place.y) / place.height) * rows);
        return {
          kind: "opinion",
          map: 2 * row + side,
          column: within(column, columns),
          row: within(line, rows),
        };
      }
      if (inside(bar, x, y)) return { kind: "score", row };
    }
    return undefined;
  },

  next(picture, from, key) {
    const step = STEPS[key];
    const { length } = rowsOf(picture);
    if (!step || !length) return undefined;
    if (from?.kind === "opinion") {
      const { columns, rows } = grid(picture);
      return {
        kind: "opinion",
        map: within(from.map + step.page, 2 * length),
        column: within(from.column + step.right, columns),
        row: within(from.row + step.down, rows),
      };
    }
    if (from?.kind !== "score") return { kind: "score", row: 0 };
    if (step.right) {
      const { columns, rows } = grid(picture);
      const middle = { column: Math.floor(columns / 2), row: Math.floor(rows / 2) };
      return { kind: "opinion", map: 2 * from.row + (step.right > 0 ? 1 : 0), ...middle };
    }
    return { kind: "score", row: within(from.row + step.down + step.page, length) };
  },

  outlines(picture, target) {
    const found = rowOf(picture, target);
    if (!found) return [];
    const { row, side } = found;
    if (target.kind !== "opinion")
      return [around(row.bar, 0), ...row.places.map((p) => around(p, 2))];
    const { columns, rows } = grid(picture);
    const pixels = row.places.map(({ x, y, width, height }) =>
      around(
        {
          x: x + (target.column * width) / columns,
          y: y + (target.row * height) / rows,
          width: width / columns,
          height: height / rows,
        },
        0.5,
      ),
    );
    return [around(row.places[side]!, 2), around(row.bar, 0), ...pixels];
  },

  words(picture, target) {
    const found = rowOf(picture, target);
    if (!found) return "";
    const { row } = found;
    const names = nameOf(picture, row);
    // What is pinned alone has an order of columns of its own.
    const unordered = row.dim === null && picture.options.form === "table";
    if (target.kind !== "opinion" || unordered) return `${names}: ${both(picture, row)}.`;
    const { columns, rows } = grid(picture);
    const { dim, pinned } = row;
    const [x, y] = [(target.column + 0.5) / columns, (target.row + 0.5) / rows];
    const facts = picture.view.pixel(picture.options, dim ?? 0, x, y);
    if (!facts) return `${names}: not known yet.`;
    const place = placeIn(picture, facts);
    const ours =
      dim !== null && `${significant(facts.importance, 3)} here${way(picture, facts.sign ?? 0)}`;
    const theirs = pinned !== null && pinnedPixel(picture, facts.pixel, pinned, row.r);
    return `${names}, ${place}: ${[ours, theirs].filter(Boolean).join("; ")}.`;
  },

  opens(picture, target) {
    const dim = rowOf(picture, target)?.row.dim;
    return dim == null ? undefined : { dimension: dim };
  },
};

function rowsOf({ layout }: Pick<Picture, "layout">): Row[] {
  return layout.beside?.rows ?? [];
}

function rowOf(picture: Picture, target: Target): { row: Row; side: 0 | 1 } | undefined {
  const rows = rowsOf(picture);
  if (target.kind === "score") {
    const row = rows[target.row];
    return row && { row, side: 0 };
  }
  if (target.kind !== "opinion") return undefined;
  const row = rows[Math.floor(target.map / 2)];
  return row && { row, side: target.map % 2 ? 1 : 0 };
}

/** "Dimension 4", "Dimension 4 and pinned dimension 7". */
function nameOf({ report, layout }: Picture, { dim, pinned }: Row): string {
  if (layout.beside?.by === "network") return dimensionName(report, dim ?? pinned ?? 0);
  if (dim === null) return `Pinned dimension ${pinned! + 1}, which has no match`;
  const name = dimensionName(report, dim);
  return pinned === null
    ? `${name}, which has no match`
    : `${name} and pinned dimension ${pinned + 1}`;
}

function both(picture: Picture, { importance, r, maps }: Row): string {
  const beside = BESIDE.get(picture.view);
  const other = beside?.report.classes?.[beside.row]?.name ?? "";
  const [ours, theirs] = importance.map((value) => (value === null ? null : significant(value, 3)));
  const said = [
    ours && `importance for ${explained(picture)} ${ours} here`,
    theirs && `for ${other} ${theirs} pinned`,
    r !== null && picture.layout.beside?.by !== "network" && `r ${significant(r, 2)}`,
    maps !== null && `maps r ${significant(maps, 2)}`,
  ];
  return said.filter(Boolean).join(", ") || "importance not known";
}

function way(picture: Picture, sign: number): string {
  return sign ? `, where ${rise(picture)} ${sign > 0 ? "raises" : "lowers"} it` : "";
}

/** V of a pixel in the pinned run, where its matrices have the same rows. */
function pinnedPixel(
  picture: Picture,
  pixel: number,
  dim: number,
  r: number | null,
): string | false {
  const { report, options } = picture;
  const beside = BESIDE.get(picture.view);
  const map = beside?.report.pixel_importance?.mean;
  // Of what else maps may show, the number is in the picture alone.
  if (!beside || !map || options.maps || options.unit) return false;
  if (map.shape[0] !== report?.pixel_importance?.mean.shape[0]) return false;
  const at = (matrix: Matrix) => matrix.data[pixel * matrix.shape[1] + dim]!;
  const direction = beside.report.direction;
  const sign =
    direction && Math.abs(at(direction.slope)) >= options.threshold ? at(direction.sign) : 0;
  const turned = r !== null && r < 0 ? " (its colours are swapped)" : "";
  return `${significant(at(map), 3)} pinned${way(picture, sign)}${turned}`;
}
