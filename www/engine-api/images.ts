/** Images as programs have them, on their way to the engine, which takes one IDX file per class and role. */
import { type IdxArray, readIdx, unpacked, writeIdx } from "../data/idx";
import type { ClassImages, Role } from "../engine/messages";
import { integer } from "../format";
import { sizeOf } from "../network";
import type { ImageShape, ImageSource } from "../report";
import { refusal } from "./error";
import { type Label, labelText, labelTexts, numbered } from "./labels";

/**
 * Image after image, each row by row, the channels of a pixel side by side: bytes from 0, black, to 255,
 * white, or floats from 0 to 1; a model that was trained elsewhere may take other floats. Its length is the
 * number of images times height times width times channels.
 */
export type ImagePixels = Uint8Array | Uint8ClampedArray | Float32Array;

/** Images of one size, in one array. */
export interface Images {
  pixels: ImagePixels;
  /** Pixels from top to bottom. */
  height: number;
  /** Pixels from left to right. */
  width: number;
  /** Numbers of a pixel, such as 3 for red, green and blue. By default 1. */
  channels?: number;
  /**
   * The class of each image; one label is that of all images. By default 0; images that are trained on
   * beside a `test` may have none.
   */
  labels?: ArrayLike<Label> | Label;
  /** What people call the classes, by label. By default their labels. */
  names?: Readonly<Record<string, string>>;
  /** Images of a test set, of the same size: explained, and never trained on. */
  test?: { pixels: ImagePixels; labels?: ArrayLike<Label> | Label };
  /** What the images are called together, for the report. */
  name?: string;
  /** What the pixels are called where they are the columns of a table, one name for each. */
  columns?: readonly string[];
  /** Which data of known truth these are, as `Lens.made` says. */
  made?: "shapes" | "waveform" | "rank-two";
}

/** Images as the engine takes them. */
export interface Classes {
  images: ClassImages[];
  /** The engine's number of each label. */
  numbers: Map<string, number>;
  source: ImageSource;
}

/**
 * Reads an IDX file of images, the format of MNIST, plain or gzip-compressed; a fourth axis is that of the
 * channels.
 *
 * @param images The file's bytes.
 * @param labels The bytes of the IDX file with their labels, or the label of all images.
 * @throws {LensError} of kind `refused` where a file is damaged, or not what it should be.
 */
export async function fromIdx(
  images: ArrayBuffer | Uint8Array,
  labels: ArrayBuffer | Uint8Array | Label = 0,
): Promise<Images> {
  const { shape, values } = await read(images, "images", 3, 4);
  const [, height, width, channels = 1] = shape as [number, number, number, number?];
  const numbers = typeof labels === "object" ? (await read(labels, "labels", 1)).values : labels;
  return { pixels: values, height, width, channels, labels: numbers };
}

async function read(
  file: ArrayBuffer | Uint8Array,
  what: string,
  axes: number,
  most = axes,
): Promise<IdxArray> {
  const bytes = file instanceof Uint8Array ? file : new Uint8Array(file);
  let array: IdxArray | undefined;
  try {
    array = readIdx(await unpacked(bytes));
  } catch (error) {
    throw refusal(`The file of ${what} is damaged: its gzip data cannot be unpacked.`, error);
  }
  const found = array?.shape.length ?? 0;
  if (array && found >= axes && found <= most) return array;
  throw refusal(
    `This is no IDX file of ${what}: it should start with the bytes 00 00 08 0${axes}, or 00 00 0D 0${axes} for floats, and be as long as its header says.`,
  );
}

/** Images of one array that have one role. */
interface Part {
  pixels: ImagePixels;
  /** Of each image; none where they are of no class. */
  labels: string[] | undefined;
  role: Role | undefined;
  /** What the report calls the array. */
  file: string;
}

/** What is gathered of a class and a role. */
interface Gathered {
  label: string | undefined;
  role: Role | undefined;
  rows: ImagePixels[];
  file: number[];
  place: number[];
}

/** The images of each class as the engine takes them, in the natural order of their labels. */
export function byClass(images: Images | readonly Images[]): Classes {
  const sets = (Array.isArray(images) ? images : [images]) as readonly Images[];
  const [first] = sets;
  if (!first) throw refusal("There are no images.");
  for (const set of sets) checkShape(set, first);
  const parts = partsOf(sets);
  const image = imageOf(first);
  const size = sizeOf(image);
  const floats = parts.some(({ pixels }) => pixels instanceof Float32Array);
  const files = [...new Set(parts.map(({ file }) => file))];

  const gathered = new Map<string, Gathered>();
  for (const { pixels, labels, role, file } of parts) {
    const scaled =
      floats && !(pixels instanceof Float32Array)
        ? Float32Array.from(pixels, (byte) => byte / 255)
        : pixels;
    for (let at = 0; at < pixels.length / size; at += 1) {
      const label = labels?.[at];
      const key = JSON.stringify([role, label]);
      let of = gathered.get(key);
      if (!of) gathered.set(key, (of = { label, role, rows: [], file: [], place: [] }));
      of.rows.push(scaled.subarray(at * size, (at + 1) * size));
      of.file.push(files.indexOf(file));
      of.place.push(at);
    }
  }
  const numbers = numbered(parts.flatMap(({ labels }) => labels ?? []));
  if (numbers.size === 0) throw refusal("There are no labels: the images of the test need some.");
  const names = namesOf(sets);
  const classes = [...gathered.values()].map(({ label, role, rows, file, place }) => ({
    label: label === undefined ? 0 : numbers.get(label)!,
    name: label === undefined ? "" : (names.get(label) ?? label),
    ...(role && { role }),
    bytes: writeIdx(rows, image),
    files,
    file: Uint32Array.from(file),
    place: Uint32Array.from(place),
  }));
  // Sorting keeps the order of what has one label: those to train on first.
  classes.sort((one, other) => one.label - other.label);
  return { images: classes, numbers, source: sourceOf(sets, files) };
}

