/** Second opinions: what several methods say of the pixels that drive one dimension. */
import "../shared";
import { ALONE } from "./opinions/names";
import { OPINIONS } from "./opinions/targets";
import { OpinionTools } from "./opinions/tools";
import { COLOURS, featureNames, rise } from "./shared";
import type { View } from "./view";

export const view: View = {
  chart: "opinions",
  settings: [
    ...(["donors", "recipients", "opinions", "method", "permutations", "permute"] as const),
    ...(["channel", "rotate", "flip-horizontal", "flip-vertical", "palette"] as const),
  ],
  concerns: ["pixel_importance", "direction", "latent_importance", "opinions"],
  sentences: (scene) => {
    const [raise, lower] = COLOURS[scene.options.palette];
    return [
      `Which ${featureNames(scene)[1]} drive the dimension, by each method: ${raise} where ${rise(scene)} raises it, ${lower} where it lowers it.`,
      "Each map has its own scale, as their units differ: compare shapes, not strengths.",
      "V comes first. The last map, 2 · Var(pixel), knows nothing of the network: what it shows as well, the images show by themselves.",
      scene.options.form === "table" && "Each map has the same columns, in the order of the first.",
      scene.report?.groups && ALONE,
    ];
  },
  measured: true,
  targets: OPINIONS,
  tools: (host) => new OpinionTools(host),
};
