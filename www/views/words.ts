/** Words that the explorer's sentences share. */
import { significant } from "../format";
import type { Report } from "../report";
import { MAPS } from "../settings";
import type { ChartOptions } from "../view";
import { featureNames } from "./features";
import type { Scene } from "./picture";
import type { Sentence } from "./view";

/** "a 3", "an 8", "an Ankle boot". */
export function one(name: string): string {
  return `${/^(8|11|18)(?!\d)|^[aeio]|^u(?![ns]i)/i.test(name) ? "an" : "a"} ${name}`;
}

/** A number with its standard error, where that is known and not 0, as where importance is exact. */
export function measured(value: number, error: number | null | undefined): string {
  return !error ? significant(value, 3) : `${significant(value, 3)} ± ${significant(error, 2)}`;
}

/** IE by the measure that is asked for. */
export function latentImportance(
  report: Partial<Report> | undefined,
  { metric }: Pick<ChartOptions, "metric">,
) {
  return metric === "rmse" ? report?.latent_importance_rmse : report?.latent_importance;
}

/** "1, 2 and 3" */
export function list(words: string[]): string {
  const last = words.at(-1) ?? "";
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${last}` : last;
}

export const METHODS = { tsne: "t-SNE", umap: "UMAP" } as const;

/** What is done to a latent dimension: "shuffled among them". */
export function amongLatents({ report }: Pick<Scene, "report">, them: string): string {
  const any = report?.settings?.measure?.latent_donors === "all";
  return any ? "given the values of any image" : `shuffled among ${them}`;
}

/** By which method the maps are, and in what they are counted, where that is not as in the paper. */
export function mapped(scene: Scene): Sentence {
  const { options, report } = scene;
  const { maps, unit } = options;
  const said = [
    maps &&
      report?.opinions &&
      `The maps are not by permutation but by another method: ${MAPS[maps]}.`,
    unit &&
      `Importance of ${featureNames(scene)[1]} is a share of twice the latent’s variance: 1 is as much as replacing the whole image by another one.`,
  ];
  return said.filter(Boolean).join(" ");
}

/** How change is measured, where that is not as in the paper. */
export function measure({ options: { metric } }: { options: Pick<ChartOptions, "metric"> }) {
  return metric === "rmse" && "Change is measured as the root of the mean squared error (RMSE).";
}
