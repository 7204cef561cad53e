/** The images that both sides work on, as our engine takes them and as plain numbers. */
import { Shipped } from "../../www/data/shipped";
import type { ClassImages } from "../../www/engine/messages";
import type { Encoded } from "../../www/report";

/** What to work on: real digits, or random images of any number and size. */
export type Source =
  | { kind: "digits"; labels: number[]; limit?: number }
  | { kind: "random"; count: number; height: number; width: number; blank: number };

/** Row-major, images by pixels. */
export interface Pixels {
  count: number;
  pixels: number;
  data: Float32Array;
}

export interface Split {
  training: Pixels;
  held_out: Pixels;
  /** Rows of each class in the held-out images. */
  classes: { label: number; from: number; to: number }[];
}

const HEADER = 16;

export async function load(source: Source): Promise<ClassImages[]> {
  if (source.kind === "random") return [random(source)];
  const dataset = await Shipped.open("mnist");
  const classes = await dataset.images(source.labels);
  const unpacked = await Promise.all(
    classes.map(async (each) => ({ ...each, bytes: await unpack(each.bytes) })),
  );
  return source.limit === undefined ? unpacked : [firstOfAll(unpacked, source.limit)];
}

/** How many images there are in all classes. */
export function count(classes: ClassImages[]): number {
  const counts = classes.map(({ bytes }) =>
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(4),
  );
  return counts.reduce((sum, each) => sum + each, 0);
}

/** The images as our engine split them, by what its report says of the held-out ones. */
export function split(classes: ClassImages[], { labels, positions }: Encoded): Split {
  const held: Uint8Array[] = [];
  const kept: Uint8Array[] = [];
  const ranges: Split["classes"] = [];
  for (const { label, bytes } of classes) {
    const mine = new Set(positions.filter((_, image) => labels[image] === label));
    const from = held.length;
    for (const [position, image] of images(bytes).entries()) {
      (mine.has(position) ? held : kept).push(image);
    }
    ranges.push({ label, from, to: held.length });
  }
  return { training: numbers(kept), held_out: numbers(held), classes: ranges };
}

function numbers(images: Uint8Array[]): Pixels {
  const pixels = images[0]!.length;
  const data = new Float32Array(images.length * pixels);
  for (const [row, image] of images.entries()) {
    for (const [pixel, byte] of image.entries()) data[row * pixels + pixel] = byte / 255;
  }
  return { count: images.length, pixels, data };
}

/** The images of an unpacked IDX file. */
function images(file: Uint8Array): Uint8Array[] {
  const header = new DataView(file.buffer, file.byteOffset);
  const size = header.getUint32(8) * header.getUint32(12);
  return Array.from({ length: header.getUint32(4) }, (_, image) =>
    file.subarray(HEADER + image * size, HEADER + (image + 1) * size),
  );
}

/** All of one class. */
export function numbersIn({ bytes }: ClassImages): Pixels {
  return numbers(images(bytes));
}

async function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const unpacked = new Response(stream.pipeThrough(new DecompressionStream("gzip")));
  return new Uint8Array(await unpacked.arrayBuffer());
}

/** One class of `limit` images, taken in turn from every class. */
function firstOfAll(classes: ClassImages[], limit: number): ClassImages {
  const all = classes.map(({ bytes }) => images(bytes));
  const chosen = Array.from(
    { length: limit },
    (_, image) => all[image % all.length]![Math.floor(image / all.length)]!,
  );
  const side = Math.sqrt(chosen[0]!.length);
  const bytes = idx(limit, side, side);
  for (const [at, image] of chosen.entries()) bytes.set(image, HEADER + at * image.length);
  return { label: 0, name: "digits", bytes };
}

/** Evenly distributed intensities; a pixel is 0 with probability `blank`. */
function random(source: Source & { kind: "random" }): ClassImages {
  const { count, height, width, blank } = source;
  const bytes = idx(count, height, width);
  let state = 1;
  const draw = () => {
    // Numbers of Park and Miller (1988), the same in every browser.
    state = (state * 48271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
  for (let at = HEADER; at < bytes.length; at += 1) {
    bytes[at] = draw() < blank ? 0 : Math.floor(256 * draw());
  }
  return { label: 0, name: "random", bytes };
}

/** An IDX file of black images. */
function idx(count: number, height: number, width: number): Uint8Array {
  const bytes = new Uint8Array(HEADER + count * height * width);
  const header = new DataView(bytes.buffer);
  [0x00000803, count, height, width].forEach((word, at) => header.setUint32(4 * at, word));
  return bytes;
}
