/** Pixel importance: a map for every latent dimension. */
import "../shared";
import { COLOURS, drawnAs, featureNames, MAP_SETTINGS, mapped, MAPS, shuffled } from "./shared";
import type { Scene } from "./picture";
import type { View } from "./view";

/** What is moved, and among which images. */
const MOVED = {
  pixels: "a pixel",
  patches: "a patch of pixels",
  rows: "a row of pixels",
  columns: "a column of pixels",
  clusters: "a cluster of pixels",
  "one-hot": "a set of columns",
  groups: "a group of pixels",
};
const AMONG = {
  all: "the images",
  class: "images of the same class",
  neighbours: "images of like surroundings",
};

function moved(scene: Scene): string {
  const { features = "pixels", donors = "all" } = scene.report?.settings?.measure ?? {};
  const [one, several] = featureNames(scene);
  const what = MOVED[features].replace(/pixels$/, several).replace(/pixel$/, one);
  return `${what} is shuffled among ${AMONG[donors]}`;
}

export const view: View = {
  chart: "pixels",
  settings: MAP_SETTINGS,
  concerns: ["pixel_importance", "latent_importance"],
  sentences: (scene) => {
    const { palette, scale, sort } = scene.options;
    return [
      `How much each latent dimension changes when ${moved(scene)}: the stronger the ${COLOURS[palette][0]}, the more${scale === "each" ? ", on each map’s own scale" : ""}.`,
      drawnAs(scene),
      shuffled(scene),
      mapped(scene),
      sort && "Dimensions with the widest range come first.",
    ];
  },
  measured: true,
  targets: MAPS,
};
