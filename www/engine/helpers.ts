/** The helpers of one run: as many as it wants and as its share of the machine allows. */
import type { EngineClient } from "./client";
import type { EnginePool } from "./pool";

export interface HelpersListener {
  /** A helper is there. */
  joined(client: EngineClient): void;
  /** It is wanted elsewhere, and about to be given back. */
  recalled(client: EngineClient): void;
}

export class Helpers {
  readonly here = new Set<EngineClient>();
  /** Helpers that are waited for. */
  readonly #coming = new Set<Promise<void>>();
  #wanted = 0;
  /** Workers of the share that do not help. */
  #leads = 1;
  readonly #end = new AbortController();
  readonly #leave;
  listener: HelpersListener | undefined;

  /** `fair`: the cores are shared with other runs; else it gets what it wants. */
  constructor(
    readonly pool: EnginePool,
    readonly fair: boolean,
  ) {
    this.#leave = pool.share(this);
  }

  /** Wants so many helpers; each is told of as it comes. */
  grow(count: number): void {
    this.#wanted = count;
    this.adapt();
  }

  /** Nobody leads any more. */
  alone(): void {
    this.#leads = 0;
    this.adapt();
  }

  /** The run's share may be another. */
  adapt(): void {
    const share = this.fair ? Math.max(this.pool.fair - this.#leads, 0) : Infinity;
    const wanted = Math.min(this.#wanted, share);
    for (const client of this.here) {
      if (this.here.size + this.#coming.size <= wanted) break;
      this.here.delete(client);
      this.listener?.recalled(client);
      void this.pool.give(client);
    }
    while (this.here.size + this.#coming.size < wanted) {
      const coming: Promise<void> = this.#lease().finally(() => this.#coming.delete(coming));
      this.#coming.add(coming);
    }
  }

  /** Settles when nobody is waited for any more. */
  arrived(): Promise<unknown> {
    return Promise.all(this.#coming);
  }

  /** A helper leads from now on. */
  leads(client: EngineClient): void {
    this.lost(client);
  }

  /** A helper is lost. Nobody takes its place, who may be lost in the same way. */
  lost(client: EngineClient): void {
    if (this.here.delete(client)) this.#wanted -= 1;
  }

  /** Gives everybody back; resolves once all are free. */
  async release(): Promise<void> {
    this.#end.abort();
    const given = [...this.here].map((client) => this.pool.give(client));
    this.here.clear();
    // Others are to find them there.
    this.#leave();
    await Promise.all(given);
  }

  async #lease(): Promise<void> {
    try {
      const client = await this.pool.lease(this.#end.signal);
      if (this.#end.signal.aborted) return void this.pool.give(client);
      this.here.add(client);
      this.listener?.joined(client);
    } catch {
      // The others do its part.
    }
  }
}
