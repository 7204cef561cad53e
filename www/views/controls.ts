/** Maps and importance beside those of networks that have nothing to learn. */
import "../shared";
import { CONTROLS } from "./controls/targets";
import { ControlsTools } from "./controls/tools";
import { beside, MEANING } from "./controls/words";
import type { View } from "./view";

export const view: View = {
  chart: "controls",
  settings: ["method", "permutations", "permute", "metric", "sort", "filter-empty", "top"],
  concerns: ["pixel_importance", "latent_importance", "controls"],
  ofOneClass: true,
  sentences: () => MEANING,
  measured: true,
  paper: true,
  findings: (scene) => [...(scene.words?.cautions ?? []), beside(scene)].filter(Boolean).join(" "),
  targets: CONTROLS,
  tools: (host) => new ControlsTools(host),
};
