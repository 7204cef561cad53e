/**
 * Who measures what of a stage that several workers divide among themselves.
 *
 * The stage's measurements stand in one order (src/importance/job.rs). Workers take short stretches
 * of them from one queue, so that all end together however fast each of them is, and hear a pause
 * or a cancel between two. What they measure is delivered in order, whoever was first, to the worker
 * that adds it up: so results, and every partial result on the way, are those of one worker to the
 * last bit. A stretch whose worker is lost goes back to the head of the queue.
 */
import type { Stretch } from "./messages";

export interface Orders<W> {
  /** Has a worker measure a stretch, after those that it has already. */
  assign(worker: W, stretch: Stretch): void;
  /** The next measurements in order. */
  deliver(values: Float64Array): void;
}

/** As long as a slice of any work, between two of which a worker hears what else is wanted. */
const STRETCH_MS = 40;
/** One in hand and one waiting, so that nobody idles while a message is on its way. */
const AHEAD = 2;

interface Assigned {
  stretches: Stretch[];
  /** Measurements a millisecond, once it has made some. */
  speed: number | undefined;
}

interface Measured extends Stretch {
  values: Float64Array;
}

export class Division<W> {
  readonly #workers = new Map<W, Assigned>();
  /** The first measurement that nobody was ever given. */
  #next: number;
  /** Stretches whose worker was lost. */
  #returned: Stretch[] = [];
  /** By their first: what may have to be delivered again, as it is not known to be kept elsewhere. */
  readonly #measured = new Map<number, Measured>();
  /** Where the worker that adds up stands; none while there is no such worker. */
  #delivered: number | undefined;

  constructor(
    from: number,
    readonly total: number,
    /** Measurements that are best made at once. */
    readonly stride: number,
    readonly orders: Orders<W>,
  ) {
    this.#next = from;
    this.#delivered = from;
  }

  /** A worker is ready to measure. */
  join(worker: W): void {
    this.#workers.set(worker, { stretches: [], speed: undefined });
    this.#supply();
  }

  /** A worker is lost: others measure what it was to. */
  leave(worker: W): void {
    const assigned = this.#workers.get(worker);
    if (!assigned) return;
    this.#workers.delete(worker);
    this.#returned.push(...assigned.stretches);
    this.#returned.sort((one, other) => one.first - other.first);
    this.#supply();
  }

  /** Whether a worker has something to measure. */
  busy(worker: W): boolean {
    return (this.#workers.get(worker)?.stretches.length ?? 0) > 0;
  }

  /** A worker has measured the stretch that it was given first. */
  measured(worker: W, first: number, values: Float64Array, ms: number): void {
    const assigned = this.#workers.get(worker);
    const stretch = assigned?.stretches[0];
    // What a worker still sends that counts as lost has gone to another.
    if (!assigned || stretch?.first !== first) return;
    assigned.stretches.shift();
    // Clocks in browsers are coarse.
    assigned.speed = stretch.count / Math.max(ms, 0.1);
    this.#measured.set(first, { ...stretch, values });
    this.#deliver();
    this.#supply();
  }

  /** What has been added up before `position` is kept elsewhere. */
  kept(position: number): void {
    for (const first of this.#measured.keys()) {
      if (first < position) this.#measured.delete(first);
    }
  }

  /** The worker that adds up is lost; what is measured waits for another. */
  hold(): void {
    this.#delivered = undefined;
  }

  /** Another worker adds up, and knows what was kept before `position`. */
  deliverFrom(position: number): void {
    this.#delivered = position;
    this.#deliver();
  }

  #deliver(): void {
    while (this.#delivered !== undefined) {
      const next = this.#measured.get(this.#delivered);
      if (!next) return;
      this.#delivered += next.count;
      this.orders.deliver(next.values);
    }
  }

  #supply(): void {
    // In turns, so that the last stretches are spread as well.
    for (let depth = 0; depth < AHEAD; depth += 1) {
      for (const [worker, assigned] of this.#workers) {
        if (assigned.stretches.length > depth) continue;
        const stretch = this.#take(assigned);
        if (!stretch) return;
        assigned.stretches.push(stretch);
        this.orders.assign(worker, stretch);
      }
    }
  }

  #take({ speed = 0 }: Assigned): Stretch | undefined {
    const returned = this.#returned.shift();
    if (returned) return returned;
    const left = this.total - this.#next;
    if (left <= 0) return undefined;
    // Shorter towards the end, where an even share of what is left takes less than a slice.
    const share = left / (AHEAD * this.#workers.size);
    const strides = Math.floor(Math.min(speed * STRETCH_MS, share) / this.stride);
    const count = Math.min(Math.max(strides, 1) * this.stride, left);
    const first = this.#next;
    this.#next += count;
    return { first, count };
  }
}
