/** What the fair test says, in words. */
import type { Attribution, FairTest, Filler } from "../../report";
import { FILLER_NAMES, inSentence, METHOD_NAMES } from "../opinions/names";
import { count, integer, list } from "../shared";

const FILLERS: readonly Filler[] = ["mean", "zero", "donor"];

/** Of one dimension, counted from 0, and then of all. */
export function verdict(test: FairTest, dim: number): string[] {
  return [one(test, dim), all(test)].filter(Boolean);
}

function one(test: FairTest, dim: number): string {
  const name = `dimension ${dim + 1}`;
  if (!varies(test, dim)) {
    return `Dimension ${dim + 1} is the same in all images that were measured: no order of pixels is better than another.`;
  }
  const winner = test.winners[dim];
  if (!winner)
    return `They cannot be told apart here: for ${name}, no method is ahead of all others by more than two standard errors with every filler. ${leaders(test, dim)}`;
  const ahead = `${METHOD_NAMES[winner]} finds the pixels that move ${name} first: whatever replaces them, it is ahead of every other method, and of a random order, by more than two standard errors of the difference.`;
  return winner === "variance"
    ? `${ahead} So no map says more of this dimension than how much each pixel varies.`
    : ahead;
}

/** Whether the latent differs between the images that were measured. */
function varies({ scores }: FairTest, dim: number): boolean {
  return scores.some(({ area }) => area[dim] != null);
}

/** Who comes first with each filler, though nobody is clearly ahead. */
function leaders({ scores }: FairTest, dim: number): string {
  const first = new Map<Attribution, string[]>();
  for (const filler of FILLERS) {
    const own = scores.filter((each) => each.filler === filler && each.method);
    const best = own.reduce<(typeof own)[number] | undefined>(
      (a, b) => ((b.area[dim] ?? -1) > (a?.area[dim] ?? -1) ? b : a),
      undefined,
    );
    if (!best?.method) continue;
    first.set(best.method, [...(first.get(best.method) ?? []), FILLER_NAMES[filler]]);
  }
  const told = [...first].map(([method, fillers], at) =>
    at
      ? `${inSentence(method)} where by ${list(fillers)}`
      : `${inSentence(method)} is ahead where pixels are replaced by ${list(fillers)}`,
  );
  const last = told.pop();
  if (!last) return "";
  return `Though not clearly, ${told.length ? `${told.join(", ")}, and ` : ""}${last}.`;
}

/** How often each method wins. */
function all({ winners, ...test }: FairTest): string {
  const dims = [...winners.keys()].filter((dim) => varies({ winners, ...test }, dim));
  if (dims.length < 2) return "";
  const wins = new Map<Attribution, number>();
  let open = 0;
  for (const dim of dims) {
    const winner = winners[dim];
    if (winner) wins.set(winner, (wins.get(winner) ?? 0) + 1);
    else open += 1;
  }
  const of = `Of the ${count(dims.length, "dimension")} that vary,`;
  if (wins.size === 0) return `${of} none has a winner.`;
  const told = [...wins]
    .sort(([, a], [, b]) => b - a)
    .map(([method, times]) => `${inSentence(method)} wins ${integer(times)}`);
  return `${of} ${list(told)}${open ? `; ${integer(open)} ${open === 1 ? "has" : "have"} no winner` : ""}.`;
}

/** How it was done. */
export function procedure({ ordered_by, measured_on }: FairTest): string {
  return `Each method puts the pixels in order on ${count(ordered_by, "image")}; in that order, those of ${count(measured_on, "other image")} are replaced, by their mean, by 0 and by those of another image, and the sooner the latent moves (squared change over twice its variance), the larger the area below the curve. A random order is the floor.`;
}
