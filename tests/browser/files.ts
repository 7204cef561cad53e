/** Small files of images, of the forms that people have them in. */
import { deflateSync, gzipSync } from "node:zlib";

export interface Fixture {
  name: string;
  bytes: Uint8Array;
}

/** Texts, bytes, and numbers of so many bits ("u16", big-endian; "u16le"), one after the other. */
type Part = string | ArrayLike<number> | ["u16" | "u32" | "u16le" | "u32le", ...number[]];

export function bytes(...parts: Part[]): Uint8Array {
  const all = parts.map((part): ArrayLike<number> => {
    if (typeof part === "string") return new TextEncoder().encode(part);
    const [kind, ...numbers] = part as ["u16", ...number[]];
    if (typeof kind !== "string") return part as ArrayLike<number>;
    const size = kind.startsWith("u16") ? 2 : 4;
    const view = new DataView(new ArrayBuffer(size * numbers.length));
    const little = kind.endsWith("le");
    for (const [at, number] of numbers.entries()) {
      if (size === 2) view.setUint16(2 * at, number, little);
      else view.setUint32(4 * at, number, little);
    }
    return new Uint8Array(view.buffer);
  });
  const joined = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
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

export function idxImages({ images, height, width }: Set): Uint8Array {
  return bytes(["u32", 0x0803, images.length, height, width], images.flat());
}

export function idxLabels({ labels }: Set): Uint8Array {
  return bytes(["u32", 0x0801, labels.length], labels);
}

export function csv({ images, labels }: Set, name = (label: number) => `${label}`): Uint8Array {
  const pixels = images[0]!.map((_, at) => `pixel${at}`);
  const rows = images.map((image, at) => [name(labels[at]!), ...image].join());
  return bytes([["label", ...pixels].join(), ...rows].join("\n"));
}

/** A vector of whole numbers, as R's `save` writes it. */
export function rdata(name: string, numbers: number[]): Uint8Array {
  return gzip(
    bytes(
      "RDX3\nX\n",
      ["u32", 3, 0x040202, 0x030500, 5],
      "UTF-8",
      // A pair with a name, which is a symbol, and a vector; then nothing.
      ["u32", 0x0402, 1, 0x040009, name.length],
      name,
      ["u32", 13, numbers.length, ...numbers, 0xfe],
    ),
  );
}

export function npy(shape: number[], values: number[]): Uint8Array {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = text.padEnd(128 - 10 - 1) + "\n";
  return bytes([0x93], "NUMPY", [1, 0, header.length, 0], header, values);
}

/** Grey, or of three channels that stand side by side. */
export function png(
  pixels: number[],
  height: number,
  width: number,
  channels: 1 | 3 = 1,
): Uint8Array {
  const chunk = (type: string, data: ArrayLike<number>) => {
    const body = bytes(type, data);
    return bytes(["u32", data.length], body, ["u32", crc32(body)]);
  };
  const rows = Array.from({ length: height }, (_, row) => [
    0,
    ...pixels.slice(row * width * channels, (row + 1) * width * channels),
  ]);
  return bytes(
    [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
    chunk("IHDR", bytes(["u32", width, height], [8, channels === 3 ? 2 : 0, 0, 0, 0])),
    chunk("IDAT", deflateSync(bytes(rows.flat()))),
    chunk("IEND", []),
  );
}

/** A tone of half a second. */
export function wav(hertz: number, rate = 48_000): Uint8Array {
  const count = rate / 2;
  const samples = Array.from({ length: count }, (_, at) => {
    const fading = Math.sin((Math.PI * at) / count);
    return Math.round(20_000 * Math.sin((2 * Math.PI * hertz * at) / rate) * fading) & 0xffff;
  });
  return bytes(
    "RIFF",
    ["u32le", 36 + 2 * count],
    "WAVEfmt ",
    ["u32le", 16],
    ["u16le", 1, 1],
    ["u32le", rate, 2 * rate],
    ["u16le", 2, 16],
    "data",
    ["u32le", 2 * count],
    ["u16le", ...samples],
  );
}

/** An archive of files as they are. */
export function zip(files: Fixture[]): Uint8Array {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes: content } of files) {
    const path = bytes(name);
    const about = bytes(
      ["u16le", 20, 0, 0, 0, 0],
      ["u32le", crc32(content), content.length, content.length],
      ["u16le", path.length, 0],
    );
    locals.push(bytes("PK\x03\x04", about, path, content));
    const place: Part[] = [
      ["u16le", 0, 0, 0],
      ["u32le", 0, offset],
    ];
    directory.push(bytes("PK\x01\x02", ["u16le", 20], about, ...place, path));
    offset += locals.at(-1)!.length;
  }
  const listing = bytes(...directory);
  return bytes(
    ...locals,
    listing,
    "PK\x05\x06",
    ["u16le", 0, 0, files.length, files.length],
    ["u32le", listing.length, offset],
    ["u16le", 0],
  );
}

export function gzip(content: Uint8Array): Uint8Array {
  return bytes(gzipSync(content));
}

/** The checksum of PNG and zip. */
function crc32(content: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of content) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
