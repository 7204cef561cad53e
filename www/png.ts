/** Words inside PNG files: image viewers show them as title and description. */

/** Signature and header, which come first in every PNG file. */
const HEAD = 8 + 25;

export function withWords(png: Blob, words: Record<string, string>): Blob {
  const chunks = Object.entries(words).map(([keyword, text]) => {
    // Not compressed, of no language, and with no translated keyword.
    return chunk("iTXt", `${keyword}\0\0\0\0\0${text}`);
  });
  return new Blob([png.slice(0, HEAD), ...chunks, png.slice(HEAD)], { type: png.type });
}

function chunk(type: string, text: string): Uint8Array<ArrayBuffer> {
  const content = new TextEncoder().encode(type + text);
  const bytes = new Uint8Array(content.length + 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length - type.length);
  bytes.set(content, 4);
  view.setUint32(content.length + 4, crc(content));
  return bytes;
}

/** The checksum of PNG and gzip. */
export function crc(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
