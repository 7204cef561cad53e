/** Small files of images, of the forms that people have them in. */
import { crc32, deflateSync, gzipSync } from "node:zlib";

export interface Fixture {
  name: string;
  bytes: Buffer;
}

/** Where images differ by their class: a bright bar that stands at the class' place, and noise. */
export function shades(label: number, image: number, height: number, width: number): number[] {
  const pixels: number[] = [];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const noise = (image * 31 + row * 17 + column * 13 + label * 7) % 23;
      pixels.push(column % 4 === label ? 255 - noise : noise);
    }
  }
  return pixels;
}

export interface Set {
  images: number[][];
  labels: number[];
  height: number;
  width: number;
}

/** So many images of each of so many classes, class by class in turn. */
export function set(classes: number, each: number, height: number, width: number): Set {
  const labels = Array.from({ length: classes * each }, (_, at) => at % classes);
  const images = labels.map((label, at) => shades(label, at, height, width));
  return { images, labels, height, width };
}

export function idxImages({ images, height, width }: Set): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32BE(0x0803);
  [images.length, height, width].forEach((size, at) => header.writeUInt32BE(size, 4 + 4 * at));
  return Buffer.concat([header, Buffer.from(images.flat())]);
}

export function idxLabels({ labels }: Set): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(0x0801);
  header.writeUInt32BE(labels.length, 4);
  return Buffer.concat([header, Buffer.from(labels)]);
}

export function csv({ images, labels }: Set, name = (label: number) => `${label}`): Buffer {
  const pixels = images[0]!.map((_, at) => `pixel${at}`);
  const rows = images.map((image, at) => [name(labels[at]!), ...image].join());
  return Buffer.from([["label", ...pixels].join(), ...rows].join("\n"));
}

export function npy(shape: number[], bytes: number[]): Buffer {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = text.padEnd(128 - 10 - 1) + "\n";
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length, 0]);
  return Buffer.concat([start, Buffer.from(header), Buffer.from(bytes)]);
}

export function png(pixels: number[], height: number, width: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Array.from({ length: height }, (_, row) => [
    0,
    ...pixels.slice(row * width, (row + 1) * width),
  ]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from(rows.flat()))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** A tone of half a second. */
export function wav(hertz: number, rate = 48_000): Buffer {
  const count = rate / 2;
  const header = Buffer.alloc(44);
  header.write("RIFF");
  header.writeUInt32LE(36 + 2 * count, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(2 * count, 40);
  const samples = Buffer.alloc(2 * count);
  for (let at = 0; at < count; at += 1) {
    const fading = Math.sin((Math.PI * at) / count);
    const sample = Math.sin((2 * Math.PI * hertz * at) / rate) * fading;
    samples.writeInt16LE(Math.round(20_000 * sample), 2 * at);
  }
  return Buffer.concat([header, samples]);
}

/** An archive of files as they are. */
export function zip(files: Fixture[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const path = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(20, 4);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(bytes.length, 18);
    local.writeUInt32LE(bytes.length, 22);
    local.writeUInt16LE(path.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt16LE(20, 4);
    local.copy(central, 6, 4, 30);
    central.writeUInt32LE(offset, 42);
    directory.push(central, path);
    parts.push(local, path, bytes);
    offset += local.length + path.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

export const gzip = (bytes: Buffer): Buffer => gzipSync(bytes);
