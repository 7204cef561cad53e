/** What a class answered, counted. */
import { largest } from "../brush";
import type { Form } from "../lesson";
import type { Handed, HandedAnswer } from "./code";

/** Of one question. */
export interface Tally {
  /** Students who gave an answer. */
  answered: number;
  /** Of all, those who have seen the right one, and who had it at the first try. */
  seen: number;
  right: number;
  /** Students who opened a hint. */
  hinted: number;
}

/** Everybody's answers to a question, by its place among the questions. */
export function answersTo(students: readonly Handed[], question: number): HandedAnswer[] {
  return students.map(({ answers }) => answers[question]!);
}

export function tally(answers: readonly HandedAnswer[]): Tally {
  const count = (holds: (answer: HandedAnswer) => boolean) => answers.filter(holds).length;
  return {
    answered: count(({ given }) => given.length > 0),
    seen: count(({ seen }) => seen),
    right: count(({ first }) => first === true),
    hinted: count(({ hints }) => hints.length > 0),
  };
}

/** How many chose each option. */
export function chosen(
  answers: readonly HandedAnswer[],
  { options }: Form & { kind: "choice" },
): number[] {
  return options.map((_, at) => answers.filter(({ given }) => given.includes(at)).length);
}

/** The numbers that were given, in ascending order. */
export function numbers(answers: readonly HandedAnswer[]): number[] {
  return answers.flatMap(({ given }) => given).sort((a, b) => a - b);
}

/** How many marked each pixel; undefined where somebody marked one that the images do not have. */
export function marked(answers: readonly HandedAnswer[], pixels: number): number[] | undefined {
  const counts = new Array<number>(pixels).fill(0);
  for (const { given } of answers) {
    for (const pixel of given) {
      if (pixel >= pixels) return undefined;
      counts[pixel]! += 1;
    }
  }
  return counts;
}

/** How the guesses of a class hold against what was measured. */
export interface Guesses {
  /** Of each student's marks, the share that is among as many of the most important pixels; the median. */
  median: number;
  /** What marks made at random would get, in the mean. */
  chance: number;
  /** Pixels that at least so many marked, as many as one student may mark or fewer. */
  atLeast: number;
  together: number;
  /** Of them, those among as many of the most important pixels. */
  hits: number;
}

/** Undefined while nobody has marked anything. */
export function guesses(
  answers: readonly HandedAnswer[],
  counts: readonly number[],
  importance: readonly number[],
  most: number,
): Guesses | undefined {
  const given = answers.map(({ given }) => given).filter(({ length }) => length > 0);
  if (!given.length) return undefined;
  const share = (pixels: readonly number[]) => {
    const truth = largest(importance, pixels.length);
    return pixels.filter((pixel) => truth.has(pixel)).length / pixels.length;
  };
  const chances = given.map(({ length }) => length / importance.length);
  // Pixels that equally many marked are in it together, or are not.
  let atLeast = Math.max(...counts);
  const from = (least: number) => [...counts.keys()].filter((pixel) => counts[pixel]! >= least);
  while (atLeast > 1 && from(atLeast - 1).length <= most) atLeast -= 1;
  const together = from(atLeast);
  const hits = Math.round(share(together) * together.length);
  return {
    median: median(given.map(share)),
    chance: chances.reduce((sum, each) => sum + each) / chances.length,
    atLeast: Math.min(...together.map((pixel) => counts[pixel]!)),
    together: together.length,
    hits,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** Where a strip of numbers begins and ends, and how many lie beyond it on either side. */
export interface Span {
  from: number;
  to: number;
  below: number;
  above: number;
}

/** Of some numbers and of the right ones; few that lie very far off do not press the others together. */
export function span(sorted: readonly number[], right: readonly number[]): Span {
  const all = [...sorted, ...right].sort((a, b) => a - b);
  if (!all.length) return { from: 0, to: 1, below: 0, above: 0 };
  const at = (share: number) => all[Math.round(share * (all.length - 1))]!;
  // As for the whiskers of a box plot, but farther.
  const reach = 3 * (at(0.75) - at(0.25)) || Math.max(1, Math.abs(at(0.5)));
  const near = all.filter((each) => {
    const off = each < at(0.25) ? at(0.25) - each : each - at(0.75);
    return off <= reach || right.includes(each);
  });
  const [from, to] = [near[0]!, near.at(-1)!];
  const room = (to - from) * 0.05 || Math.max(0.5, Math.abs(to) * 0.1);
  return {
    from: from - room,
    to: to + room,
    below: sorted.filter((each) => each < from - room).length,
    above: sorted.filter((each) => each > to + room).length,
  };
}
