/**
 * The workers of one engine, which to whoever runs something are one: the first has the run, trains
 * and adds up; others help it to measure where that is worth their while. All have the engine from
 * one compiled module. Helpers are opened while the run still trains, are kept for the next run, and
 * end with the pool. The WebGPU engine, whose device has only one queue, is never helped.
 *
 * How a run is divided among them is told in `shared-run.ts`, how its measurements are in
 * `division.ts`, and how many workers there are in `workers.ts`.
 */
import type { EngineName, RunSettings } from "../report";
import { EngineClient } from "./client";
import type { ClassImages, Job } from "./messages";
import { PAGE, type Place } from "./place";
import { type RunListener, SharedRun } from "./shared-run";
import type { Workers } from "./workers";

export type { RunListener };

export class EnginePool {
  readonly #helpers = new Set<EngineClient>();
  /** Helpers that are being opened. */
  readonly #opening = new Set<Promise<void>>();
  #run: SharedRun | undefined;
  #closed = false;

  private constructor(
    readonly place: Place,
    readonly module: Promise<WebAssembly.Module>,
    private lead: EngineClient,
  ) {}

  static async open(name: EngineName, place: Place = PAGE): Promise<EnginePool> {
    const module = place.compile(name);
    return new EnginePool(place, module, await EngineClient.open(name, module, place));
  }

  get name(): EngineName {
    return this.lead.name;
  }

  get adapter(): string {
    return this.lead.adapter;
  }

  /** A pool that failed can only be replaced. */
  get usable(): boolean {
    return !this.#closed && this.lead.usable;
  }

  /** Settles when every worker is free for the next run, or ended. */
  get free(): Promise<void> {
    const all = Promise.all([this.lead, ...this.#helpers].map((client) => client.free));
    return all.then(() => {});
  }

  /** Sets the engine to work; what ran before must have ended. */
  run(job: Job, listener: RunListener, workers: Workers = "auto"): void {
    const { cores } = this.place;
    const run: SharedRun = new SharedRun(job, listener, this.lead, {
      workers: this.name === "cpu" ? workers : 1,
      cores,
      helpers: this.#helpers,
      opened: () => Promise.all(this.#opening),
      grow: (count) => this.#grow(count),
      leads: (client) => this.#leads(client),
      lost: (client) => void this.#helpers.delete(client),
      failed: (failure) => {
        if (run !== this.#run) return;
        this.close();
        listener.failed(failure);
      },
    });
    this.#run = run;
    run.start();
  }

  /** Milliseconds per training step. */
  measure(settings: RunSettings, images: ClassImages[]): Promise<number> {
    return this.lead.measure(settings, images);
  }

  pause(): void {
    this.#run?.pause();
  }

  resume(): void {
    this.#run?.resume();
  }

  cancel(): void {
    this.#run?.cancel();
    this.#run = undefined;
  }

  /** Ends every worker. */
  close(): void {
    this.#closed = true;
    this.#run?.end();
    this.#run = undefined;
    for (const client of [this.lead, ...this.#helpers]) client.close();
    this.#helpers.clear();
  }

  /** Has so many helpers, as soon as they are there. */
  #grow(count: number): void {
    while (this.#helpers.size + this.#opening.size < count) {
      const opening: Promise<void> = this.#open().finally(() => this.#opening.delete(opening));
      this.#opening.add(opening);
    }
  }

  async #open(): Promise<void> {
    try {
      const client = await EngineClient.open(this.name, this.module, this.place);
      if (this.#closed) return client.close();
      this.#helpers.add(client);
      this.#run?.joined(client);
    } catch {
      // The others do its part.
    }
  }

  /** A helper takes the place of the worker that had the run. */
  #leads(client: EngineClient): void {
    this.#helpers.delete(client);
    this.lead = client;
  }
}
