/** What is said of a bar of latent importance. */
import { significant } from "../format";
import { explained, isMeasured, type Picture } from "./picture";
import { dimensionName } from "./numbering";
import { latentErrors, overImages, unsettled } from "./over-images";
import { latentImportance, measured, one } from "./words";

export function bar(picture: Picture, dim: number, row: number): string {
  const { report, options } = picture;
  const mean = latentImportance(report, options)?.mean;
  const name = dimensionName(report, dim);
  if (!isMeasured(picture, row)) return `${name}: ${unmeasurable(picture.names[row] ?? "")}.`;
  if (!mean) return `${name}: importance not known yet.`;
  const at = row * mean.shape[1] + dim;
  const error = latentErrors(report, options)?.data[at];
  const of = error ? overImages(options) : "";
  const open = of && report ? unsettled(report, row, dim) : [];
  const order = open.length
    ? `; it is not settled whether it or ${open.map((other) => other + 1).join(" or ")} matters more`
    : "";
  const label = row === options.class ? explained(picture) : (picture.names[row] ?? "");
  const said = `${name}: importance for ${one(label)} ${measured(mean.data[at]!, error)}${of}${order}`;
  return `${said}${divergence(report, dim)}.`;
}

/** Of a variational network, how far a dimension is from the standard normal distribution. */
function divergence(report: Picture["report"], dim: number): string {
  const found = report?.divergence;
  const nats = found?.mean[dim];
  if (!found || nats === undefined) return "";
  const active = found.variance_of_means[dim]! > ACTIVE ? "active" : "inactive";
  return `; ${active}, divergence ${significant(nats, 3)} nats`;
}

/** Of the means of an active dimension, the least variance over images. */
const ACTIVE = 0.01;

export function unmeasurable(name: string): string {
  return `importance cannot be measured for ${name}, of which one image is explained`;
}
