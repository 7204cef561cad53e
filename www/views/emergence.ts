/** When each map came to be what it is. */
import "../shared";
import type { View } from "./view";

export const view: View = {
  chart: "emergence",
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
