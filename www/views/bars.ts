/** What is said of a bar of latent importance. */
import { explained, isMeasured, type Picture } from "./picture";
import { dimensionName } from "./numbering";
import { latentImportance, measured, one } from "./words";

export function bar(picture: Picture, dim: number, row: number): string {
  const { mean, std_error } = latentImportance(picture.report, picture.options) ?? {};
  const name = dimensionName(picture.report, dim);
  if (!isMeasured(picture, row)) return `${name}: ${unmeasurable(picture.names[row] ?? "")}.`;
  if (!mean) return `${name}: importance not known yet.`;
  const at = row * mean.shape[1] + dim;
  const label = row === picture.options.class ? explained(picture) : (picture.names[row] ?? "");
  return `${name}: importance for ${one(label)} ${measured(mean.data[at]!, std_error?.data[at])}.`;
}

export function unmeasurable(name: string): string {
  return `importance cannot be measured for ${name}, of which one image is explained`;
}
