/** Where the encoder puts the explained images. */
import "../shared";
import { around, axesOf, list, METHODS, STEPS, whichImage, within } from "./shared";
import { SpaceTools } from "./space/tools";
import type { Scene } from "./picture";
import type { Targets, View } from "./view";

/** Half the width of what is drawn around a point. */
const RING = 9;

const TARGETS: Targets = {
  hint: "Point at a place to read whose it is, click it (or tap it twice) to see its image. By keyboard: arrows, Enter.",

  at({ layout: { points } }, x, y, reach) {
    if (!points) return undefined;
    let nearest = -1;
    let least = reach ** 2;
    for (let image = 0; 2 * image < points.length; image += 1) {
      const distance = (points[2 * image]! - x) ** 2 + (points[2 * image + 1]! - y) ** 2;
      if (distance < least) [nearest, least] = [image, distance];
    }
    return nearest < 0 ? undefined : { kind: "image", image: nearest };
  },

  next({ report, options: { selected } }, from, key) {
    const labels = report?.encoded?.labels;
    const step = STEPS[key];
    if (!step || !labels?.length) return undefined;
    if (from?.kind !== "image") return { kind: "image", image: selected ?? 0 };
    const along = within(from.image + step.right, labels.length);
    const towards = step.down + step.page;
    if (!towards) return { kind: "image", image: along };
    // To the first image of the next class, or of this one on the way back.
    const own = labels.indexOf(labels[from.image]!);
    const other = towards > 0 ? labels.lastIndexOf(labels[from.image]!) + 1 : own - 1;
    const to = within(other, labels.length);
    return { kind: "image", image: labels.indexOf(labels[to]!) };
  },

  outlines({ layout: { points } }, target) {
    if (target.kind !== "image" || !points) return [];
    const [x = NaN, y = NaN] = points.subarray(2 * target.image);
    // One that is not in view has no place.
    if (Number.isNaN(x)) return [];
    return [around({ x: x - RING, y: y - RING, width: 2 * RING, height: 2 * RING }, 0)];
  },

  words(picture, target) {
    const encoded = picture.report?.encoded;
    if (target.kind !== "image" || !encoded) return "";
    const row = picture.classes.indexOf(encoded.labels[target.image]!);
    return whichImage(encoded, target.image, picture.names[row] ?? "");
  },

  opens: (_, target) => (target.kind === "image" ? { image: target.image } : undefined),
};

export const view: View = {
  chart: "space",
  settings: ["images"],
  concerns: ["encoded"],
  sentences: (scene) => [sentence(scene)],
  measured: true,
  targets: TARGETS,
  tools: (host) => new SpaceTools(host),
};

/** What places the images. */
function sentence({ projection, options: { dims } }: Scene): string {
  if (dims === 1)
    return "Every explained image by the only latent dimension, a line for each class.";
  if (projection === "pca")
    return "Every explained image by the first two principal components of the latents: the two directions, at right angles, in which the images vary most.";
  if (projection === "tsne" || projection === "umap")
    return `Every explained image, drawn into a plane by ${METHODS[projection]} so that images with similar latents lie close together; distances between far groups mean little.`;
  const asked = axesOf(projection)?.filter((dim) => dim < dims) ?? [];
  if (asked.length === 2)
    return `Every explained image by the latent dimensions ${list(asked.map((dim) => `${dim + 1}`))}.`;
  return "Every explained image by the two latent dimensions that vary most.";
}
