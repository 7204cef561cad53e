/** What the decoder makes of every place of a plane of two latent dimensions. */
import "../shared";
import { isVariational } from "./decoded/grid";
import { PlaneTools } from "./decoded/plane-tools";
import { PLACES } from "./decoded/targets";
import { spread } from "./shared";
import type { View } from "./view";

export const view: View = {
  chart: "decoded",
  settings: ["images", "rotate", "flip-horizontal", "flip-vertical"],
  concerns: ["encoded", "divergence"],
  sentences: (scene) => [
    ...(isVariational(scene)
      ? [
          "What the decoder makes of every place of the plane of two dimensions, as far as three standard deviations of the standard normal distribution either way, with all others at 0, its mean.",
          "Training holds the latents to that distribution, so that places next to each other make similar images; along a dimension that is not active nothing changes.",
        ]
      : [
          "What the decoder makes of every place of the plane of two dimensions, as far as the explained images reach, with all others at their means over these images.",
          "Nothing in training asked for places between images to make sense: what is drawn there may be like no image.",
        ]),
    spread(scene, { inShades: true }),
  ],
  measured: true,
  paper: true,
  targets: PLACES,
  tools: (host) => new PlaneTools(host),
};
