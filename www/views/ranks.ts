/** How the order of the dimensions came about. */
import "../shared";
import type { View } from "./view";

export const view: View = {
  chart: "ranks",
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
