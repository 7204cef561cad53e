/** IDX files of images, as the readers write them: a header of 16 bytes, then image after image. */

const HEADER = 16;
/** Bytes of a number, by the code that the header has for its type. */
const BYTES: Record<number, number> = { 0x08: 1, 0x0d: 4 };

/** The file with only the first so many of its images. */
export async function first(file: Blob, images: number): Promise<Blob> {
  const header = new DataView(await file.slice(0, HEADER).arrayBuffer());
  const count = Math.min(images, header.getUint32(4));
  header.setUint32(4, count);
  return new Blob([header, file.slice(HEADER, HEADER + count * imageBytes(header))]);
}

/** Every image turned about its diagonal, so that rows become columns. */
export function transposed(file: Uint8Array): Uint8Array<ArrayBuffer> {
  const turned = new Uint8Array(file);
  const header = new DataView(turned.buffer);
  const [height, width] = [header.getUint32(8), header.getUint32(12)];
  const size = imageBytes(header);
  const bytes = size / (height * width);
  for (let image = HEADER; image < file.length; image += size) {
    transpose(height, width, (from, to) => {
      const [source, target] = [image + from * bytes, image + to * bytes];
      for (let byte = 0; byte < bytes; byte += 1) turned[target + byte] = file[source + byte]!;
    });
  }
  header.setUint32(8, width);
  header.setUint32(12, height);
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

function imageBytes(header: DataView): number {
  return header.getUint32(8) * header.getUint32(12) * (BYTES[header.getUint8(2)] ?? 1);
}
