/** Pixel importance: a map for every latent dimension. */
import "../shared";
import { COLOURS, MAP_SETTINGS, MAPS, shuffled } from "./shared";
import type { View } from "./view";

export const view: View = {
  chart: "pixels",
  settings: MAP_SETTINGS,
  concerns: ["pixel_importance", "latent_importance"],
  sentences: (scene) => {
    const { palette, scale, sort } = scene.options;
    return [
      `How much each latent dimension changes when a pixel is shuffled among the images: the stronger the ${COLOURS[palette][0]}, the more${scale === "each" ? ", on each map’s own scale" : ""}.`,
      shuffled(scene),
      sort && "Dimensions with the widest range come first.",
    ];
  },
  measured: true,
  targets: MAPS,
};
