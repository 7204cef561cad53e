/**
 * Which run each part of the page is of. A run takes the place of the one before it part by part, as soon
 * as it has something to show there, or as a whole where it only measures the same network otherwise; one
 * that ends without a figure leaves the one before as it was.
 */
import type { Report } from "../report";

type Part = keyof Report;

/** What a figure is made of, whichever view of it is looked at; of latents alone there is but a direction. */
export const FIGURE: readonly Part[] = ["pixel_importance", "direction", "latent_importance"];

export interface Reported {
  readonly report: Partial<Report>;
  /** Whether nothing of it is to be shown yet. */
  readonly pending?: boolean;
}

export class ShownRuns<R extends Reported> {
  #latest: R | undefined;
  #before: R | undefined;

  /** `dropped` hears of each that will not be shown again. */
  constructor(readonly dropped: (run: R) => void) {}

  /** The run that was shown last of all. */
  get latest(): R | undefined {
    return this.#latest;
  }

  add(run: R): void {
    this.ended();
    this.#before = this.#latest;
    this.#latest = run;
  }

  /** Shows this run and no other, or none. */
  replace(run: R | undefined): void {
    for (const each of [this.#before, this.#latest]) if (each) this.dropped(each);
    this.#before = undefined;
    this.#latest = run;
  }

  /** The latest has come to an end: one of the two is shown alone from now on. */
  ended(): void {
    const [latest, before] = [this.#latest, this.#before];
    if (!latest || !before) return;
    const keeps = has(latest, FIGURE);
    this.#latest = keeps ? latest : before;
    this.#before = undefined;
    this.dropped(keeps ? before : latest);
  }

  /** The run that what shows these parts is of. */
  of(parts: readonly Part[]): R | undefined {
    const latest = this.#latest;
    return latest && this.#before && !has(latest, parts) ? this.#before : latest;
  }
}

function has({ report, pending }: Reported, parts: readonly Part[]): boolean {
  return !pending && parts.some((part) => report[part] !== undefined);
}
