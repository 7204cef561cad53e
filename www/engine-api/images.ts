/** Images as programs have them, on their way to the engine, which takes one IDX file per class. */
import { type IdxArray, readIdx, unpacked, writeIdx } from "../data/idx";
import type { ClassImages } from "../engine/messages";
import { LensError } from "./error";

/** Images of one size, in one array. */
export interface Images {
  /**
   * Image after image, each row by row: bytes from 0, black, to 255, white, or floats from 0 to 1.
   * Its length is the number of images times height times width.
   */
  pixels: Uint8Array | Uint8ClampedArray | Float32Array;
  /** Pixels from top to bottom. */
  height: number;
  /** Pixels from left to right. */
  width: number;
  /** The class of each image, from 0 to 255; one number is that of all images. By default 0. */
  labels?: ArrayLike<number> | number;
  /** What people call the classes, by label. By default their labels. */
  names?: Readonly<Record<number, string>>;
}

/**
 * Reads an IDX file of images, the format of MNIST, plain or gzip-compressed.
 *
 * @param images The file's bytes.
 * @param labels The bytes of the IDX file with their labels, or the label of all images.
 * @throws {LensError} of kind `refused` where a file is damaged, or not what it should be.
 */
export async function fromIdx(
  images: ArrayBuffer | Uint8Array,
  labels: ArrayBuffer | Uint8Array | number = 0,
): Promise<Images> {
  const { shape, values } = await read(images, "images", 3);
  const [, height, width] = shape as [number, number, number];
  const numbers = typeof labels === "number" ? labels : (await read(labels, "labels", 1)).values;
  return { pixels: values, height, width, labels: numbers };
}

async function read(file: ArrayBuffer | Uint8Array, what: string, axes: number): Promise<IdxArray> {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  let array: IdxArray | undefined;
  try {
    array = readIdx(await unpacked(bytes));
  } catch (error) {
    throw refusal(`The file of ${what} is damaged: its gzip data cannot be unpacked.`, error);
  }
  if (array?.shape.length === axes) return array;
  throw refusal(
    `This is no IDX file of ${what}: it should start with the bytes 00 00 08 0${axes}, or 00 00 0D 0${axes} for floats, and be as long as its header says.`,
  );
}

/** The images of each class as the engine takes them, by ascending label. */
export function byClass(images: Images | readonly Images[]): ClassImages[] {
  const sets = (Array.isArray(images) ? images : [images]) as readonly Images[];
  const [first] = sets;
  if (!first) throw refusal("There are no images.");
  const size = first.height * first.width;
  const floats = sets.some(({ pixels }) => pixels instanceof Float32Array);

  const rows = new Map<number, Images["pixels"][]>();
  const names: Record<number, string> = {};
  for (const set of sets) {
    check(set, first);
    Object.assign(names, set.names);
    const { pixels, labels = 0 } = set;
    const scaled =
      floats && !(pixels instanceof Float32Array)
        ? Float32Array.from(pixels, (byte) => byte / 255)
        : pixels;
    for (let image = 0; image < pixels.length / size; image += 1) {
      const label = typeof labels === "number" ? labels : labels[image]!;
      const row = scaled.subarray(image * size, (image + 1) * size);
      const found = rows.get(label);
      if (found) found.push(row);
      else rows.set(label, [row]);
    }
  }
  return [...rows]
    .sort(([one], [other]) => one - other)
    .map(([label, images]) => ({
      label,
      name: names[label] ?? `${label}`,
      bytes: writeIdx(images, first.height, first.width),
    }));
}

function check({ pixels, height, width, labels = 0 }: Images, first: Images): void {
  if (![height, width].every((side) => Number.isInteger(side) && side > 0)) {
    throw refusal(
      `Images of ${height} × ${width} pixels cannot be: both must be whole numbers from 1.`,
    );
  }
  if (height !== first.height || width !== first.width) {
    throw refusal(
      `There are images of ${first.height} × ${first.width} and of ${height} × ${width} pixels: all must have one size.`,
    );
  }
  const known =
    pixels instanceof Uint8Array ||
    pixels instanceof Uint8ClampedArray ||
    pixels instanceof Float32Array;
  if (!known) {
    throw refusal(
      "The pixels must be bytes in a Uint8Array, or floats from 0 to 1 in a Float32Array.",
    );
  }
  const count = pixels.length / (height * width);
  if (!Number.isInteger(count) || count === 0) {
    throw refusal(
      `${pixels.length} pixels are no whole number of images of ${height} × ${width}, or none at all.`,
    );
  }
  const all = typeof labels === "number" ? [labels] : Array.from(labels);
  if (typeof labels !== "number" && all.length !== count) {
    throw refusal(`There are ${count} images and ${all.length} labels: each image needs one.`);
  }
  const wrong = all.find((label) => !Number.isInteger(label) || label < 0 || label > 255);
  if (wrong !== undefined) {
    throw refusal(`Labels must be whole numbers from 0 to 255, and one is ${wrong}.`);
  }
}

function refusal(message: string, cause?: unknown): LensError {
  return new LensError("refused", message, cause === undefined ? undefined : { cause });
}
