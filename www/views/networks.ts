/** Which dimensions other networks find again. */
import "../shared";
import { NETWORKS } from "./networks/targets";
import { NetworksTools } from "./networks/tools";
import { procedure, verdicts } from "./networks/words";
import type { View } from "./view";

export const view: View = {
  chart: "networks",
  settings: [
    ...(["method", "permutations", "permute", "channel", "sort", "filter-empty", "top"] as const),
    ...(["rotate", "flip-horizontal", "flip-vertical", "palette"] as const),
  ],
  concerns: ["pixel_importance", "direction", "latent_importance", "networks"],
  ofOneClass: true,
  sentences: ({ report }) => procedure(report?.networks),
  measured: true,
  paper: true,
  findings: ({ report, words }) =>
    [...(words?.cautions ?? []), report ? verdicts(report) : ""].filter(Boolean).join(" "),
  targets: NETWORKS,
  tools: (host) => new NetworksTools(host),
};
