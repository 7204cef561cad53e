/** Images of bytes with their values as they are stored, 0 to 255, where others take them as shades. */
import type { ClassImages } from "../engine/messages";
import type { ImageSource } from "../report";
import { Dataset } from "./dataset";
import { readIdx, unpacked, writeIdx } from "./idx";
import type { Scale } from "./scale";

export class Stored extends Dataset {
  override readonly pixels;

  constructor(readonly of: Dataset) {
    super();
    this.pixels = of.pixels;
  }

  get image() {
    return this.of.image;
  }

  get classes() {
    return this.of.classes;
  }

  get credit() {
    return this.of.credit;
  }

  get scale(): Scale {
    return { ...this.of.scale, normalise: "keep" };
  }

  override get source(): ImageSource {
    return { ...this.of.source, handling: ["Values from 0 to 255 were taken as they are."] };
  }

  async images(labels: number[], first?: number): Promise<ClassImages[]> {
    const images = await this.of.images(labels, first);
    return Promise.all(images.map(async (each) => ({ ...each, bytes: await floats(each.bytes) })));
  }

  override forget(): void {
    this.of.forget();
  }
}

/** An IDX file of bytes as one of floats with the same values. */
async function floats(file: Uint8Array): Promise<Uint8Array> {
  const plain = await unpacked(file);
  const array = readIdx(plain);
  if (!array) return file;
  const [count, height = 0, width = 0, channels = 1] = array.shape;
  return writeIdx([Float32Array.from(array.values)], { height, width, channels }, count);
}
