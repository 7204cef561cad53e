/** Images above what the decoder makes of their latents. */
import "../shared";
import {
  around,
  imageOf,
  imageOfSample,
  imageText,
  inside,
  one,
  significant,
  spread,
  STEPS,
  within,
} from "./shared";
import { Extremes } from "./reconstructions/tools";
import type { Targets, View } from "./view";

const TARGETS: Targets = {
  hint: "Point at an image to read how far off its reconstruction is, click it (or tap it twice) to open it. By keyboard: arrows, Enter.",

  at({ layout: { images = [] } }, x, y) {
    const found = images.find((place) => inside(place, x, y));
    return found && { kind: "image", image: found.sample };
  },

  next({ layout: { images = [] } }, from, key) {
    const step = STEPS[key];
    if (!step || !images.length) return undefined;
    if (from?.kind !== "image") return { kind: "image", image: images[0]!.sample };
    const at = images.findIndex(({ sample }) => sample === from.image);
    const to = within(at + step.right + step.down + step.page, images.length);
    return { kind: "image", image: images[to]!.sample };
  },

  outlines({ layout: { images = [] } }, target) {
    const found = target.kind === "image" && images.find(({ sample }) => sample === target.image);
    return found ? [around(found, 2)] : [];
  },

  words({ report, classes, names }, target) {
    const samples = report?.samples;
    if (target.kind !== "image" || !samples) return "";
    const pixels = samples.images.shape[1];
    const from = target.image * pixels;
    let squares = 0;
    for (let at = from; at < from + pixels; at += 1) {
      squares += (samples.images.data[at]! - samples.reconstructions.data[at]!) ** 2;
    }
    const name = names[classes.indexOf(samples.labels[target.image]!)] ?? "";
    const error = significant(squares / pixels, 3);
    const image = report.encoded && imageOfSample(report, target.image);
    const which =
      image === undefined
        ? `Sample ${target.image + 1}, ${one(name)}`
        : imageOf(report.encoded!, image, name);
    return `${which}: mean squared error ${error}.`;
  },

  // What is drawn may be some of the explained images: the place of one among them is not its own.
  opens({ report }, target) {
    const image = target.kind === "image" && report && imageOfSample(report, target.image);
    return typeof image === "number" ? { named: imageText(report!, image) } : undefined;
  },
};

export const view: View = {
  chart: "reconstructions",
  settings: ["images"],
  concerns: ["samples", "encoded"],
  sentences: (scene) => [
    "Explained images above what the decoder makes of their latents: what is lost in between is what the latents could not carry.",
    Boolean(scene.report?.samples?.noisy) &&
      "Of samples the reconstructions are of the images with the noise that training put on them.",
    spread(scene),
  ],
  measured: false,
  targets: TARGETS,
  tools: (host) => new Extremes(host),
};
