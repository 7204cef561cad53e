/** Spreads drawing over animation frames, so that no frame holds the page up. */

type Job = () => void;

/** About 15 redraws a second: more cannot be told apart, and the worker needs the processor. */
const REDRAW_MS = 66;
/** After this long a frame leaves the remaining jobs to the next. */
const FRAME_MS = 8;

export class Frames {
  readonly #last = new Map<Job, number>();
  readonly #due = new Set<Job>();
  #handle = 0;

  /** Runs the job in one of the next frames, once, however often it is asked for. */
  request(job: Job): void {
    this.#due.add(job);
    this.#handle ||= requestAnimationFrame(this.#frame);
  }

  /** As `request`, without waiting for the job's turn: for answers to the visitor's own hand. */
  now(job: Job): void {
    this.#last.delete(job);
    this.request(job);
  }

  stop(): void {
    cancelAnimationFrame(this.#handle);
    this.#handle = 0;
    this.#due.clear();
  }

  readonly #frame = (): void => {
    this.#handle = 0;
    const begin = performance.now();
    for (const job of [...this.#due]) {
      if (performance.now() - begin > FRAME_MS) break;
      if (begin - (this.#last.get(job) ?? -Infinity) < REDRAW_MS) continue;
      // To the back of the queue: a job that asks again must not starve the others.
      this.#due.delete(job);
      this.#last.set(job, begin);
      job();
    }
    if (this.#due.size) this.#handle ||= requestAnimationFrame(this.#frame);
  };
}
