/** Which pixels go with each other in the images, as a dendrogram. */
import "../shared";
import { ClusterTools } from "./clusters/tools";
import { LEAVES } from "./clusters/targets";
import { featureNames } from "./shared";
import type { View } from "./view";

export const view: View = {
  chart: "dendrogram",
  settings: [
    ...(["features", "donors", "recipients", "method", "permutations"] as const),
    ...(["rotate", "flip-horizontal", "flip-vertical"] as const),
  ],
  concerns: ["pixel_importance", "latent_importance", "groups"],
  sentences: (scene) => [
    `In the images some ${featureNames(scene)[1]} rise and fall together: these are joined, the most alike first; the distance of two clusters is the mean of 1 − |Spearman’s ρ| over their pairs of ${featureNames(scene)[1]}. Those that are joined at the threshold or below are shuffled together.`,
  ],
  measured: true,
  targets: LEAVES,
  tools: (host) => new ClusterTools(host),
};
