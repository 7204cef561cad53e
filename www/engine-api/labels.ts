/** Labels as programs have them, and the numbers that the engine has for their classes. */
import { integer } from "../format";
import { refusal } from "./error";

/** What a class is called: any text, or any whole number that JavaScript holds exactly. */
export type Label = string | number | bigint;

/** The engine's numbers are bytes. */
const MOST_CLASSES = 256;
/** Whole numbers up to this one have single-precision floats of their own. */
const SINGLE = 2 ** 24;

/** The labels of so many images, as texts: `1`, `1n` and `"1"` are one class. */
export function labelTexts(labels: ArrayLike<Label> | Label, count: number): string[] {
  if (typeof labels !== "object") return Array<string>(count).fill(labelText(labels));
  if (labels.length !== count) {
    throw refusal(
      `There are ${integer(count)} images and ${integer(labels.length)} labels: each image needs one, or one is that of all.`,
    );
  }
  if (labels instanceof Float32Array && labels.some((label) => Math.abs(label) >= SINGLE)) {
    throw refusal(
      `Labels from ${SINGLE} on are not told apart in a Float32Array: put them into an Int32Array, a Float64Array or a list.`,
    );
  }
  const texts = new Map<Label, string>();
  return Array.from(labels, (label) => {
    let text = texts.get(label);
    if (text === undefined) texts.set(label, (text = labelText(label)));
    return text;
  });
}

/** A label as text, in the composed form of Unicode. */
export function labelText(label: Label): string {
  const known =
    typeof label === "string" || typeof label === "bigint" || Number.isSafeInteger(label);
  if (!known) {
    throw refusal(
      `Labels must be texts or whole numbers from −2⁵³ to 2⁵³, or bigints, and one is ${String(label)}.`,
    );
  }
  // −0 is 0.
  const text = `${label}`.normalize("NFC").trim();
  if (text === "") throw refusal("A label is empty: each class needs a text or a number.");
  return text;
}

/**
 * The numbers of classes, in natural order, as the readers of files give them: classes that are called
 * by numbers below 256 keep these, others are counted from 0.
 */
export function numbered(texts: Iterable<string>): Map<string, number> {
  const names = [...new Set(texts)].sort(natural);
  if (names.length > MOST_CLASSES) {
    throw refusal(
      `There are ${integer(names.length)} classes, and at most ${MOST_CLASSES} can be told apart: choose some of them.`,
    );
  }
  const bytes = names.every((name) => /^(0|[1-9]\d{0,2})$/.test(name) && Number(name) < 256);
  return new Map(names.map((name, at) => [name, bytes ? Number(name) : at]));
}

/** Compares names as people sort them: numbers in them by their value, so that `10` follows `9`. */
export function natural(a: string, b: string): number {
  const order = number(a) - number(b);
  if (order) return order;
  const [runs, others] = [runsOf(a), runsOf(b)];
  for (let at = 0; at < Math.min(runs.length, others.length); at += 1) {
    const [one, other] = [runs[at]!, others[at]!];
    const found = isDigits(one) && isDigits(other) ? byValue(one, other) : byCase(one, other);
    if (found) return found;
  }
  return runs.length - others.length || compare(a, b);
}

/** NaN where it is none, so that every comparison is undecided. */
function number(text: string): number {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

function runsOf(text: string): string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

function isDigits(run: string): boolean {
  return /^\d/.test(run);
}

function byValue(a: string, b: string): number {
  const [one, other] = [a.replace(/^0+/, ""), b.replace(/^0+/, "")];
  return one.length - other.length || compare(one, other);
}

function byCase(a: string, b: string): number {
  return compare(a.toLowerCase(), b.toLowerCase());
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
