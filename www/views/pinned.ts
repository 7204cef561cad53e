/** What is pinned, and what is shown: two runs, or two classes of one, dimension beside dimension. */
import "../shared";
import { TARGETS } from "./pinned/targets";
import { PinnedTools } from "./pinned/tools";
import { COLOURS, explained, MAP_SETTINGS, measure, rise } from "./shared";
import type { View } from "./view";

export const view: View = {
  chart: "pinned",
  settings: [
    ...MAP_SETTINGS.filter((name) => name !== "scale"),
    "latent-donors",
    "metric",
    "pinned",
  ],
  concerns: ["pixel_importance", "direction", "latent_importance", "encoded"],
  ofOneClass: true,
  sentences: (scene) => {
    const [raise, lower] = COLOURS[scene.options.palette];
    return [
      `What is shown (class ${explained(scene)}) on the left and in the coloured bars, what is pinned on the right and in grey; both on one scale.`,
      `${raise[0]!.toUpperCase()}${raise.slice(1)} where ${rise(scene)} raises the dimension, ${lower} where it lowers it.`,
      measure(scene),
    ];
  },
  measured: true,
  targets: TARGETS,
  tools: (host) => new PinnedTools(host),
};
