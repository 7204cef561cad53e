/** Our engine, in the site's own workers, as a visitor's page runs it; timed from outside. */
import { Engines } from "../../www/engine/engines";
import type { ClassImages, Stage, Update } from "../../www/engine/messages";
import type { Workers } from "../../www/engine/workers";
import {
  type EngineName,
  merge,
  type Network,
  type Report,
  type RunSettings,
} from "../../www/report";

export interface Run {
  /** Milliseconds of every stage, what it needs to get ready included. */
  stages: Partial<Record<Stage, number>>;
  report: Report;
  network: Network;
}

const engines = new Engines(() => {});

export async function run(
  engine: EngineName,
  settings: RunSettings,
  images: ClassImages[],
  workers: Workers,
  given?: Network,
): Promise<Run> {
  // What is timed is a run, not the opening of its worker.
  await engines.open(engine);
  const clock = new Clock();
  const report: Partial<Report> = {};
  let network = given;
  const job = Promise.resolve({ settings, images, network: given });
  let ended: Promise<void> | undefined;
  await new Promise<void>((resolve, reject) => {
    ({ ended } = engines.start(engine, { settings, network: given }, job, {
      workers,
      signal: new AbortController().signal,
      update(update) {
        clock.heard(update);
        merge(report, update.report);
        network ??= update.network;
        if (update.stage === "done") resolve();
      },
      failed: (failure) => reject(new Error(failure.detail)),
    }));
  });
  await ended;
  return { stages: clock.stages, report: report as Report, network: network! };
}

/**
 * Divides the time between the worker's messages among the stages. The engine prepares a stage
 * after the last slice of the one before, in the same step; `elapsed_ms` leaves that out and tells
 * where the slice ended and the next stage began.
 */
class Clock {
  readonly stages: Partial<Record<Stage, number>> = {};
  #stage: Stage | undefined;
  #elapsed = 0;
  #heard = 0;
  #began = 0;
  /** When the work of the last slice that was heard of ended. */
  #ended = 0;

  heard({ stage, elapsed_ms }: Update): void {
    const now = performance.now();
    if (this.#stage === undefined) {
      this.#began = now - elapsed_ms;
      this.#heard = this.#began;
    } else if (stage !== this.#stage) {
      // What the last slice was prepared with belongs to the stage that now begins.
      this.#began = this.#ended;
      this.#elapsed = 0;
    }
    this.#ended = Math.min(now, this.#heard + (elapsed_ms - this.#elapsed));
    this.stages[stage] = this.#ended - this.#began;
    this.#stage = stage;
    this.#elapsed = elapsed_ms;
    this.#heard = now;
  }
}
