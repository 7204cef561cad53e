/** Images as programs have them, on their way to the engine, which takes one IDX file per class and role. */
import { type IdxArray, readIdx, unpacked, writeIdx } from "../data/idx";
import type { ClassImages, Role } from "../engine/messages";
import { integer } from "../format";
import type { ImageSource } from "../report";
import { refusal } from "./error";
import { type Label, labelText, labelTexts, numbered } from "./labels";

/**
 * Image after image, each row by row: bytes from 0, black, to 255, white, or floats from 0 to 1; a model
 * that was trained elsewhere may take other floats. Its length is the number of images times height
 * times width.
 */
export type ImagePixels = Uint8Array | Uint8ClampedArray | Float32Array;

/** Images of one size, in one array. */
export interface Images {
  pixels: ImagePixels;
  /** Pixels from top to bottom. */
  height: number;
  /** Pixels from left to right. */
  width: number;
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
}

/** Images as the engine takes them. */
export interface Classes {
  images: ClassImages[];
  /** The engine's number of each label. */
  numbers: Map<string, number>;
  source: ImageSource;
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
  labels: ArrayBuffer | Uint8Array | Label = 0,
): Promise<Images> {
  const { shape, values } = await read(images, "images", 3);
  const [, height, width] = shape as [number, number, number];
  const numbers = typeof labels === "object" ? (await read(labels, "labels", 1)).values : labels;
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
  const size = first.height * first.width;
  const floats = parts.some(({ pixels }) => pixels instanceof Float32Array);
  const files = [...new Set(parts.map(({ file }) => file))];

  const gathered = new Map<string, Gathered>();
  for (const { pixels, labels, role, file } of parts) {
    const scaled =
      floats && !(pixels instanceof Float32Array)
        ? Float32Array.from(pixels, (byte) => byte / 255)
        : pixels;
    for (let image = 0; image < pixels.length / size; image += 1) {
      const label = labels?.[image];
      const key = JSON.stringify([role, label]);
      let of = gathered.get(key);
      if (!of) gathered.set(key, (of = { label, role, rows: [], file: [], place: [] }));
      of.rows.push(scaled.subarray(image * size, (image + 1) * size));
      of.file.push(files.indexOf(file));
      of.place.push(image);
    }
  }
  const numbers = numbered(parts.flatMap(({ labels }) => labels ?? []));
  if (numbers.size === 0) throw refusal("There are no labels: the images of the test need some.");
  const names = namesOf(sets);
  const { height, width } = first;
  const classes = [...gathered.values()].map(({ label, role, rows, file, place }) => ({
    label: label === undefined ? 0 : numbers.get(label)!,
    name: label === undefined ? "" : (names.get(label) ?? label),
    ...(role && { role }),
    bytes: writeIdx(rows, height, width),
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
  for (const [at, { pixels, labels, test, name, height, width }] of sets.entries()) {
    const count = countOf(pixels, height, width);
    const unlabelled = tested && labels === undefined;
    parts.push({
      pixels,
      labels: unlabelled ? undefined : labelTexts(labels ?? 0, count),
      role: !tested ? undefined : unlabelled ? "unlabelled" : "training",
      file: called(name, at, "images"),
    });
    if (!test) continue;
    const tests = countOf(test.pixels, height, width);
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
  const size = sets[0]!.height * sets[0]!.width;
  if (columns && columns.length !== size) {
    throw refusal(
      `There are ${integer(columns.length)} names of columns, and an image has ${integer(size)} pixels: each needs one.`,
    );
  }
  return { name, files, handling: [], ...(columns && { columns: columns.map(String) }) };
}

function checkShape({ height, width }: Images, first: Images): void {
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
}

function countOf(pixels: ImagePixels, height: number, width: number): number {
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
      `${integer(pixels.length)} pixels are no whole number of images of ${height} × ${width}, or none at all.`,
    );
  }
  if (pixels instanceof Float32Array) {
    const at = pixels.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      const image = Math.floor(at / (height * width)) + 1;
      throw refusal(
        `A pixel of image ${image} is ${pixels[at]}: all must be finite numbers, so put another in its place or leave the image out.`,
      );
    }
  }
  return count;
}
