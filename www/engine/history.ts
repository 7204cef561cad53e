/**
 * What there is to see of a network after its epochs: what it made of the samples, and what was measured of
 * it. Networks wait here until somebody measures them. All of it takes a bounded memory; where that is
 * exceeded, every second epoch is forgotten.
 */
import type { Encoded, Network, Report } from "../report";
import type { Moment, Snapshot } from "./messages";

type Samples = NonNullable<Report["samples"]>;
type Made = Pick<Samples, "latents" | "reconstructions">;

/** Networks of a run's epochs whose importance is still to be measured. */
export interface Unmeasured {
  /** How many wait that nobody has taken. */
  readonly waiting: number;
  /** The next one to measure, which is then taken; the latest, while it is still being trained. */
  take(latest: boolean): Snapshot | undefined;
  /** What was taken was measured, with a report of its own. */
  found(epoch: number, report: Partial<Report>): void;
  /** What was taken was not measured, and is to be taken by others. */
  back(epoch: number): void;
  /** Nobody measures from now on but a few: the first epochs, and ever fewer of the later ones. */
  fewer(): void;
  /** Nobody measures what still waits. */
  end(): void;
}

interface Kept {
  made?: Made | undefined;
  /** Until it is measured. */
  network?: Network | undefined;
  moment?: Moment;
}

/** As much memory as all of it takes at most. */
const MOST_BYTES = 64 * 2 ** 20;

export class History implements Unmeasured {
  readonly #kept = new Map<number, Kept>();
  readonly #taken = new Set<number>();
  /** The samples themselves, which are the same after every epoch. */
  #samples: Pick<Samples, "labels" | "images"> | undefined;
  /** Which images are explained, once an epoch was measured. */
  images: Omit<Encoded, "latents"> | undefined;
  #few = false;
  #step = 1;
  #last = Infinity;
  #bytes = 0;
  /** Hears of every epoch that was measured, and that no more are to come. */
  changed: () => void = () => {};

  constructor(readonly most = MOST_BYTES) {}

  /** What was measured before, as a file has it. */
  static of(moments: readonly Moment[]): History {
    const history = new History();
    for (const moment of moments) history.#keep(moment.epoch, { moment });
    return history;
  }

  /** Only epochs that this divides are kept. */
  get step(): number {
    return this.#step;
  }

  /** Epochs after which it is known what became of the samples, ascending; 0 is before training. */
  get known(): number[] {
    return this.#epochs(({ made, moment }) => Boolean(made ?? moment));
  }

  /** Epochs that are measured, ascending. The last epoch of training is not among them: it is the run's own. */
  get measured(): number[] {
    return this.#epochs(({ moment }) => Boolean(moment));
  }

