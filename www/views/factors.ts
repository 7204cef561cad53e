/** Which dimension carries which factor of images whose factors are known. */
import "../shared";
import { FACTORS } from "./factors/targets";
import { FactorsTools } from "./factors/tools";
import type { View } from "./view";

export const view: View = {
  chart: "factors",
  settings: ["sort", "filter-empty", "top"],
  concerns: ["factors", "latent_importance", "pixel_importance"],
  sentences: ({ report }) => [
    "How much a dimension tells of a factor: mutual information in 20 bins, less that of shuffled factors, as a share of the factor’s entropy. 1: it tells the factor’s value; 0: nothing of it.",
    report?.factors !== undefined &&
      "The gap below a factor is by how much its first dimension is ahead of its second; the mean of all gaps is MIG (Chen and others, 2018).",
    report?.factors !== undefined &&
      "Measured on 10,000 images that were made for it, and not on the explained ones.",
  ],
  measured: false,
  paper: true,
  targets: FACTORS,
  tools: (host) => new FactorsTools(host),
};
