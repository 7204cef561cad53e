/** How the order of the dimensions came about. */
import "../shared";
import { RANKS } from "./emergence/targets";
import { EmergenceTools } from "./emergence/tools";
import { measuredAfter } from "./emergence/words";
import type { View } from "./view";

export const view: View = {
  chart: "ranks",
  settings: [],
  concerns: ["latent_importance", "emergence"],
  ofOneClass: true,
  sentences: ({ report }) => [
    "The order of the dimensions by their importance to the class, after every epoch that was measured: lines that cross have changed places. The ten that are first in the end have colours.",
    "Until the end importance is sampled, by the same shuffles after every epoch, so that neighbours that differ little may change places by chance.",
    report?.emergence && measuredAfter(report.emergence),
  ],
  measured: true,
  paper: true,
  targets: RANKS,
  tools: (host) => new EmergenceTools(host, false),
};
