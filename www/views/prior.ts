/** What the decoder makes of draws from the distribution that a variational network's latents are held to. */
import "../shared";
import { isVariational } from "./decoded/grid";
import { PriorTools } from "./decoded/prior-tools";
import { PLACES } from "./decoded/targets";
import { spread } from "./shared";
import type { View } from "./view";

export const view: View = {
  chart: "decoded",
  settings: ["images", "rotate", "flip-horizontal", "flip-vertical"],
  concerns: ["encoded", "divergence"],
  sentences: (scene) =>
    isVariational(scene)
      ? [
          "Latents drawn from the standard normal distribution, all dimensions at once, and what the decoder makes of them: none of these is an image that the network has seen.",
          "They are as good as the latents of images fill that distribution: where these leave gaps in it, draws that fall there look like nothing.",
          spread(scene, { inShades: true }),
        ]
      : [],
  measured: false,
  targets: PLACES,
  tools: (host) => new PriorTools(host),
};
