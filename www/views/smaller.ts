/** What is lost with every dimension. */
import "../shared";
import type { View } from "./view";

export const view: View = {
  chart: "smaller",
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
