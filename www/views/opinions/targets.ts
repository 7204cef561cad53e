/** The maps of several methods: what is read off a pixel of one of them. */
import type { Report } from "../../report";
import type { PixelFacts } from "../../view";
import type { Picture } from "../picture";
import { dimensionName, grid, integer, placeIn, rise, significant, STEPS } from "../shared";
import type { Target, Targets } from "../view";
import { middle, outlined, pixelAt, stepped } from "./maps";
import { inSentence, METHOD_NAMES, methodsOf } from "./names";

export const OPINIONS: Targets = {
  hint: "Point at a map to read its pixels: their value, and their place in the order of each map. By keyboard: arrows, Page Up and Down.",

  at: pixelAt,

  next(picture, from, key) {
    const { maps = [] } = picture.layout;
    const step = STEPS[key];
    if (!step || !maps.length) return undefined;
    // The first key only shows where one is.
    return from?.kind === "opinion" ? stepped(picture, from, step) : middle(picture);
  },

  outlines(picture, target) {
    return target.kind === "opinion" ? outlined(picture, target) : [];
  },

  words(picture, target) {
    const { report, options } = picture;
    const { dim } = options;
    const facts = factsOf(picture, target);
    if (!report || !facts || dim === undefined || target.kind !== "opinion") return "";
    const methods = methodsOf(report);
    const method = methods[target.map];
    const own = method && mapOf(report, method, dim);
    const place = placeIn(picture, facts);
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
