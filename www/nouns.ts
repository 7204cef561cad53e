/** What the rows of a data set and their numbers are called, and words about images said of them. */
import { integer } from "./format";
import type { DataForm } from "./report";

/** What one row is called, and several, with a small letter. */
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
