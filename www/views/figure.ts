/** The paper's figure: what each latent dimension sees, and what one class needs it for. */
import { figureHeight } from "./figure-height";
import { rise, shuffled } from "./channels";
import { drawnAs, featureNames } from "./features";
import { findings } from "./findings";
import { COLOURS, MAP_SETTINGS, MAPS } from "./maps";
import { brackets } from "./over-images";
import { explained, isMeasured } from "./picture";
import type { View } from "./view";
import { amongLatents, mapped, measure, one } from "./words";

export const view: View = {
  chart: "figure",
  settings: [...MAP_SETTINGS, "latent-donors", "metric", "threshold"],
  concerns: ["pixel_importance", "direction", "latent_importance", "image_errors", "divergence"],
  ofOneClass: true,
  // What is no image has maps as high as their rows, and parts of models lack bars, which the charts know.
  height: (width, { options, report }) =>
    options.form || report?.model?.part ? undefined : figureHeight(width, options),
  sentences: (scene) => {
    const { palette, scale, threshold } = scene.options;
    const [raise, lower] = COLOURS[palette];
    const { direction, pixel_importance } = scene.report ?? {};
    const alone = direction && !pixel_importance;
    const each = scale === "each" ? ", on each map’s own scale" : "";
    return [
      isMeasured(scene, scene.options.class) &&
        `Bars: how much the reconstructions of ${one(explained(scene))} change when that dimension is ${amongLatents(scene, "them")}.`,
      Boolean(scene.report?.divergence) &&
        "Points: how far the latents of all explained images are from the standard normal distribution in that dimension (Kullback-Leibler divergence), on the scale above them.",
      `Maps: the ${featureNames(scene)[1]} that ${alone ? "go with" : "drive"} the dimension, ${raise} where ${rise(scene)} raises it, ${lower} where it lowers it${alone ? "; how much each matters is not known" : `, stronger means more${each}`}.`,
      drawnAs(scene),
      isMeasured(scene, scene.options.class) && brackets(scene),
      shuffled(scene),
      mapped(scene),
      threshold > 0 && `Slopes below ${threshold} count as no direction.`,
      measure(scene),
    ];
  },
  measured: true,
  findings,
  targets: MAPS,
};
