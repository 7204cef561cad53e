/** The importance of every dimension for every class. */
import "../shared";
import { amongLatents, around, bar, brackets, inside, measure, STEPS, within } from "./shared";
import type { Targets, View } from "./view";

const TARGETS: Targets = {
  hint: "Point at a bar to read it, click it (or tap it twice) to open its dimension. By keyboard: arrows, Enter.",

  at({ layout: { bars = [] } }, x, y) {
    const found = bars.find((place) => inside(place, x, y));
    return (
      found && {
        kind: "bar",
        dim: found.dim,
        ...(found.class !== undefined && { class: found.class }),
      }
    );
  },

  next({ layout: { bars = [] }, options }, from, key) {
    const step = STEPS[key];
    const first = bars[0];
    if (!step || !first) return undefined;
    if (from?.kind !== "bar") return { kind: "bar", dim: first.dim, class: first.class ?? 0 };
    const classes = [...new Set(bars.map((place) => place.class ?? options.class))];
    const at = within(classes.indexOf(from.class ?? 0) + step.right + step.page, classes.length);
    const own = bars.filter((place) => place.class === classes[at]);
    const row = own.findIndex(({ dim }) => dim === from.dim);
    return { kind: "bar", dim: own[within(row + step.down, own.length)]!.dim, class: classes[at]! };
  },

  outlines({ layout: { bars = [] } }, target) {
    const dim = target.kind === "bar" ? target.dim : undefined;
    return bars.filter((place) => place.dim === dim).map((place) => around(place, 1));
  },

  words: (picture, target) =>
    target.kind === "bar" ? bar(picture, target.dim, target.class ?? picture.options.class) : "",
  opens: (_, target) => (target.kind === "bar" ? { dimension: target.dim } : undefined),
};

export const view: View = {
  chart: "classes",
  settings: [
    ...(["latent-donors", "method", "permutations", "image-errors", "errors"] as const),
    ...(["metric", "sort", "filter-empty", "top"] as const),
  ],
  concerns: ["pixel_importance", "latent_importance", "image_errors"],
  sentences: (scene) => [
    `How much the reconstructions of each class change when a dimension is ${amongLatents(scene, "its images")}, on one scale for all classes.`,
    brackets(scene),
    measure(scene),
  ],
  measured: true,
  targets: TARGETS,
};
