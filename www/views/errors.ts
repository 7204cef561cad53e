/** Which images are rebuilt worst, and where. */
import "../shared";
import { ERRORS } from "./errors/targets";
import { ErrorTools } from "./errors/tools";
import { spread } from "./shared";
import type { View } from "./view";

export const view: View = {
  chart: "reconstruction-errors",
  settings: ["images", "rotate", "flip-horizontal", "flip-vertical", "palette"],
  concerns: ["encoded", "latent_importance", "reconstruction_errors"],
  sentences: (scene) => [
    "How far each explained image’s reconstruction is off, as the mean of the squared differences of its pixels. What the network has seen little of it rebuilds badly, which is why detectors of anomalies look here; but busy images are off further than plain ones, and a rare image that is plain may be rebuilt well.",
    "Unless you move it, the threshold leaves one image in twenty above it.",
    spread(scene),
  ],
  measured: true,
  paper: true,
  targets: ERRORS,
  tools: (host) => new ErrorTools(host),
};
