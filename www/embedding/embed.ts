/** From latents to a picture of the encoded space: what is refused, where it starts, its frame. */
import { count, integer } from "../format";
import { type Arrange, FEWEST } from "./arrange";
import type { EmbeddingRequest, Step } from "./messages";
import { framed } from "./plane";
import { principalComponents } from "./principal";
import { normal, uniform } from "./random";
import type { Matrix } from "../report";

/** As many as either method arranges in about a minute on two cores. */
export const MOST = 15_000;
/**
 * Noise in the first arrangement, in parts of its reach: enough to leave a line where the latents
 * vary in one direction only, and the one place where the seed shows in t-SNE.
 */
const NOISE = 0.01;

/** Latents that cannot be projected; the message is a whole sentence. */
export class Refusal extends Error {}

/**
 * Projects the latents with the method that `load` gives. The first arrangement holds the images by
 * their first two principal components, so that the picture keeps the large distances, too, and
 * looks much the same for another seed. A handful of images, and images that are all alike, stay
 * there.
 */
export async function embed(
  { latents, seed }: EmbeddingRequest,
  load: () => Promise<Arrange>,
  step: Step,
): Promise<Float32Array> {
  check(latents);
  const [rows] = latents.shape;
  if (allAlike(latents)) return new Float32Array(2 * rows);
  const components = framed(principalComponents(latents).scores);
  if (rows < FEWEST) return components;

  const random = uniform(seed);
  const noise = normal(random);
  const start = Float64Array.from(components, (value) => value + NOISE * noise());
  const arrange = await load();
  const last = arrange(latents, start, random, (points, done, total) =>
    step(framed(points), done, total),
  );
  const coordinates = framed(last);
  if (!coordinates.every(Number.isFinite)) {
    throw new Error("the arrangement left the range of numbers");
  }
  return coordinates;
}

function check({ shape: [rows, columns], data }: Matrix): void {
  if (rows === 0 || columns === 0) {
    throw new Refusal(
      "There are no latents to project: choose a class that has explained images, and at least one dimension.",
    );
  }
  if (data.length !== rows * columns) {
    throw new Refusal(
      `The latents are ${count(data.length, "number")}, which are not ${count(rows, "image")} of ${count(columns, "dimension")}: run again.`,
    );
  }
  if (rows > MOST) {
    throw new Refusal(
      `The encoded space of ${integer(rows)} images would take more than a minute: choose fewer classes, or explain fewer images, at most ${integer(MOST)}.`,
    );
  }
  const place = data.findIndex((value) => !Number.isFinite(value));
  if (place >= 0) {
    const [image, dimension] = [Math.floor(place / columns) + 1, (place % columns) + 1];
    throw new Refusal(
      `Image ${image} has no finite latent in dimension ${dimension}: train again, or use another model.`,
    );
  }
}

function allAlike({ shape: [, columns], data }: Matrix): boolean {
  return data.every((value, place) => value === data[place % columns]);
}
