/** Lines such as `view: pixels`, of which a lesson's head and its blocks consist. */
import { type Formula, formula } from "./facts";
import type { Faults } from "./faults";
import { LessonError } from "./lesson";

export interface Pair {
  line: number;
  name: string;
  value: string;
}

/** The lines on which names were given, each of which may be given once. */
export class Given {
  readonly #lines: ReadonlyMap<string, number>;
  readonly #own = new Map<string, number>();
  readonly #byPreset = new Map<string, number>();

  /** On top of what was given elsewhere, of which every name may be given once more. */
  constructor(below?: Given) {
    this.#lines = new Map(below && [...below.#lines, ...below.#byPreset, ...below.#own]);
  }

  once(name: string, line: number): void {
    const before = this.#own.get(name);
    if (before !== undefined) {
      throw new LessonError(line, `“${name}” stands on line ${before} already: keep one of them.`);
    }
    this.#own.set(name, line);
  }

  /** Of these names those that a preset on this line decides: what has a line of its own counts more. */
  left<N extends string>(names: readonly N[], line: number): N[] {
    const left = names.filter((name) => !this.#own.has(name));
    for (const name of left) this.#byPreset.set(name, line);
    return left;
  }

  lineOf(name: string): number | undefined {
    return this.#own.get(name) ?? this.#byPreset.get(name) ?? this.#lines.get(name);
  }
}

/** The pairs of a text; empty lines and those that begin with # are skipped. */
export function pairs(text: string, first: number, faults: Faults): Pair[] {
  return text.split("\n").flatMap((each, at) => {
    const line = first + at;
    if (/^\s*(#|$)/.test(each)) return [];
    const found = /^\s*([A-Za-z-]+)\s*(?::\s*(.*?))?\s*$/.exec(each);
    if (found) return [{ line, name: found[1]!.toLowerCase(), value: found[2] ?? "" }];
    faults.add(new LessonError(line, `“${each.trim()}” must be written like “name: value”.`));
    return [];
  });
}

export function numberOrFormula(text: string, line: number, name: string): number | Formula {
  return formulaAlone(text, line) ?? number(text, line, name);
}

export function number(text: string, line: number, name: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) {
    throw new LessonError(line, `“${name}” must be a number, such as 12 or 0.5.`);
  }
  return Number(text);
}

/** Of a text that is `{{…}}` and nothing else. */
export function formulaAlone(text: string, line: number): Formula | undefined {
  const found = /^\{\{([^{}]*)\}\}$/.exec(text);
  return found ? readFormula(found[1]!, line) : undefined;
}

export function readFormula(text: string, line: number): Formula {
  try {
    return formula(text.trim());
  } catch (error) {
    throw new LessonError(line, `In {{${text}}}: ${(error as Error).message}.`);
  }
}
