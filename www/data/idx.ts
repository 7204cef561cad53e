/**
 * IDX files of images, as the readers write them: a header, then image after image, each row by row. Images
 * of several channels have a fourth axis, on which the channels of a pixel stand side by side.
 */
import { sizeOf } from "../network";
import type { ImageShape } from "../report";

/** No header of images is longer. */
const LONGEST_HEADER = 20;
/** The codes that the header has for the types of numbers. */
const BYTE = 0x08;
const FLOAT = 0x0d;
/** Bytes of a number, by the code that the header has for its type. */
const BYTES: Record<number, number> = { [BYTE]: 1, [FLOAT]: 4 };

/** The numbers of an IDX file, of images or of labels. */
export interface IdxArray {
  shape: number[];
  values: Uint8Array | Float32Array;
}

/** What a file of bytes or floats holds; undefined where it is none, or not as long as it says. */
export function readIdx(file: Uint8Array): IdxArray | undefined {
  const [zero, nil, type = 0, axes = 0] = file;
  const header = 4 + 4 * axes;
  const bytes = BYTES[type];
  if (zero !== 0 || nil !== 0 || !bytes || file.length < header) return undefined;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, size) => product * size, 1);
  if (file.length !== header + count * bytes) return undefined;
  if (type === BYTE) return { shape, values: file.subarray(header) };
  const values = Float32Array.from({ length: count }, (_, at) => view.getFloat32(header + 4 * at));
  return { shape, values };
}

/** A file without the gzip that may be around it. */
export async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const whole = new Response(stream.pipeThrough(new DecompressionStream("gzip")));
  return new Uint8Array(await whole.arrayBuffer());
}

/** Images of one type and size as a file; the first part may hold all `count`. */
export function writeIdx(
  images: (Uint8Array | Uint8ClampedArray | Float32Array)[],
  image: ImageShape,
  count = images.length,
): Uint8Array<ArrayBuffer> {
  const floats = images[0] instanceof Float32Array;
  const size = sizeOf(image) * (floats ? 4 : 1);
  const { height, width, channels } = image;
  const axes = [count, height, width, ...(channels === 1 ? [] : [channels])];
  const header = 4 + 4 * axes.length;
  const file = new Uint8Array(header + count * size);
  const view = new DataView(file.buffer);
  file.set([0, 0, floats ? FLOAT : BYTE, axes.length]);
  axes.forEach((number, at) => view.setUint32(4 + 4 * at, number));
  images.forEach((image, at) => {
    const start = header + at * size;
    if (!floats) return file.set(image, start);
    image.forEach((value, pixel) => view.setFloat32(start + 4 * pixel, value));
  });
  return file;
}

/** The file with only the first so many of its images. */
export async function first(file: Blob, images: number): Promise<Blob> {
  const start = new DataView(await file.slice(0, LONGEST_HEADER).arrayBuffer());
  const { header, image } = sizesOf(start);
  const count = Math.min(images, start.getUint32(4));
  start.setUint32(4, count);
  const head = start.buffer.slice(0, header);
  return new Blob([head, file.slice(header, header + count * image)]);
}

/** Every image turned about its diagonal, so that rows become columns. */
export function transposed(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const turned = new Uint8Array(file);
  const view = new DataView(turned.buffer);
  const { header, height, width, image: size } = sizesOf(view);
  const pixel = size / (height * width);
  for (let image = header; image < file.length; image += size) {
    transpose(height, width, (from, to) => {
      const source = image + from * pixel;
      turned.set(file.subarray(source, source + pixel), image + to * pixel);
    });
  }
  view.setUint32(8, width);
  view.setUint32(12, height);
  return turned;
}

/** Says of every pixel of an image where it goes when rows become columns. */
export function transpose(
  height: number,
  width: number,
  move: (from: number, to: number) => void,
): void {
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      move(row * width + column, column * height + row);
    }
  }
}

/** Of a file of images: the bytes of its header and of an image, and how many pixels that has. */
function sizesOf(view: DataView): { header: number; height: number; width: number; image: number } {
  const [height, width] = [view.getUint32(8), view.getUint32(12)];
  const channels = view.getUint8(3) > 3 ? view.getUint32(16) : 1;
  const image = height * width * channels * (BYTES[view.getUint8(2)] ?? 1);
  return { header: 4 + 4 * view.getUint8(3), height, width, image };
}
