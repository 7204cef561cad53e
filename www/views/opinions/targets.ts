/** The maps of several methods: what is read off a pixel of one of them. */
import type { Report } from "../../report";
import type { PixelFacts } from "../../view";
import type { Picture } from "../picture";
import {
  around,
  dimensionName,
  grid,
  inside,
  integer,
  rise,
  significant,
  STEPS,
  within,
} from "../shared";
import type { Target, Targets } from "../view";
import { inSentence, METHOD_NAMES, methodsOf } from "./names";

export const OPINIONS: Targets = {
  hint: "Point at a map to read its pixels: their value, and their place in the order of each map. By keyboard: arrows, Page Up and Down.",

  at(picture, x, y) {
    const { maps = [] } = picture.layout;
    const map = maps.findIndex((place) => inside(place, x, y));
    if (map < 0) return undefined;
    const { columns, rows } = grid(picture);
    const place = maps[map]!;
    const column = Math.floor(((x - place.x) / place.width) * columns);
    const row = Math.floor(((y - place.y) / place.height) * rows);
    return { kind: "opinion", map, column: within(column, columns), row: within(row, rows) };
  },

  next(picture, from, key) {
    const { maps = [] } = picture.layout;
    const step = STEPS[key];
    if (!step || !maps.length) return undefined;
    const { columns, rows } = grid(picture);
    // The first key only shows where one is.
    if (from?.kind !== "opinion") {
      const [column, row] = [Math.floor(columns / 2), Math.floor(rows / 2)];
      return { kind: "opinion", map: 0, column, row };
    }
    return {
      kind: "opinion",
      map: within(from.map + step.page, maps.length),
      column: within(from.column + step.right, columns),
      row: within(from.row + step.down, rows),
    };
  },

  outlines(picture, target) {
    const { maps = [] } = picture.layout;
    if (target.kind !== "opinion") return [];
    const { columns, rows } = grid(picture);
    return maps.flatMap(({ x, y, width, height }, at) => {
      const pixel = {
        x: x + (target.column * width) / columns,
        y: y + (target.row * height) / rows,
        width: width / columns,
        height: height / rows,
      };
      const own = at === target.map ? [around(maps[at]!, 2)] : [];
      return [...own, around(pixel, 0.5)];
    });
  },

  words(picture, target) {
    const { report, options } = picture;
    const { dim } = options;
    const facts = factsOf(picture, target);
    if (!report || !facts || dim === undefined || target.kind !== "opinion") return "";
    const methods = methodsOf(report);
    const method = methods[target.map];
    const own = method && mapOf(report, method, dim);
    const place = `row ${facts.row}, column ${facts.column}`;
    if (!own) return `${dimensionName(report, dim)}, ${place}: not known yet.`;
    const rank = (values: Float32Array) => integer(placeOf(values, facts.pixel));
    const elsewhere = methods.flatMap((other) => {
      const values = other === method ? undefined : mapOf(report, other, dim)?.values;
      return values ? [`${inSentence(other)} ${rank(values)}`] : [];
    });
    const value = significant(own.values[facts.pixel]!, 3);
    const sign = own.signs?.[facts.pixel] ?? 0;
    const way = sign && `${rise(picture)} ${sign > 0 ? "raises" : "lowers"} it`;
    const order = `place ${rank(own.values)} of ${integer(own.values.length)} in this map`;
    const others = elsewhere.length > 0 && `elsewhere: ${elsewhere.join(", ")}`;
    const told = [way, order, others].filter(Boolean).join("; ");
    return `${dimensionName(report, dim)}, ${METHOD_NAMES[method]}, ${place}: ${value}; ${told}.`;
  },

  opens: (picture, target) =>
    target.kind === "opinion" && picture.options.dim !== undefined
      ? { dimension: picture.options.dim }
      : undefined,
};

function factsOf(picture: Picture, target: Target): PixelFacts | undefined {
  const { view, options } = picture;
  if (target.kind !== "opinion" || options.dim === undefined) return undefined;
  const { columns, rows } = grid(picture);
  const [x, y] = [(target.column + 0.5) / columns, (target.row + 0.5) / rows];
  return view.pixel(options, options.dim, x, y);
}

/** One column of a method's map, and of its signs. */
function mapOf(
  { pixel_importance, direction, opinions }: Partial<Report>,
  method: string,
  dim: number,
): { values: Float32Array; signs: Float32Array | undefined } | undefined {
  const own = opinions?.methods.find((each) => each.method === method);
  const map = method === "permutation" ? pixel_importance?.mean : own?.map;
  const sign = method === "permutation" ? direction?.sign : own?.sign;
  const column = (matrix: typeof map) =>
    matrix &&
    Float32Array.from(
      { length: matrix.shape[0] },
      (_, row) => matrix.data[row * matrix.shape[1] + dim]!,
    );
  const values = column(map ?? undefined);
  // How much a pixel varies has no direction.
  const signs = method === "variance" ? undefined : column(sign ?? undefined);
  return values && { values, signs };
}

/** From 1: how many pixels have more, and one. */
function placeOf(values: ArrayLike<number>, pixel: number): number {
  let before = 1;
  for (let at = 0; at < values.length; at += 1) if (values[at]! > values[pixel]!) before += 1;
  return before;
}
