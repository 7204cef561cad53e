/** When each map came to be what it is. */
import "../shared";
import { EMERGENCE } from "./emergence/targets";
import { EmergenceTools } from "./emergence/tools";
import { findings, measuredAfter } from "./emergence/words";
import { featureNames } from "./shared";
import type { View } from "./view";

export const view: View = {
  chart: "emergence",
  settings: ["sort", "filter-empty", "top", "palette"],
  concerns: ["latent_importance", "emergence"],
  ofOneClass: true,
  sentences: ({ report, ...scene }) => [
    `How alike each dimension’s map was to its final one, epoch by epoch: Spearman’s rank correlation over the ${featureNames(scene)[1]} that vary. A map counts as there from the first epoch on after which this stays at 0.95 or more.`,
    "What is there early was easy to learn; that it is there early does not make it right, and a map that came last is not wrong.",
    report?.emergence && measuredAfter(report.emergence),
  ],
  measured: true,
  paper: true,
  findings: ({ report }) => (report?.emergence ? findings(report.emergence) : ""),
  targets: EMERGENCE,
  tools: (host) => new EmergenceTools(host, true),
};
