/**
 * Networks that a run trains beside its own, among the workers of a pool.
 *
 * The run's lead trains them one after the other. A helper that has nothing to do offers to train one as
 * well, and the lead leaves it the last that it has not begun, where it has one to spare. What a helper that is
 * lost, or wanted elsewhere, was to train goes back to the lead. Each depends on its settings alone, so that
 * it makes no difference who trains it.
 */
import type { EngineClient } from "./client";
import { type Handed, type Job, type Stage, trainsOthers } from "./messages";

export interface Lead {
  /** The worker that has the run. */
  readonly lead: EngineClient;
  readonly job: Job;
  /** Workers that help, or are to. */
  readonly here: Iterable<EngineClient>;
  /** A helper is to leave whatever else it does for the run. */
  free(client: EngineClient): void;
  /** A helper is of no more use. */
  lost(client: EngineClient): void;
}

/** A helper that trains and says nothing for so long counts as lost. */
const SILENCE_S = 60;

/** How many networks a run trains beside its own, at most in one stage. */
export function othersOf({ measure }: Job["settings"], brought: boolean): number {
  // A model that was brought cannot be trained again.
  if (!measure || brought) return 0;
  return Math.max((measure.networks ?? 1) - 1, measure.sizes?.length ?? 0);
}

export class Others {
  /** Those that have time. */
  readonly #offered = new Set<EngineClient>();
  /** The place of the network that each trains. */
  readonly #training = new Map<EngineClient, number>();
  readonly #silent = new Map<EngineClient, number>();
  #open = false;
  #paused = false;
  #watching: ReturnType<typeof setInterval> | undefined;

  constructor(readonly of: Lead) {}

  /** The run has come to a stage. */
  at(stage: Stage): void {
    const open = trainsOthers(stage);
    if (open === this.#open) return;
    if (!open) return this.end();
    this.#open = true;
    this.#watching = setInterval(() => this.#watch(), 1000);
    for (const client of this.of.here) void this.offer(client);
  }

  /** A helper has nothing to do. */
  async offer(client: EngineClient): Promise<void> {
    if (!this.#open || this.#offered.has(client) || this.#training.has(client)) return;
    this.#offered.add(client);
    this.of.free(client);
    await client.free;
    if (!this.#offered.has(client)) return;
    if (client.usable) return this.of.lead.offer();
    this.#offered.delete(client);
    this.of.lost(client);
  }

  /** The lead leaves one to whoever offered. */
  handed({ at, settings }: Handed): void {
    const [client] = this.#offered;
    if (!client) return this.of.lead.taken(at);
    this.#offered.delete(client);
    this.#training.set(client, at);
    void this.#train(client, at, settings);
  }

  async #train(client: EngineClient, at: number, settings: Handed["settings"]): Promise<void> {
    const { lead, job } = this.of;
    this.#silent.set(client, 0);
    const come = (epochs: number) => {
      this.#silent.set(client, 0);
      if (this.#training.get(client) === at) lead.come(at, epochs);
    };
    const trained = client.train({ settings, images: job.images }, come);
    if (this.#paused) client.pause();
    const found = await trained.catch(() => undefined);
    if (this.#training.get(client) !== at) return;
    this.#training.delete(client);
    lead.taken(at, found);
    if (found) return this.offer(client);
    this.of.lost(client);
  }

  /** A helper is wanted elsewhere. */
  recalled(client: EngineClient): void {
    this.#offered.delete(client);
    const at = this.#training.get(client);
    if (this.#training.delete(client)) this.of.lead.taken(at!);
  }

  pause(): void {
    this.#paused = true;
    for (const client of this.#training.keys()) client.pause();
  }

  resume(): void {
    this.#paused = false;
    for (const client of this.#training.keys()) client.resume();
  }

  /** Nothing is trained for the run any more. */
  end(): void {
    this.#open = false;
    clearInterval(this.#watching);
    const training = [...this.#training.keys()];
    this.#training.clear();
    this.#offered.clear();
    for (const client of training) client.cancel();
  }

  /** Browsers may end a worker without a word; seconds count while the page is awake. */
  #watch(): void {
    if (this.#paused) return;
    for (const client of this.#training.keys()) {
      const seconds = (this.#silent.get(client) ?? 0) + 1;
      this.#silent.set(client, seconds);
      if (seconds > SILENCE_S) client.close();
    }
  }
}
