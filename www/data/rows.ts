/** What the rows of a data set are, and what their numbers are called. */
import { integer } from "../format";
import type { DataForm, ImageShape, ImageSource, Scaling } from "../report";

export interface Rows extends ImageShape {
  form: DataForm;
  /** What the numbers of a row are called, where they have names. */
  columns?: readonly string[] | undefined;
  /** How they were scaled: a number as stored is offset + scale × what the network is given. */
  scaling?: Scaling | undefined;
}

/** Of images of a shape, and of what is told of them. */
export function rowsOf(image: ImageShape, source: ImageSource | undefined): Rows {
  const { form = "image", columns, scaling } = source ?? {};
  return { ...image, form, columns: columns ?? undefined, scaling: scaling ?? undefined };
}

/** What one of them is called, and several, with a small letter. */
export const NOUNS: Record<DataForm, [one: string, many: string]> = {
  image: ["image", "images"],
  signal: ["signal", "signals"],
  table: ["row", "rows"],
};

/** What one of their numbers is called, and several, with a small letter. */
export const FEATURES: Record<DataForm, [one: string, many: string]> = {
  image: ["pixel", "pixels"],
  signal: ["time step", "time steps"],
  table: ["column", "columns"],
};

/** So many of them, in words. */
export function counted(value: number, form: DataForm): string {
  return `${integer(value)} ${NOUNS[form][value === 1 ? 0 : 1]}`;
}

/**
 * Words about images as they are said of rows of this form: “an image” becomes “a signal”, “pixels” become “columns”.
 * The engine’s charts do the same (`Nouns::say`). `names` are those that people gave, which stay as they are.
 */
export function say(form: DataForm, words: string, names: Iterable<string> = []): string {
  if (form === "image") return words;
  const kept = [...names].filter((name) => /image|pixel/i.test(name));
  if (!kept.length) return reworded(form, words);
  const literal = kept.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const parts = words.split(new RegExp(`(${literal.join("|")})`));
  return parts.map((part, at) => (at % 2 ? part : reworded(form, part))).join("");
}

function reworded(form: DataForm, words: string): string {
  const articles = words.replace(/\b(a)n(?= (?:image|pixel)\b)/gi, "$1");
  return articles.replace(/\b(image|pixel)(s?)\b/gi, (word, noun: string, several: string) => {
    const said = (/^i/i.test(noun) ? NOUNS : FEATURES)[form][several ? 1 : 0];
    return /^[A-Z]/.test(word) ? capital(said) : said;
  });
}

/** With a capital letter. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** What a number of a row is called: by its name, or by its place, counted from 1. */
export function nameOf({ columns }: Pick<Rows, "columns">, at: number): string {
  return columns?.[at] ?? `${at + 1}`;
}

/** A number of a row in the unit in which it was stored, as far as that is known. */
export function stored({ scaling }: Pick<Rows, "scaling">, at: number, value: number): number {
  const [offset = 0, scale = 1] = [scaling?.offset[at], scaling?.scale[at]];
  return offset + scale * value;
}

/** Places of the numbers, those that differ most first, of equals the first in order. */
export function mostDifferent(a: Float32Array, b: Float32Array): number[] {
  const off = (at: number) => Math.abs(a[at]! - b[at]!);
  return [...a.keys()].sort((one, other) => off(other) - off(one) || one - other);
}
