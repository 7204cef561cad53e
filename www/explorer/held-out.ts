/** The held-out images themselves, which the report knows only by their place in the data set. */
import type { Dataset } from "../data/dataset";
import type { Report } from "../report";
import { rowOf } from "../data/samples";
import type { View } from "../view";

/** One image as the autoencoder has it. */
export interface Subject {
  label: number;
  /** Where it stands among the held-out images, from 0; absent where nobody asked. */
  image?: number;
  /** 0 to 1. */
  pixels: Float32Array;
  latents: Float32Array;
}

export class HeldOut {
  readonly #classes = new Map<number, Promise<Uint8Array>>();

  constructor(
    readonly view: View,
    readonly dataset: Dataset,
  ) {}

  /** Undefined where there is no such image. Rejects if its file cannot be had. */
  async subject(report: Partial<Report>, image: number): Promise<Subject | undefined> {
    const { encoded, image: shape } = report;
    const label = encoded?.labels[image];
    const position = encoded?.positions[image];
    if (!encoded || !shape || label === undefined || position === undefined) return undefined;
    const size = shape.height * shape.width;
    const bytes = await this.#bytes(label);
    const pixels = bytes.subarray(position * size, (position + 1) * size);
    return {
      label,
      image,
      pixels: Float32Array.from(pixels, (value) => value / 255),
      latents: rowOf(encoded.latents, image),
    };
  }

  #bytes(label: number): Promise<Uint8Array> {
    let bytes = this.#classes.get(label);
    if (!bytes) {
      bytes = this.dataset.images([label]).then(([file]) => this.view.decode(file!.bytes).data);
      this.#classes.set(label, bytes);
      bytes.catch(() => this.#classes.delete(label));
    }
    return bytes;
  }
}
