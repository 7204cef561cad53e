/** How many dimensions it takes. */
import "../shared";
import type { View } from "./view";

export const view: View = {
  chart: "sizes",
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
