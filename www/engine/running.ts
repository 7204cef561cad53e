/** One run with workers of a pool: from before there are any until none calculates for it any more. */
import { unlessAborted, whenAborted } from "../calls/ends";
import type { Failure } from "../failures";
import { Crew } from "./crew";
import type { Job } from "./messages";
import type { EnginePool } from "./pool";
import { type RunListener, SharedRun } from "./shared-run";
import type { Workers } from "./workers";

/** What a run is begun with. Once its signal is aborted, nothing is heard of it any more. */
export interface Start extends RunListener {
  workers?: Workers;
  signal: AbortSignal;
}

/** A run that has been started. */
export interface Running {
  /** Halts it until `resume`. Before it has a worker: it gets one, and waits. */
  pause(): void;
  resume(): void;
  /** Resolves, whatever the end, once nothing of it is calculated any more. */
  readonly ended: Promise<void>;
}

/** Runs `job` once it is there; where it rejects, nothing is run and nobody hears of it. */
export class PooledRun implements Running {
  readonly ended: Promise<void>;
  #paused = false;
  #resumed = () => {};
  #run: SharedRun | undefined;

  constructor(pool: EnginePool, job: Promise<Job>, start: Start) {
    this.ended = this.#work(pool, job, start);
  }

  pause(): void {
    this.#paused = true;
    this.#run?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#run?.resume();
    this.#resumed();
  }

  async #work(
    pool: EnginePool,
    job: Promise<Job>,
    { workers = "auto", signal, update, failed }: Start,
  ): Promise<void> {
    const end = new AbortController();
    const off = whenAborted(signal, () => end.abort());
    // Who cancels at once has taken nobody's worker.
    await Promise.resolve();
    const crew = new Crew(pool, workers === "auto");
    const leasing = pool.lease(end.signal);
    leasing.catch((failure: Failure) => {
      if (end.signal.aborted) return;
      end.abort();
      failed(failure);
    });
    try {
      const [given, lead] = await Promise.all([unlessAborted(job, end.signal), leasing]);
      while (this.#paused) {
        await unlessAborted(new Promise<void>((resume) => (this.#resumed = resume)), end.signal);
      }
      end.signal.throwIfAborted();
      await unlessAborted(
        new Promise<void>((over) => {
          const listener: RunListener = {
            update: (news) => {
              update(news);
              if (news.stage === "done") over();
            },
            failed: (failure) => {
              failed(failure);
              over();
            },
          };
          this.#run = new SharedRun(given, listener, lead, crew, workers);
          this.#run.start();
        }),
        end.signal,
      );
    } catch {
      // It was ended, or whoever has to know was told.
    }
    off();
    end.abort();
    const given = this.#run?.end() ?? leasing.then((lead) => pool.give(lead)).catch(() => {});
    await Promise.all([given, crew.disband()]);
  }
}
