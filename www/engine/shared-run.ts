/**
 * One run among the workers of a pool: one leads, others help.
 *
 * The lead has the run. It trains, and when it comes to a stage that is worth dividing it says what
 * others need to know and waits; from then on it measures stretches as they do, and adds up what all
 * of them have measured. Nothing is lost with a helper but the stretches it had in hand, which go to
 * others. Nothing is lost with the lead either, once it has trained: it has handed out the network,
 * and every second what it had added up, so that a helper can lead in its place and be told again
 * what was measured since. The run fails when nobody is left.
 */
import { Failure } from "../failures";
import { Gate } from "../functions/gate";
import type { Ask, Asked } from "../functions/messages";
import { hasBlackBox } from "../network";
import type { Network } from "../report";
import type { EngineClient } from "./client";
import type { Helpers } from "./helpers";
import { Division } from "./division";
import type { Unmeasured } from "./history";
import {
  type Demand,
  type Divided,
  type Job,
  type Other,
  type Progress,
  type Resumption,
  type Share,
  type Stage,
  trains,
  trainsOthers,
  type Update,
} from "./messages";
import type { Moments } from "./moments";
import { Others, othersOf } from "./others";
import { free, helpers, timed, type Workers } from "./workers";

export interface RunListener {
  update(update: Update): void;
  /** Another network is trained, which the run compares with its own. */
  other?(other: Other): void;
  /** Asks the functions that the halves of the network are, where they are functions of the page's own. */
  ask?: Ask;
  failed(failure: Failure): void;
}

/** A worker that has something to do and says nothing for so long counts as lost; see `#watch`. */
const SILENCE_S = 30;
/** What comes after training, where everything is measured as in the paper. */
const USUAL: Stage[] = ["pixel-importance", "direction", "latent-importance", "done"];

export class SharedRun {
  /** How many helpers each stage gets. */
  #wanted = new Map<Stage, number>();
  #network: Network | undefined;
  #progress: Omit<Progress, "remaining_ms"> | undefined;
  #paused = false;
  #over = false;
  /** What functions of the page's own wait at before they are called. */
  readonly #gate = new Gate();

  /** The stage that is being divided. */
  #share: Share | undefined;
  #division: Division<EngineClient> | undefined;
  /** Who helps with it. */
  readonly #helping = new Set<EngineClient>();
  /** What the lead had added up of it when it last said so. */
  #state: Float64Array | undefined;

  /** Seconds since each was heard of. */
  readonly #silent = new Map<EngineClient, number>();
  #longestMs = 0;
  /** Networks that helpers train for it. */
  readonly #others: Others;
  #watching: ReturnType<typeof setInterval> | undefined;

  /** How long each stage has taken. */
  readonly #spent = new Map<Stage, number>();
  /** Helpers that have been asked for, and as many as can be had. */
  #asked = 0;
  #most = 0;
  /** Has networks of epochs measured, once there are some. */
  #moments: Moments | undefined;
  #fetching: Promise<void> | undefined;
  /** Called when the run is over and nothing is left of its epochs. */
  #rested: (() => void) | undefined;
  #given: Promise<void> | undefined;

