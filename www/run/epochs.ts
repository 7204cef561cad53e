/** What the network made of the samples after its epochs, kept while it trains: to be looked at again. */
import type { Report } from "../report";

type Made = Pick<NonNullable<Report["samples"]>, "latents" | "reconstructions">;

/** So many numbers are kept at most: 8 MB. */
const MOST_NUMBERS = 2e6;

export class Epochs {
  readonly #made = new Map<number, Made>();
  /** Only epochs that this divides are kept. */
  #step = 1;

  /** Epochs that can be looked at, counted from 1. */
  get known(): number[] {
    return [...this.#made.keys()];
  }

  at(epoch: number): Made | undefined {
    return this.#made.get(epoch);
  }

  /** Epochs come in their order; where they become too many, every second one is forgotten. */
  add(epoch: number, { latents, reconstructions }: Made): void {
    if (epoch % this.#step !== 0) return;
    this.#made.set(epoch, { latents, reconstructions });
    const numbers = latents.data.length + reconstructions.data.length;
    while (this.#made.size * numbers > MOST_NUMBERS && this.#made.size > 1) {
      this.#step *= 2;
      for (const each of this.known) if (each % this.#step !== 0) this.#made.delete(each);
    }
  }
}
