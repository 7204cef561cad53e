/** Second opinions: what several methods say of the pixels that drive one dimension. */
import "../shared";
import { OPINIONS } from "./opinions/targets";
import { OpinionTools } from "./opinions/tools";
import { COLOURS, rise } from "./shared";
import type { View } from "./view";

export const view: View = {
  chart: "opinions",
  settings: [
    ...([
      "method",
      "permutations",
      "permute",
      "channel",
      "rotate",
      "flip-horizontal",
      "flip-vertical",
    ] as const),
    "palette",
  ],
  concerns: ["pixel_importance", "direction", "latent_importance", "opinions"],
  sentences: (scene) => {
    const [raise, lower] = COLOURS[scene.options.palette];
    return [
      `Which pixels drive the dimension, by each method: ${raise} where ${rise(scene)} raises it, ${lower} where it lowers it.`,
      "Each map has its own scale, as their units differ: compare shapes, not strengths.",
      "V comes first. The last map, 2 · Var(pixel), knows nothing of the network: what it shows as well, the images show by themselves.",
    ];
  },
  measured: true,
  targets: OPINIONS,
  tools: (host) => new OpinionTools(host),
};