  get moments(): Moment[] {
    return this.measured.map((epoch) => this.#kept.get(epoch)!.moment!);
  }

  /** What was measured last up to an epoch, or first after it. */
  at(epoch: number): Moment | undefined {
    const { measured } = this;
    const found = measured.filter((each) => each <= epoch).at(-1) ?? measured[0];
    return found === undefined ? undefined : this.#kept.get(found)!.moment;
  }

  /** What was made of the samples last up to an epoch, and after which it was. */
  made(epoch: number): (Made & { epoch: number }) | undefined {
    const { known } = this;
    const found = known.filter((each) => each <= epoch).at(-1) ?? known[0];
    if (found === undefined) return undefined;
    const { made, moment } = this.#kept.get(found)!;
    const { latents, reconstructions } = made ?? moment!.samples;
    return { epoch: found, latents, reconstructions };
  }

  /** What the network made of the samples after an epoch. */
  add(epoch: number, { labels, images, latents, reconstructions }: Samples): void {
    this.#samples ??= { labels, images };
    if (this.#kept.get(epoch)?.moment) return;
    this.#keep(epoch, { ...this.#kept.get(epoch), made: { latents, reconstructions } });
  }

  /** The network after an epoch, to be measured. */
  snapshot({ epoch, network }: Snapshot): void {
    if (epoch >= this.#last || (this.#few && !isFirst(epoch))) return;
    const kept = this.#kept.get(epoch);
    // Where training has diverged, the same steps are taken once more.
    if (!kept?.moment && !kept?.network) this.#keep(epoch, { ...kept, network });
  }

  /** Training has ended with this epoch, which the run itself measures. */
  trained(last: number): void {
    this.#last = last;
    for (const [epoch, { made }] of [...this.#kept]) {
      if (epoch < last) continue;
      if (made && epoch === last) this.#keep(epoch, { made });
      else this.#forget(epoch);
    }
  }

  /** The same networks, of which everything is to be measured in another way. */
  again(): History {
    const other = new History(this.most);
    other.#samples = this.#samples;
    other.#last = this.#last;
    other.images = this.images;
    for (const [epoch, { made, moment, network }] of this.#kept) {
      other.#keep(epoch, {
        made: made ?? moment?.samples,
        network: network ?? moment?.network,
      });
    }
    return other;
  }

  /** Whether more may be measured yet. */
  get awaits(): boolean {
    return this.#epochs(({ network }) => Boolean(network)).length > 0;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get #waiting(): number[] {
    return this.#epochs(({ network }, epoch) => Boolean(network) && !this.#taken.has(epoch));
  }

  take(latest: boolean): Snapshot | undefined {
    const waiting = this.#waiting;
    const epoch = latest ? waiting.at(-1) : this.#coarsest(waiting);
    if (epoch === undefined) return undefined;
    this.#taken.add(epoch);
    return { epoch, network: this.#kept.get(epoch)!.network! };
  }

  found(epoch: number, report: Partial<Report>): void {
    this.#taken.delete(epoch);
    const { network, made } = this.#kept.get(epoch) ?? {};
    const { encoded, pixel_importance, direction, latent_importance } = report;
    const samples = report.samples && { ...report.samples, ...this.#samples };
    if (!network || !encoded || !samples) return;
    if (!pixel_importance || !direction || !latent_importance) return;
    this.#samples ??= { labels: samples.labels, images: samples.images };
    const { latents, ...images } = encoded;
    this.images ??= images;
    const { latent_importance_rmse } = report;
    const moment: Moment = {
      epoch,
      network,
      samples: { ...samples, ...made },
      latents,
      pixel_importance,
      direction,
      latent_importance,
      ...(latent_importance_rmse && { latent_importance_rmse }),
    };
    this.#keep(epoch, { moment });
    this.changed();
  }

  back(epoch: number): void {
    this.#taken.delete(epoch);
  }

  fewer(): void {
    this.#few = true;
    for (const epoch of this.#waiting) if (!isFirst(epoch)) this.#waive(epoch);
  }

  end(): void {
    this.#taken.clear();
    for (const epoch of this.#waiting) this.#waive(epoch);
    this.changed();
  }

  #waive(epoch: number): void {
    const { made } = this.#kept.get(epoch)!;
    if (made) this.#keep(epoch, { made });
    else this.#forget(epoch);
  }

  /** Epochs 0, 1, 2, 4, 8 and so on, and then ever again the one that is farthest from those that are known. */
  #coarsest(waiting: number[]): number | undefined {
    const first = waiting.find(isFirst);
    if (first !== undefined) return first;
    const known = [...this.measured, ...this.#taken, this.#last];
    const distance = (epoch: number) => Math.min(...known.map((each) => Math.abs(each - epoch)));
    const distances = waiting.map(distance);
    return waiting[distances.indexOf(Math.max(...distances))];
  }

  #epochs(are: (kept: Kept, epoch: number) => boolean): number[] {
    const found = [...this.#kept].filter(([epoch, kept]) => are(kept, epoch));
    return found.map(([epoch]) => epoch).sort((one, other) => one - other);
  }

  #keep(epoch: number, kept: Kept): void {
    this.#forget(epoch);
    if (epoch % this.#step !== 0) return;
    this.#kept.set(epoch, kept);
    this.#bytes += this.#size(kept);
    while (this.#bytes > this.most && this.#kept.size > 1) {
      this.#step *= 2;
      for (const each of [...this.#kept.keys()]) if (each % this.#step !== 0) this.#forget(each);
    }
  }

  #forget(epoch: number): void {
    const kept = this.#kept.get(epoch);
    if (kept) this.#bytes -= this.#size(kept);
    this.#kept.delete(epoch);
  }

  #size({ made, network, moment }: Kept): number {
    if (!moment) return bytes([made, network]);
    const { samples, ...others } = moment;
    return bytes([others, samples.latents, samples.reconstructions]);
  }
}

/** Whether it is one of those that are measured first: 0 and the powers of two. */
function isFirst(epoch: number): boolean {
  return Number.isInteger(Math.log2(epoch)) || epoch === 0;
}

/** Of all numbers that are there as arrays. */
function bytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + bytes(part), 0);
}
