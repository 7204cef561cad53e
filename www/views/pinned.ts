/** What is pinned, and what is shown. */
import "../shared";
import type { View } from "./view";

export const view: View = {
  chart: "figure",
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