function partsOf(sets: readonly Images[]): Part[] {
  const tested = sets.some(({ test }) => test !== undefined);
  const called = (name: string | undefined, at: number, what: string) =>
    name ?? (sets.length > 1 ? `${what} ${at + 1}` : what);
  const parts: Part[] = [];
  for (const [at, set] of sets.entries()) {
    const { pixels, labels, test, name } = set;
    const count = countOf(pixels, imageOf(set));
    const unlabelled = tested && labels === undefined;
    parts.push({
      pixels,
      labels: unlabelled ? undefined : labelTexts(labels ?? 0, count),
      role: !tested ? undefined : unlabelled ? "unlabelled" : "training",
      file: called(name, at, "images"),
    });
    if (!test) continue;
    const tests = countOf(test.pixels, imageOf(set));
    if (test.labels === undefined && labels !== undefined) {
      throw refusal("The images have labels and those of the test have none: give them theirs.");
    }
    parts.push({
      pixels: test.pixels,
      labels: labelTexts(test.labels ?? 0, tests),
      role: "explained",
      file: called(name && `${name}, test`, at, "test"),
    });
  }
  return parts;
}

function namesOf(sets: readonly Images[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const set of sets) {
    for (const [label, name] of Object.entries(set.names ?? {})) {
      if (typeof name !== "string") {
        throw refusal(`The name of class ${label} must be a text, and is ${String(name)}.`);
      }
      names.set(labelText(label), name.normalize("NFC"));
    }
  }
  return names;
}

function sourceOf(sets: readonly Images[], files: string[]): ImageSource {
  const name = [...new Set(sets.flatMap(({ name }) => name ?? []))].join(", ");
  const columns = sets.find(({ columns }) => columns)?.columns;
  const size = sizeOf(imageOf(sets[0]!));
  if (columns && columns.length !== size) {
    throw refusal(
      `There are ${integer(columns.length)} names of columns, and an image has ${integer(size)} ${imageOf(sets[0]!).channels === 1 ? "pixels" : "numbers"}: each needs one.`,
    );
  }
  const made = sets.find(({ made }) => made)?.made;
  return {
    name,
    files,
    handling: [],
    ...(columns && { columns: columns.map(String) }),
    ...(made && { made, form: made === "shapes" ? "image" : "signal" }),
  };
}

/** The shape of each image; where there are several sets, of the first. */
export function imageOf(images: Images | readonly Images[]): ImageShape {
  const { height, width, channels = 1 } = (Array.isArray(images) ? images[0] : images) as Images;
  return { height, width, channels };
}

/** "28 × 28 pixels", "32 × 32 pixels of 3 channels". */
function written({ height, width, channels }: ImageShape): string {
  return `${height} × ${width} pixels${channels === 1 ? "" : ` of ${channels} channels`}`;
}

function checkShape(set: Images, first: Images): void {
  const [image, other] = [imageOf(set), imageOf(first)];
  if (!Object.values(image).every((side) => Number.isInteger(side) && side > 0)) {
    throw refusal(`Images of ${written(image)} cannot be: all must be whole numbers from 1.`);
  }
  if (written(image) !== written(other)) {
    throw refusal(
      `There are images of ${written(other)} and of ${written(image)}: all must have one size.`,
    );
  }
}

function countOf(pixels: ImagePixels, image: ImageShape): number {
  const known =
    pixels instanceof Uint8Array ||
    pixels instanceof Uint8ClampedArray ||
    pixels instanceof Float32Array;
  if (!known) {
    throw refusal(
      "The pixels must be bytes in a Uint8Array, or floats from 0 to 1 in a Float32Array.",
    );
  }
  const size = sizeOf(image);
  const count = pixels.length / size;
  if (!Number.isInteger(count) || count === 0) {
    throw refusal(
      `${integer(pixels.length)} numbers are no whole number of images of ${written(image)}, or none at all.`,
    );
  }
  if (pixels instanceof Float32Array) {
    const at = pixels.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      const which = Math.floor(at / size) + 1;
      throw refusal(
        `A pixel of image ${which} is ${pixels[at]}: all must be finite numbers, so put another in its place or leave the image out.`,
      );
    }
  }
  return count;
}
