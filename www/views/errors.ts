/** Which images are rebuilt worst, and where. */
import "../shared";
import type { View } from "./view";

export const view: View = {
  chart: "reconstruction-errors",
  settings: [],
  concerns: ["latent_importance"],
  sentences: () => [],
  measured: true,
  targets: {
    hint: "",
    at: () => undefined,
    next: () => undefined,
    outlines: () => [],
    words: () => "",
    opens: () => undefined,
  },
};