  constructor(
    readonly job: Job,
    readonly listener: RunListener,
    private lead: EngineClient,
    readonly helpers: Helpers,
    readonly workers: Workers,
    readonly unmeasured?: Unmeasured,
  ) {
    this.#network = job.network;
    const leads = () => this.lead;
    this.#others = new Others({
      get lead() {
        return leads();
      },
      job,
      here: helpers.here,
      free: (client) => this.#moments?.dismiss(client),
      lost: (client) => {
        this.#asked -= 1;
        helpers.lost(client);
      },
    });
    helpers.listener = {
      joined: (client) => {
        void this.#call(client);
        void this.#others.offer(client);
        this.#employ();
      },
      recalled: (client) => {
        if (this.#helping.delete(client)) this.#division?.leave(client);
        this.#others.recalled(client);
        this.#moments?.dismiss(client);
        client.cancel();
      },
    };
  }

  start(): void {
    this.#lead(this.lead, this.job);
  }

  pause(): void {
    this.#paused = true;
    this.#gate.pause();
    for (const client of [this.lead, ...this.#helping]) client.pause();
    this.#moments?.pause();
    this.#others.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#gate.resume();
    for (const client of [this.lead, ...this.#helping]) client.resume();
    this.#moments?.resume();
    this.#others.resume();
  }

  /** Ends what is still done, and gives the worker that leads back. */
  end(): Promise<void> {
    if (!this.#over) this.lead.cancel();
    this.#over = true;
    this.#gate.close(new DOMException("The run is over.", "AbortError"));
    this.#dismiss();
    this.#others.end();
    this.#moments?.end();
    return this.#giveLead();
  }

  /**
   * The run is over. Where some of its epochs are not measured yet, helpers do that now, and `over` is called
   * once they have; false where there are none.
   */
  rest(over: () => void): boolean {
    if (!this.unmeasured?.waiting && !this.#moments?.busy) return false;
    this.#rested = over;
    void this.#giveLead();
    this.helpers.alone();
    this.#grow(1);
    this.#moments?.trained(this.#spentMs);
    void this.#fetch().then(() => {
      if (!this.#moments?.busy) return this.#idle();
      this.#employ();
      this.#moments.supply();
    });
    return true;
  }

  get #spentMs(): number {
    return [...this.#spent.values()].reduce((sum, ms) => sum + ms, 0);
  }

  #giveLead(): Promise<void> {
    return (this.#given ??= this.helpers.pool.give(this.lead));
  }

  /** Nothing of the run's epochs is left to be measured, or nobody to do it. */
  #idle(): void {
    if (!this.#rested) return;
    this.unmeasured?.end();
    this.#rested();
  }

  /** Has at least so many helpers come. */
  #grow(count: number): void {
    if (count <= this.#asked) return;
    this.#asked = count;
    this.helpers.grow(count);
  }

  /** What measures networks of epochs is fetched when there are some. */
  #fetch(): Promise<void> {
    const { settings, images } = this.job;
    return (this.#fetching ??= import("./moments").then(
      ({ Moments }) => {
        this.#moments = new Moments({ settings, images }, this.unmeasured!, {
          lost: (client) => this.#momentsLost(client),
          idle: () => this.#idle(),
        });
        if (this.#paused) this.#moments.pause();
        if (this.#rested) this.#moments.trained(this.#spentMs);
        this.#employ();
      },
      // All else is there without it.
      () => this.#idle(),
    ));
  }

  /** There may be networks of epochs that nobody has measured. */
  #supply(): void {
    if (!this.unmeasured?.waiting || this.#most === 0) return;
    void this.#fetch();
    this.#moments?.supply();
    const trained = this.#progress && !trains(this.#progress.stage);
    if (!trained && (this.#moments?.crowded ?? true)) {
      this.#grow(Math.min(this.helpers.here.size + 1, this.#most));
    }
    this.#employ();
  }

  /** Helpers with nothing else to do measure networks of epochs. The report comes first. */
  #employ(): void {
    const { stage } = this.#progress ?? {};
    const free = stage === undefined || trains(stage) || !this.#wanted.size || this.#rested;
    if (!this.#moments || !free || (stage && trainsOthers(stage))) return;
    for (const client of this.helpers.here) {
      if (!this.#helping.has(client)) this.#moments.employ(client);
    }
  }

  #momentsLost(client: EngineClient): void {
    this.#most -= 1;
    this.#asked -= 1;
    this.helpers.lost(client);
  }

  #lead(lead: EngineClient, job: Job): void {
    this.lead = lead;
    lead.run(job, {
      started: (demand) => this.#started(demand),
      divided: (divided) => this.#divided(divided),
      measured: (first, values, ms) => this.#measured(lead, first, values, ms),
      update: (update, state) => this.#updated(update, state),
      other: (other) => this.listener.other?.(other),
      handed: (handed) => this.#others.handed(handed),
      asked: (number, asked) => void this.#answer(lead, number, asked),
      alive: () => this.#heard(lead),
      failed: (failure) => void this.#leadLost(failure),
    });
    if (this.#paused) lead.pause();
  }

  async #answer(lead: EngineClient, number: number, asked: Asked): Promise<void> {
    try {
      lead.answered(number, await this.listener.ask!(asked, this.#gate.pass));
    } catch (error) {
      if (!this.#over) this.listener.failed(Failure.from(error, "refused"));
    }
  }

  #started(demand: Demand): void {
    // Once only: where each dies of the same, there must be an end to it.
    if (this.#progress) return;
    // The WebGPU engine, whose device has only one queue, is never helped.
    // Nor are functions of the page's own, which has one thread for them.
    const { file, place } = this.helpers.pool;
    const workers = file.endsWith("cpu") && !this.listener.ask ? this.workers : 1;
    this.#wanted = helpers(timed(demand, this.job.network), workers, place.cores);
    const beside = (workers === "auto" ? free(place.cores) : workers) - 1;
    this.#most = Math.max(0, Math.min(beside, demand.room));
    if (this.#most === 0) this.unmeasured?.fewer();
    if (this.#wanted.size > 0) this.lead.divide([...this.#wanted.keys()]);
    const brought = this.job.network !== undefined && !this.job.trained_here;
    const others = Math.min(othersOf(this.job.settings, brought) - 1, this.#most);
    this.#grow(Math.max(0, others, ...this.#wanted.values()));
  }

  #divided({ share, done, total, stride, state }: Divided): void {
    this.#network ??= share.network;
    this.#state = state;
    this.#heard(this.lead);
    if (this.#division) this.#division.deliverFrom(done);
    else {
      this.#share = share;
      this.#division = new Division(done, total, stride, {
        assign: (client, stretch) => client.stretch(stretch),
        deliver: (values) => this.lead.add(values),
      });
      this.#watching = setInterval(() => this.#watch(), 1000);
    }
    this.#division.join(this.lead);
    for (const client of this.helpers.here) void this.#call(client);
  }

  /** Has a helper prepare for the stage, where it is one more than there are. */
  async #call(client: EngineClient): Promise<void> {
    const [division, share, helping] = [this.#division, this.#share, this.#helping];
    if (!division || !share || helping.has(client)) return;
    if (helping.size >= (this.#wanted.get(share.stage) ?? 0)) return;
    helping.add(client);
    this.#moments?.dismiss(client);
    await client.free;
    if (division !== this.#division || !helping.has(client)) return;
    if (!client.usable) return this.#helperLost(client);
    this.#heard(client);
    const { network = share.network } = this.job;
    // An engine does not tell what a black box asks.
    client.help(hasBlackBox(network) ? { ...share, network } : share, {
      ready: () => {
        this.#heard(client);
        division.join(client);
      },
      measured: (first, values, ms) => this.#measured(client, first, values, ms),
      alive: () => this.#heard(client),
      failed: () => this.#helperLost(client),
    });
    if (this.#paused) client.pause();
  }

  #measured(client: EngineClient, first: number, values: Float64Array, ms: number): void {
    this.#heard(client);
    this.#longestMs = Math.max(this.#longestMs, ms);
    this.#division?.measured(client, first, values, ms);
  }

  #updated(update: Update, state: Float64Array | undefined): void {
    this.#heard(this.lead);
    const { stage, done, total, elapsed_ms } = update;
    this.#spent.set(stage, elapsed_ms);
    this.#network ??= update.network;
    if (state) {
      this.#state = state;
      this.#division?.kept(done);
    }
    // After a loss the new lead first comes to where the old one was.
    const last = this.#progress;
    if (last?.stage === stage && done < last.done) return;
    this.#progress = { stage, done, total, elapsed_ms };
    if (stage === this.#share?.stage && done >= total) this.#dismiss();
    this.#others.at(stage);
    if (stage === "done") this.#over = true;
    this.listener.update(update);
    if (update.snapshot) this.#supply();
  }

  #helperLost(client: EngineClient): void {
    this.#helping.delete(client);
    this.#asked -= 1;
    this.helpers.lost(client);
    this.#division?.leave(client);
  }

  async #leadLost(failure: Failure): Promise<void> {
    this.#others.end();
    this.#division?.hold();
    this.#division?.leave(this.lead);
    const resume = this.#resumption();
    const there = () => [...this.helpers.here].find(({ usable }) => usable);
    // It may have been lost before the first of them was there.
    if (resume && !there()) await this.helpers.arrived();
    if (this.#over) return;
    const next = there();
    if (!next || !resume || !this.#network) {
      this.#over = true;
      return this.listener.failed(failure);
    }
    this.helpers.leads(next);
    this.#moments?.dismiss(next);
    this.lead = next;
    if (this.#helping.delete(next)) {
      this.#division?.leave(next);
      next.cancel();
    }
    const job = { ...this.job, network: this.#network, resume };
    await next.free;
    if (this.#over) return;
    if (next.usable) this.#lead(next, job);
    else void this.#leadLost(failure);
  }

  /** Where another can go on; nowhere before the network is trained. */
  #resumption(): Resumption | undefined {
    if (!this.#progress) return undefined;
    const { stage: last, done, total, elapsed_ms } = this.#progress;
    const over = done >= total;
    if (trains(last) && !over) return undefined;
    const stage = this.#share?.stage ?? this.#next(last, over);
    return {
      stage,
      state: this.#state,
      elapsed_ms: stage === last && !over ? elapsed_ms : 0,
      trained_here: this.job.trained_here ?? !this.job.network,
      divided: [...this.#wanted.keys()],
    };
  }

  /** Where to go on when a stage is over, or is to be begun again; undefined: before the first one. */
  #next(last: Stage, over: boolean): Stage | undefined {
    // Which stages there are is then for the engine to know: one that is over is measured again.
    if (this.job.settings.measure) return trains(last) || last === "preparation" ? undefined : last;
    // -1, training, stands before the first stage.
    return USUAL[USUAL.indexOf(last) + (over ? 1 : 0)];
  }

  /** The stage is over. */
  #dismiss(): void {
    for (const client of this.#helping) client.cancel();
    this.#helping.clear();
    this.#share = undefined;
    this.#division = undefined;
    this.#state = undefined;
    clearInterval(this.#watching);
  }

  #heard(client: EngineClient): void {
    this.#silent.set(client, 0);
  }

  /**
   * Gives up workers that do not answer: browsers may end one without a word. The seconds counted
   * are those in which the page is awake, and a network so large that a stretch takes seconds has
   * more of them.
   */
  #watch(): void {
    if (this.#paused) return;
    const patience = SILENCE_S + this.#longestMs / 100;
    for (const client of [this.lead, ...this.#helping]) {
      const idle = this.#helping.has(client) && !this.#division?.busy(client);
      const seconds = idle ? 0 : (this.#silent.get(client) ?? 0) + 1;
      this.#silent.set(client, seconds);
      if (seconds > patience) client.fail(new Failure("crash", "a worker stopped answering"));
    }
  }
}
