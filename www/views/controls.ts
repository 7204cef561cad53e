/** What a network shows that has nothing to learn. */
import "../shared";
import type { View } from "./view";

export const view: View = {
  chart: "controls",
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
