/** The explained images themselves, which the report knows only by their place in the data set. */
import type { Dataset } from "../data/dataset";
import { readIdx } from "../data/idx";
import type { ClassImages } from "../engine/messages";
import { sizeOf } from "../network";
import type { Report } from "../report";
import { rowOf } from "../data/samples";
import type { View } from "../view";
import { imageOfSample } from "./numbering";

/** One image as the autoencoder has it. */
export interface Subject {
  label: number;
  /** Where it stands among the explained images, from 0; absent where nobody asked. */
  image?: number;
  /** As the network is given them: from 0 to 1, unless a model takes others. */
  pixels: Float32Array;
  latents: Float32Array;
}

/** The samples of a run, which are explained images. */
export function sampled(report: Partial<Report>): Subject[] {
  const { samples, encoded } = report;
  if (!samples) return [];
  // Of images with noise: theirs as they are are those of the encoded space, once it is known.
  const { noisy } = samples;
  return samples.labels.map((label, row) => {
    const image = imageOfSample(report, row);
    const own = noisy && encoded && image !== undefined;
    return {
      label,
      ...(image !== undefined && { image }),
      pixels: rowOf(noisy && !own ? noisy : samples.images, row),
      latents: own ? rowOf(encoded.latents, image) : rowOf(samples.latents, row),
    };
  });
}

/** Which of the files of a class an image is in, and which image of it, both from 0. */
export interface Whereabouts {
  part: number;
  position: number;
}

export class Subjects {
  readonly #classes = new Map<number, Promise<ClassImages[]>>();
  readonly #pixels = new Map<ClassImages, Float32Array | Uint8Array>();

  constructor(
    readonly view: View,
    readonly dataset: Dataset,
  ) {}

  /** Undefined where there is no such image. Rejects if its file cannot be had. */
  async subject(report: Partial<Report>, image: number): Promise<Subject | undefined> {
    const { encoded, image: shape } = report;
    const label = encoded?.labels[image];
    if (!encoded || !shape || label === undefined) return undefined;
    const parts = explainedParts(report, await this.#images(label));
    const { part, position } = whereabouts(report, image);
    const file = parts[part];
    if (!file) return undefined;
    const size = sizeOf(shape);
    const values = this.#values(file).subarray(position * size, (position + 1) * size);
    return {
      label,
      image,
      pixels:
        values instanceof Float32Array ? values : Float32Array.from(values, (byte) => byte / 255),
      latents: rowOf(encoded.latents, image),
    };
  }

  #images(label: number): Promise<ClassImages[]> {
    let images = this.#classes.get(label);
    if (!images) {
      images = this.dataset.images([label]);
      this.#classes.set(label, images);
      images.catch(() => this.#classes.delete(label));
    }
    return images;
  }

  /** Bytes, or floats where the file has these: they may be others than from 0 to 1. */
  #values(file: ClassImages): Float32Array | Uint8Array {
    let values = this.#pixels.get(file);
    if (!values) {
      values = readIdx(file.bytes)?.values ?? this.view.decode(file.bytes).data;
      this.#pixels.set(file, values);
    }
    return values;
  }
}

/** Of the images of a class, those among which some are explained, as the engine takes them. */
export function explainedParts(report: Partial<Report>, images: ClassImages[]): ClassImages[] {
  const all = images.filter(({ role }) => role !== "unlabelled");
  const tests = all.filter(({ role }) => role === "explained");
  return tests.length > 0 && report.settings?.explain !== "all" ? tests : all;
}

/**
 * Positions are counted in each part of a class, and rise within it: where they do not, the next part
 * begins.
 */
export function whereabouts({ encoded }: Partial<Report>, image: number): Whereabouts {
  const { labels = [], positions = [] } = encoded ?? {};
  let part = 0;
  for (let at = image; at > 0 && labels[at - 1] === labels[image]; at -= 1) {
    if (positions[at]! <= positions[at - 1]!) part += 1;
  }
  return { part, position: positions[image] ?? 0 };
}
