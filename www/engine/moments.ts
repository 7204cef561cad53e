/**
 * Measures networks of a run's epochs, with workers of the run that have nothing else to do: while it trains
 * the latest one first, so that it is seen how importance comes about, and afterwards those that tell
 * most of the whole.
 */
import type { EngineClient } from "./client";
import type { Unmeasured } from "./history";
import type { Learning, Snapshot } from "./messages";

/** What is left when a run is over takes at most as long as the run did, or so long. */
const LEAST_MS = 5000;

export interface MomentsListener {
  /** A worker is lost. */
  lost(client: EngineClient): void;
  /** Nothing is left to be measured, or nobody to measure it. */
  idle(): void;
}

export class Moments {
  /** Each with what it has in hand. */
  readonly #workers = new Map<EngineClient, Snapshot | undefined>();
  #trains = true;
  #paused = false;
  #leftMs = Infinity;

  constructor(
    readonly of: Omit<Learning, "network">,
    readonly unmeasured: Unmeasured,
    readonly listener: MomentsListener,
  ) {}

  /** Whether something is measured, or is to be. */
  get busy(): boolean {
    const inHand = [...this.#workers.values()].some(Boolean);
    return inHand || (this.#leftMs > 0 && this.unmeasured.waiting > 0);
  }

  /** Whether one more worker would have something to measure. */
  get crowded(): boolean {
    return this.unmeasured.waiting > 0 && [...this.#workers.values()].every(Boolean);
  }

  /** A worker has nothing else to do. */
  employ(client: EngineClient): void {
    if (!this.#workers.has(client)) void this.#prepare(client);
  }

  /** A worker has something else to do. */
  dismiss(client: EngineClient): void {
    const inHand = this.#workers.get(client);
    if (!this.#workers.delete(client)) return;
    if (inHand) this.unmeasured.back(inHand.epoch);
    client.cancel();
  }

  /** There are networks that were not there before. */
  supply(): void {
    for (const [client, inHand] of this.#workers) if (!inHand) this.#next(client);
  }

  /** What is left takes no longer than the run has taken, in milliseconds of all workers together. */
  trained(spentMs: number): void {
    this.#trains = false;
    this.#leftMs = Math.max(spentMs, LEAST_MS);
  }

  pause(): void {
    this.#paused = true;
    for (const client of this.#workers.keys()) client.pause();
  }

  resume(): void {
    this.#paused = false;
    for (const client of this.#workers.keys()) client.resume();
  }

  end(): void {
    for (const client of [...this.#workers.keys()]) this.dismiss(client);
  }

  /** A worker takes over what the run is of with the first network that it is to measure. */
  async #prepare(client: EngineClient): Promise<void> {
    const first = this.#take();
    if (!first) return;
    this.#workers.set(client, first);
    await client.free;
    // It may have been dismissed in the meantime, and its network be another's.
    if (this.#workers.get(client) !== first) return;
    if (!client.usable) return this.#lost(client);
    client.moments(
      { ...this.of, network: first.network },
      {
        moment: (epoch, report, ms) => {
          if (!this.#trains) this.#leftMs -= ms;
          this.#workers.set(client, undefined);
          this.unmeasured.found(epoch, report);
          this.#next(client);
        },
        failed: () => this.#lost(client),
      },
    );
    if (this.#paused) client.pause();
    client.snapshot(first);
  }

  #take(): Snapshot | undefined {
    return this.#leftMs > 0 ? this.unmeasured.take(this.#trains) : undefined;
  }

  #next(client: EngineClient): void {
    const next = this.#take();
    this.#workers.set(client, next);
    if (next) client.snapshot(next);
    else if (!this.busy) this.listener.idle();
  }

  #lost(client: EngineClient): void {
    // What it had in hand is not tried again: others might be lost in the same way.
    this.#workers.delete(client);
    this.listener.lost(client);
    if (!this.#workers.size) this.listener.idle();
  }
}
