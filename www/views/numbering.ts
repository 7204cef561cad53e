/**
 * How an explained image is named everywhere, by its class, its place there, and its place in its file; and
 * how a latent dimension is.
 */
import { labelOf } from "../classes";
import { integer } from "../format";
import type { Encoded, Report } from "../report";

/** Where it stands in the files that it is from: "image 8 of digits.npz"; empty where that is not known. */
function inFile(encoded: Encoded, image: number): string {
  const file = encoded.files[encoded.file[image] ?? -1];
  const place = encoded.place[image];
  if (file === undefined || place === undefined) return "";
  // Pictures and recordings are files of one image each.
  const single = encoded.files.length > 1 && encoded.place.every((each) => each === 0);
  return single ? file : `image ${integer(place + 1)} of ${file}`;
}

/** "Dimension 5"; of latents that are feature maps "Dimension 5 (channel 1, row 2, column 1)". */
export function dimensionName(report: Partial<Report> | undefined, dim: number): string {
  const name = `Dimension ${dim + 1}`;
  const { latent } = report ?? {};
  if (!latent) return name;
  const { height, width } = latent;
  const at = [Math.floor(dim / (height * width)), Math.floor(dim / width) % height, dim % width];
  const [channel, row, column] = at.map((place) => place + 1);
  return `${name} (channel ${channel}, row ${row}, column ${column})`;
}

/** "Image 12 of class 0": `name` is what people call its class. */
export function imageOf(encoded: Encoded, image: number, name: string): string {
  return `Image ${integer((encoded.positions[image] ?? 0) + 1)} of class ${name}`;
}

/** "Image 12 of class 0; image 8 of digits.npz." */
export function whichImage(encoded: Encoded, image: number, name: string): string {
  return `${[imageOf(encoded, image, name), inFile(encoded, image)].filter(Boolean).join("; ")}.`;
}

/** The setting `image` that opens an explained image: "0 12", "Ankle boot 3". */
export function imageText({ encoded, classes }: Partial<Report>, image: number): string {
  const label = encoded?.labels[image];
  const name = classes?.find((each) => each.label === label)?.name ?? `${label}`;
  return `${name} ${(encoded?.positions[image] ?? 0) + 1}`;
}

/**
 * Which of the explained images the setting `image` opens, counted from 0; undefined where it is none of
 * them. A number alone, as in older addresses, counts through all explained images.
 */
export function imageAt({ encoded, classes }: Partial<Report>, text: string): number | undefined {
  if (!encoded) return undefined;
  const [, name, number] = /^(?:(.*\S)\s+)?0*([1-9]\d*)$/s.exec(text) ?? [];
  const place = Number(number) - 1;
  if (name === undefined) return place < encoded.labels.length ? place : undefined;
  const label = labelOf(name, classes ?? []);
  const found = encoded.positions.findIndex(
    (position, image) => position === place && encoded.labels[image] === label,
  );
  return found < 0 ? undefined : found;
}

/** Which of the explained images a sample is: of each class they are the first, in order. */
export function imageOfSample({ encoded, samples }: Partial<Report>, row: number) {
  if (!encoded || !samples) return undefined;
  const label = samples.labels[row];
  let before = samples.labels.slice(0, row).filter((each) => each === label).length;
  const found = encoded.labels.findIndex((each) => each === label && before-- === 0);
  return found < 0 ? undefined : found;
}
