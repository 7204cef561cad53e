/** What a student has answered, step by step. */
import { keep, kept } from "./store";

export interface Answered {
  /** Options that are chosen, a number, or pixels that are marked. */
  given: number[];
  /** Whether the answer is seen. */
  revealed: boolean;
  /** Whether the first try was right; undefined before it. */
  first?: boolean;
  /** What was given at the first try, where that can be another later. */
  tried?: number[];
  /** Which hints were opened, from 0. */
  hints?: number[];
}

export class Progress {
  readonly #key: string | undefined;
  #steps: Record<number, Answered> = {};
  /** The step that was left last, and the furthest, from 0. */
  step = 0;
  reached = 0;
  /** Tells these answers from those of others: a random number, of no meaning. */
  #student = newStudent();
  #name = "";

  /** Without a key nothing is kept. */
  constructor(key: string | undefined, steps: number) {
    if (key === undefined) return;
    this.#key = `progress ${key}`;
    const found = kept(this.#key) as Partial<Record<keyof Kept, unknown>> | null;
    if (!found || typeof found !== "object") return;
    if (isIndex(found.step, steps)) this.step = found.step;
    this.reached = isIndex(found.reached, steps) ? found.reached : this.step;
    if (isIndex(found.student, 2 ** 32)) this.#student = found.student;
    if (typeof found.name === "string") this.#name = found.name;
    for (const [step, answered] of Object.entries(found.steps ?? {})) {
      if (isIndex(Number(step), steps) && isAnswered(answered))
        this.#steps[Number(step)] = answered;
    }
  }

  of(step: number): Answered {
    return this.#steps[step] ?? { given: [], revealed: false };
  }

  set(step: number, answered: Answered): void {
    this.#steps[step] = answered;
    this.#keep();
  }

  enter(step: number): void {
    this.step = step;
    this.reached = Math.max(this.reached, step);
    this.#keep();
  }

  /** Whoever begins again may be somebody else. */
  clear(): void {
    this.#steps = {};
    this.reached = 0;
    this.#student = newStudent();
    this.#name = "";
    this.enter(0);
  }

  get student(): number {
    return this.#student;
  }

  /** What the student calls themselves. */
  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.#keep();
  }

  /** How many first tries were right. */
  get right(): number {
    return Object.values(this.#steps).filter(({ first }) => first).length;
  }

  #keep(): void {
    if (!this.#key) return;
    const { step, reached, student, name } = this;
    keep(this.#key, { step, reached, steps: this.#steps, student, name } satisfies Kept);
  }
}

interface Kept {
  step: number;
  reached: number;
  steps: Record<number, Answered>;
  student: number;
  name: string;
}

function newStudent(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]!;
}

function isIndex(value: unknown, count: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;
}

/** Who knows what the browser kept. */
function isAnswered(value: unknown): value is Answered {
  const found = (value ?? {}) as Partial<Record<keyof Answered, unknown>>;
  const { given, revealed, first, tried = [], hints = [] } = found;
  const numbers = (list: unknown) => Array.isArray(list) && list.every(Number.isFinite);
  return (
    [given, tried, hints].every(numbers) &&
    typeof revealed === "boolean" &&
    ["boolean", "undefined"].includes(typeof first)
  );
}
