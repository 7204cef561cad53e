/** What is said of controls: what a likeness to one means, and what it does not. */
import type { Report } from "../../report";
import { explained, isMeasured, type Scene } from "../picture";
import { count, dimensionName, latentImportance, list, significant } from "../shared";

export const MEANING = [
  "How much of what is shown would be there with nothing to learn? On the left each map (V) is held against two that owe nothing to training: that of the same dimension before the first epoch, and 2 · Var(pixel), the variance of the pixels alone.",
  "A map that is much like the one before training is owed to the first weights and the images; training has not changed it much. It need not be wrong. One that is much like 2 · Var(pixel) shows where images vary: every map does in part, as a pixel that never changes has no importance. So a likeness says that the images explain the map by themselves, and a lack of it that something was learned, not that this is true of other images.",
  "On the right is importance in order, beside that of a network trained and explained on images whose pixels were each permuted over the images: their pixels are the same and have nothing to do with each other. What does not reach above its line could be chance.",
];

/** What comes of it. */
export function beside(scene: Scene): string {
  const { report } = scene;
  const controls = report?.controls;
  if (!report || !controls) return "";
  const sentences = [
    much(controls.untrained, "as before training"),
    much(controls.variance, "as 2 · Var(pixel)"),
    above(scene),
  ];
  return sentences.filter(Boolean).join(" ");
}

/** From here on a map is called much alike. */
const MUCH = 0.9;

function much(all: readonly (number | null | undefined)[], as: string): string {
  const known = all.flatMap((rho, dim) => (rho == null ? [] : [{ rho, dim }]));
  if (!known.length) return "";
  const alike = known.filter(({ rho }) => rho >= MUCH).map(({ dim }) => `${dim + 1}`);
  const middle = median(known.map(({ rho }) => rho));
  const are =
    alike.length === 0
      ? "No map is"
      : alike.length === known.length && alike.length > 1
        ? "All maps are"
        : alike.length === 1
          ? `The map of dimension ${alike[0]} is`
          : alike.length > 8
            ? `The maps of ${alike.length} dimensions are`
            : `The maps of dimensions ${list(alike)} are`;
  return `${are} much the same ${as} (ρ of ${MUCH} or more); the median is ${significant(middle, 2)}.`;
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

/** How many dimensions matter more than the control's most important one. */
function above(scene: Scene): string {
  const { report, options } = scene;
  const control = permuted(report, options.metric)?.[options.class];
  const importance = latentImportance(report, options)?.mean;
  if (!control || !importance || !isMeasured(scene, options.class)) return "";
  const { dims, class: row } = options;
  const own = [...importance.data.subarray(row * dims, (row + 1) * dims)];
  const most = Math.max(...control);
  const more = own.filter((value) => value > most).length;
  return `For class ${explained(scene)}, ${more} of ${count(dims, "dimension")} ${more === 1 ? "is" : "are"} more important than the control’s most important one (${significant(most, 2)}).`;
}

function permuted(report: Partial<Report> | undefined, metric: string): number[][] | undefined {
  const found = report?.controls?.permuted;
  return metric === "rmse" ? found?.latent_importance_rmse : found?.latent_importance;
}

/** What is known of one dimension beside the controls. */
export function ofDimension(scene: Scene, dim: number): string {
  const { report, options } = scene;
  const name = dimensionName(report, dim);
  const controls = report?.controls;
  if (!controls) return `${name}: not held against controls yet.`;
  const [before, variance] = [controls.untrained[dim], controls.variance[dim]];
  if (before == null && variance == null) {
    return `${name}: its map is the same everywhere, so there is nothing to compare.`;
  }
  const parts = [
    before == null
      ? "its map before training is not known"
      : `Spearman’s ρ ${significant(before, 2)} with its map before training`,
    variance != null && `${significant(variance, 2)} with 2 · Var(pixel)`,
    placed(scene, dim),
  ];
  return `${name}: ${parts.filter(Boolean).join(", ")}.`;

  function placed({ report }: Scene, dim: number): string | false {
    const importance = latentImportance(report, options)?.mean;
    const control = permuted(report, options.metric)?.[options.class];
    if (!importance || !control || !isMeasured(scene, options.class)) return false;
    const { dims, class: row } = options;
    const own = importance.data.subarray(row * dims, (row + 1) * dims);
    const place = own.filter((value, at) => value > own[dim]! || (value === own[dim] && at < dim));
    const theirs = [...control].sort((a, b) => b - a)[place.length] ?? 0;
    return `importance ${significant(own[dim]!, 3)} in place ${place.length + 1}, where the control has ${significant(theirs, 3)}`;
  }
}
