/** How stored values become what a network is given, and what a person is told of it. */
import { integer, significant } from "../format";
import type { RunSettings, Variant } from "../report";
import type { Normalise } from "./messages";

export interface Scale {
  normalise: Normalise;
  /** What the values' range suggests. */
  proposed: Normalise;
  /** The smallest and the largest value as stored. */
  range: [least: number, most: number];
  /** Whether a person chose it. */
  chosen: boolean;
}

/** What a model that was brought wants of values. */
export interface Wants {
  /** The values as they are stored: its first step brings them to its own range. */
  stored: boolean;
}

/** What was done, after "the values were". */
export const DONE: Record<Normalise, string> = {
  keep: "kept as they are",
  "divide-by-255": "divided by 255",
  "min-max": "spread from the smallest, 0, to the largest, 1",
  "min-max-column": "spread from 0 to 1, each column or pixel by itself",
  standard: "brought to mean 0 and deviation 1, each column or pixel by itself",
};

const TO_DO: Record<Normalise, string> = {
  keep: "Keep",
  "divide-by-255": "Divide by 255",
  "min-max": "Spread from 0 to 1",
  "min-max-column": "Spread each column by itself",
  standard: "Each column to mean 0, deviation 1",
};

/** Whether values come to lie outside 0 to 1, where a network cannot be trained on them. */
export function isWide({ normalise, range: [least, most] }: Pick<Scale, "normalise" | "range">) {
  return normalise === "standard" || (normalise === "keep" && !(least >= 0 && most <= 1));
}

/** "from 0 to 255". */
export function between([least, most]: Scale["range"]): string {
  return `from ${number(least)} to ${number(most)}`;
}

/** What of the settings says on which values a network can be trained. */
export type Trains = Pick<RunSettings, "loss"> & { output: Variant["output"] };

/** Those with which it can on any. */
export const ON_ALL = { loss: "mse", output: "linear" } as const;

/** Whether values may lie outside 0 to 1. */
export function reachesAll({ loss, output }: Trains): boolean {
  return loss !== "bce" && output === "linear";
}

/** Why nothing can be trained on values outside 0 to 1 with a sigmoid, or with cross-entropy. */
export function tooWide({ normalise, range }: Pick<Scale, "normalise" | "range">): string {
  const values =
    normalise === "standard"
      ? "The values, brought to mean 0, are outside 0 to 1"
      : `The values are ${between(range)}, outside 0 to 1`;
  return `${values}: cross-entropy and a sigmoid are not for such. Choose the loss MSE and a linear output, another scale under Images, or bring a model that was trained on such under Network.`;
}

/** What is worth a word about the values of the images that are used, and what could be chosen instead. */
export interface Said {
  text: string;
  offer?: { normalise: Normalise; title: string };
  /** Whether a loss and an end of the decoder that fit can be taken instead. */
  fits?: true;
}

/**
 * `read` is how the images were read, before a model had its way; `proposed` what was chosen for their values, where
 * nobody said otherwise.
 */
export function said(
  now: Scale,
  read: Scale,
  model: Wants | undefined,
  trains?: Trains,
  proposed: readonly string[] = [],
): Said | undefined {
  const other = read.normalise === "keep" ? read.proposed : read.normalise;
  const scaled = other === "keep" ? "min-max" : other;
  if (!model) {
    if (!isWide(now)) return undefined;
    if (trains && reachesAll(trains))
      return proposed.length ? { text: chosen(now, proposed) } : undefined;
    return { text: tooWide(now), offer: offer(scaled), fits: true };
  }
  if (now.normalise === "keep") {
    if (!isWide(now)) return undefined;
    const why = model.stored ? "The model takes values as they are stored: they" : "The values";
    return { text: `${why} are kept, ${between(now.range)}.`, offer: offer(scaled) };
  }
  const done = `Values ${between(now.range)} were ${DONE[now.normalise]}`;
  const keep = model.stored
    ? "though the model takes them as they are stored."
    : `for the model. If the model takes values as they are stored, ${between(now.range)}, choose keep.`;
  return { text: `${done}${model.stored ? ", " : " "}${keep}`, offer: offer("keep") };
}

/** What was chosen for the values, and why. */
function chosen({ range }: Scale, names: readonly string[]): string {
  const what = names.map((name) => (name === "loss" ? "the loss MSE" : "a linear output"));
  const were = what.length === 1 ? "was" : "were";
  return `The values are ${between(range)}, outside 0 to 1: ${what.join(" and ")} ${were} chosen for them.`;
}

function offer(normalise: Normalise): NonNullable<Said["offer"]> {
  return { normalise, title: TO_DO[normalise] };
}

/** A stored value: without zeros at its end. */
export function number(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return integer(value);
  return significant(value, 4)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}
