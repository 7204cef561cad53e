/** What a student has answered, step by step. */
import { keep, kept } from "./store";

export interface Answered {
  /** Options that are chosen, a number, or pixels that are marked. */
  given: number[];
  /** Whether the answer is seen. */
  revealed: boolean;
  /** Whether the first try was right; undefined before it. */
  first?: boolean;
}

export class Progress {
  readonly #key: string | undefined;
  #steps: Record<number, Answered> = {};
  /** The step that was left last, from 0. */
  step = 0;

  /** Without a key nothing is kept. */
  constructor(key: string | undefined, steps: number) {
    if (key === undefined) return;
    this.#key = `progress ${key}`;
    const found = kept(this.#key) as { step?: unknown; steps?: unknown } | null;
    if (!found || typeof found !== "object") return;
    if (isIndex(found.step, steps)) this.step = found.step;
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
    this.#keep();
  }

  clear(): void {
    this.#steps = {};
    this.enter(0);
  }

  /** How many first tries were right. */
  get right(): number {
    return Object.values(this.#steps).filter(({ first }) => first).length;
  }

  #keep(): void {
    if (this.#key) keep(this.#key, { step: this.step, steps: this.#steps });
  }
}

function isIndex(value: unknown, count: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;
}

/** Who knows what the browser kept. */
function isAnswered(value: unknown): value is Answered {
  const { given, revealed, first } = (value ?? {}) as Partial<Record<keyof Answered, unknown>>;
  const numbers = Array.isArray(given) && given.every(Number.isFinite);
  return (
    numbers && typeof revealed === "boolean" && ["boolean", "undefined"].includes(typeof first)
  );
}
