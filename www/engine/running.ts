/** One run with workers of a pool: from before there are any until none calculates for it any more. */
import { unlessAborted, whenAborted } from "../calls/ends";
import type { Failure } from "../failures";
import type { Unmeasured } from "./history";
import { Helpers } from "./helpers";
import type { Job } from "./messages";
import type { EnginePool } from "./pool";
import { type RunListener, SharedRun } from "./shared-run";
import type { Workers } from "./workers";

/** What a run is begun with. Once its signal is aborted, nothing is heard of it any more. */
export interface Start extends RunListener {
  workers?: Workers;
  /** Networks of its epochs, which are measured beside the run and after it. */
  unmeasured?: Unmeasured;
  signal: AbortSignal;
}

/** A run that has been started. */
export interface Running {
  /** Halts it until `resume`. Before it has a worker: it gets one, and waits. */
  pause(): void;
  resume(): void;
  /** A run that is over is left alone: nothing more of its epochs is measured. */
  leave(): void;
  /** Resolves, whatever the end, once nothing of it is calculated any more. */
  readonly ended: Promise<void>;
}

/** Runs `job` once it is there; where it rejects, nothing is run and nobody hears of it. */
export class PooledRun implements Running {
  readonly ended: Promise<void>;
  #paused = false;
  #resumed = () => {};
  #run: SharedRun | undefined;
  /** Set once the run is over but for its epochs. */
  #over: (() => void) | undefined;

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

  leave(): void {
    this.#over?.();
  }

  async #work(
    pool: EnginePool,
    job: Promise<Job>,
    { workers = "auto", unmeasured, signal, update, other, ask, failed }: Start,
  ): Promise<void> {
    // Who cancels at once takes nobody's worker.
    await Promise.resolve();
    if (signal.aborted) return;
    const end = new AbortController();
    const helpers = new Helpers(pool, workers === "auto");
    const leasing = pool.lease(end.signal);
    let given: Promise<unknown> | undefined;
    /** Gives all workers back, at once, so that the next run finds them coming. */
    const over = () => {
      end.abort();
      given ??= Promise.all([
        this.#run?.end() ?? leasing.then((lead) => pool.give(lead)).catch(() => {}),
        helpers.release(),
      ]);
    };
    const fail = (failure: Failure) => {
      if (end.signal.aborted) return;
      over();
      failed(failure);
    };
    const off = whenAborted(signal, over);
    leasing.catch(fail);
    try {
      const [given, lead] = await Promise.all([unlessAborted(job, end.signal), leasing]);
      while (this.#paused) {
        await unlessAborted(new Promise<void>((resume) => (this.#resumed = resume)), end.signal);
      }
      end.signal.throwIfAborted();
      const listener: RunListener = {
        update: (news) => {
          if (news.stage === "done") {
            if (this.#run!.rest(over)) this.#over = over;
            else over();
          }
          update(news);
        },
        ...(other && { other }),
        ...(ask && { ask }),
        failed: fail,
      };
      this.#run = new SharedRun(given, listener, lead, helpers, workers, unmeasured);
      this.#run.start();
      await unlessAborted(new Promise(() => {}), end.signal);
    } catch {
      // It is over, or its images are not to be had.
      over();
    }
    off();
    await given;
  }
}
