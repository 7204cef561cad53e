/** The fair test: which of the methods to believe about one dimension. */
import "../shared";
import { procedure, verdict } from "./fair-test/verdict";
import { dimensionOf } from "./opinions/about";
import { SCORES } from "./fair-test/targets";
import { FairTestTools } from "./fair-test/tools";
import type { View } from "./view";

export const view: View = {
  chart: "fair-test",
  settings: ["opinions"],
  concerns: ["latent_importance", "opinions"],
  sentences: ({ report }) => {
    const test = report?.opinions?.test;
    const { features, donors } = report?.settings?.measure ?? { features: "pixels", donors: "all" };
    return [
      test
        ? procedure(test)
        : "Which method finds the pixels that move a dimension: its order of pixels is taken from half the images, and tried on the other half.",
      (features !== "pixels" || donors !== "all") &&
        "V in this test is the paper’s: of single pixels, with the values of any image.",
    ];
  },
  measured: true,
  paper: true,
  findings: (scene) => {
    const test = scene.report?.opinions?.test;
    const found = test ? verdict(test, dimensionOf(scene)) : [];
    return [...(scene.words?.cautions ?? []), ...found].join(" ");
  },
  targets: SCORES,
  tools: (host) => new FairTestTools(host),
};
