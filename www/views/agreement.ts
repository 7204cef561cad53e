/** How far the methods agree on the pixels that drive one dimension. */
import "../shared";
import type { Agreement, Attribution } from "../report";
import { ALONE, inSentence, METHOD_NAMES, methodsOf } from "./opinions/names";
import { OpinionTools } from "./opinions/tools";
import { around, featureNames, inside, list, significant, STEPS, within } from "./shared";
import type { Picture } from "./picture";
import type { Target, Targets, View } from "./view";

const TARGETS: Targets = {
  hint: "Point at a cell to read it. By keyboard: arrows.",

  at({ layout: { cells = [] } }, x, y) {
    const found = cells.find((place) => inside(place, x, y));
    return found && { kind: "cell", row: found.row, column: found.column };
  },

  next(picture, from, key) {
    const step = STEPS[key];
    const last = methodsOf(picture.report ?? {}).length;
    if (!step || !picture.layout.cells?.length) return undefined;
    if (from?.kind !== "cell") return { kind: "cell", row: 0, column: Math.min(1, last - 1) };
    return {
      kind: "cell",
      row: within(from.row + step.down, last),
      column: within(from.column + step.right, last),
    };
  },

  outlines: ({ layout: { cells = [] } }, target) =>
    cells.filter((place) => isCell(place, target)).map((place) => around(place, 0)),

  words(picture, target) {
    if (target.kind !== "cell" || !picture.report) return "";
    const [a, b] = [target.row, target.column].map((at) => methodsOf(picture.report!)[at]);
    if (!a || !b) return "";
    if (a === b) return `${METHOD_NAMES[a]}: every method agrees with itself.`;
    const pair = `${METHOD_NAMES[a]} and ${inSentence(b)}`;
    const { rho, overlap } = agreed(picture, a, b);
    if (rho === undefined)
      return `${pair}: one of the maps is the same everywhere, so there is no order to agree on.`;
    const common =
      overlap === undefined
        ? ""
        : `; of the first 5 % of pixels ${Math.round(100 * overlap)} % are the same`;
    return `${pair}: Spearman’s ρ ${significant(rho, 3)}${common}.`;
  },

  opens: () => undefined,
};

function isCell(place: { row: number; column: number }, target: Target): boolean {
  return target.kind === "cell" && place.row === target.row && place.column === target.column;
}

function agreed({ report, options }: Picture, a: Attribution, b: Attribution) {
  const of = (each: Agreement) => (each.a === a && each.b === b) || (each.a === b && each.b === a);
  const found = report?.opinions?.agreement.find(of);
  const dim = options.dim ?? 0;
  return { rho: found?.spearman[dim] ?? undefined, overlap: found?.overlap[dim] ?? undefined };
}

export const view: View = {
  chart: "agreement",
  settings: ["donors", "recipients", "opinions", "method", "permutations", "palette"],
  concerns: ["pixel_importance", "latent_importance", "opinions"],
  sentences: ({ report, ...scene }) => [
    `How far each two methods agree on the order of the ${featureNames(scene)[1]}: Spearman’s rank correlation of their maps over the ${featureNames(scene)[1]} that vary, 1 for the same order, 0 for none in common.`,
    "Methods that agree may be wrong together; the fair test asks which of them to believe.",
    strangers(report?.opinions?.agreement ?? []),
    report?.groups && ALONE,
  ],
  measured: true,
  targets: TARGETS,
  tools: (host) => new OpinionTools(host),
};

/** Which methods have least in common with V over all dimensions. */
function strangers(agreement: readonly Agreement[]): string | false {
  const means = agreement
    .filter(({ a, b }) => a === "permutation" || b === "permutation")
    .flatMap(({ a, b, spearman }) => {
      const known = spearman.filter((rho) => rho !== null);
      const mean = known.reduce((sum, rho) => sum + rho, 0) / known.length;
      return known.length ? [{ method: a === "permutation" ? b : a, mean }] : [];
    })
    .sort((one, other) => other.mean - one.mean);
  const told = means.map(({ method, mean }) => `${inSentence(method)} (${significant(mean, 2)})`);
  return (
    told.length > 0 &&
    `On average over the dimensions, V has most in common with ${list(told.slice(0, 1))}, least with ${list(told.slice(-1))}.`
  );
}
