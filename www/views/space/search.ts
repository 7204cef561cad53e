/** Images by what people know of them: their class, their file, their number in either. */
import type { Encoded } from "../../report";

/** How well a word says what an image has: more is better. A name says more than a number. */
const SAME = 4;
const NUMBER = 3;
const BEGINS = 2;
const CONTAINS = 1;
/** What people know of an image; its numbers count from 1. */
const PARTS = ["class", "file", "number in its class", "number in its file"] as const;
type Part = (typeof PARTS)[number];

/**
 * The images of which every word says something: their class, their file, their number in their class or
 * in their file. The same word twice says two things. Those come first of which the words say most
 * exactly what they are, and among equals the first of the report.
 */
export function search(
  text: string,
  encoded: Encoded,
  nameOf: (label: number) => string,
): Uint32Array {
  const words = text
    .toLowerCase()
    .split(/[\s,;:]+/)
    .filter(Boolean);
  if (!words.length) return new Uint32Array();
  // How well each word says each name is found once, and not for every image.
  const labels = [...new Set(encoded.labels)];
  const classes = words.map(
    (word) => new Map(labels.map((each) => [each, score(nameOf(each), word)])),
  );
  const files = words.map((word) => encoded.files.map((file) => score(file, word)));
  const numbers = words.map((word) => (/^\d+$/.test(word) ? Number(word) : 0));

  /** How well the word at a place says a part of an image. */
  const says = (image: number, part: Part, at: number): number => {
    if (part === "class") return classes[at]!.get(encoded.labels[image]!) ?? 0;
    if (part === "file") return files[at]![encoded.file[image] ?? -1] ?? 0;
    const places = part === "number in its class" ? encoded.positions : encoded.place;
    return numbers[at]! > 0 && (places[image] ?? -1) + 1 === numbers[at] ? NUMBER : 0;
  };
  /** How well all words from a place on say an image, where those before say these parts; 0: not all do. */
  const best = (image: number, said: Part[]): number => {
    const at = said.length;
    if (at === words.length) return 1;
    let most = 0;
    for (const part of PARTS) {
      const well = says(image, part, at);
      const again = said.some(
        (before, place) =>
          before === part && (part.startsWith("number") || words[place] === words[at]),
      );
      if (!well || again) continue;
      const rest = best(image, [...said, part]);
      if (rest) most = Math.max(most, well + rest);
    }
    return most;
  };

  const found: { image: number; well: number }[] = [];
  for (let image = 0; image < encoded.labels.length; image += 1) {
    const well = best(image, []);
    if (well) found.push({ image, well });
  }
  found.sort((a, b) => b.well - a.well || a.image - b.image);
  return Uint32Array.from(found, ({ image }) => image);
}

function score(name: string, word: string): number {
  const lower = name.toLowerCase();
  if (lower === word) return SAME;
  return lower.startsWith(word) ? BEGINS : lower.includes(word) ? CONTAINS : 0;
}
