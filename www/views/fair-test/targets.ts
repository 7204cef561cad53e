/** The fair test's scores: what is read off each. */
import type { Filler } from "../../report";
import { FILLER_NAMES, METHOD_NAMES } from "../opinions/names";
import { around, dimensionName, inside, list, measured, STEPS, within } from "../shared";
import type { Targets } from "../view";

export const SCORES: Targets = {
  hint: "Point at a method to read its areas. By keyboard: arrows.",

  at({ layout: { scores = [] } }, x, y) {
    const row = scores.findIndex((place) => inside(place, x, y));
    return row < 0 ? undefined : { kind: "score", row };
  },

  next({ layout: { scores = [] } }, from, key) {
    const step = STEPS[key];
    if (!step || !scores.length) return undefined;
    if (from?.kind !== "score") return { kind: "score", row: 0 };
    const by = step.down + step.right + step.page;
    return { kind: "score", row: within(from.row + by, scores.length) };
  },

  outlines({ layout: { scores = [] } }, target) {
    const place = target.kind === "score" && scores[target.row];
    return place ? [around(place, 0)] : [];
  },

  words({ layout: { scores = [] }, report, options: { dim = 0 } }, target) {
    const place = target.kind === "score" ? scores[target.row] : undefined;
    const test = report?.opinions?.test;
    if (!place || !test) return "";
    const name = place.method ? METHOD_NAMES[place.method] : "Random order";
    const areas = (Object.keys(FILLER_NAMES) as Filler[]).flatMap((filler) => {
      const score = test.scores.find(
        (each) => (each.method ?? null) === place.method && each.filler === filler,
      );
      const area = score?.area[dim];
      if (area == null) return [];
      return [`${measured(area, score?.std_error[dim])} with ${FILLER_NAMES[filler]}`];
    });
    const where = `${dimensionName(report, dim)}, ${name}`;
    return areas.length
      ? `${where}: area ${list(areas)}.`
      : `${where}: no area, as it never changes.`;
  },

  opens: (picture, target) =>
    target.kind === "score" && picture.options.dim !== undefined
      ? { dimension: picture.options.dim }
      : undefined,
};
