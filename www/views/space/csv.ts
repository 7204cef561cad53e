/** The images that are chosen, as a table for other programs. */
import type { Encoded } from "../../report";

/** One line for each: the columns by which the encoded space's table tells an image, and its latents. */
export function chosenCsv(
  encoded: Encoded,
  chosen: Uint32Array,
  nameOf: (label: number) => string,
): string {
  const {
    shape: [, dims],
    data,
  } = encoded.latents;
  const heads = ["class", "class_place", "file", "file_place"];
  const lines = [[...heads, ...Array.from({ length: dims }, (_, dim) => `dim_${dim + 1}`)]];
  for (const image of chosen) {
    const file = encoded.files[encoded.file[image] ?? -1];
    const place = file === undefined ? undefined : encoded.place[image];
    lines.push([
      field(nameOf(encoded.labels[image]!)),
      `${encoded.positions[image]! + 1}`,
      field(file ?? ""),
      place === undefined ? "" : `${place + 1}`,
      ...Array.from(data.subarray(image * dims, (image + 1) * dims), (value) => shortest(value)),
    ]);
  }
  return lines.map((cells) => `${cells.join(",")}\n`).join("");
}

/** In quotation marks where it could be taken for several. */
function field(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The shortest decimal that is read back as the same number of single precision. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return `${text}`;
  }
  return `${Number(value.toPrecision(9))}`;
}
