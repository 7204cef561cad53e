/** Workers that behave like an engine's, but for what they measure and when they die. */
import type { AnyWorker } from "../../www/calls/caller";
import type { FromWorker, ToWorker } from "../../www/calls/messages";
import type { Job, Order, Share, Snapshot, Stage, Update, Word } from "../../www/engine/messages";
import type { Place } from "../../www/engine/place";
import type { Network, RunSettings } from "../../www/report";

export const TOTAL = 60;
/** Multiply-adds of stages that are worth dividing. */
const WORTHWHILE = 1e12;
const STRIDE = 3;
export const NETWORK: Network = { encoder: [], decoder: [] };
/** Of a run that the small package can do. */
export const SMALL = {
  kind: "dense",
  activation: "relu",
  loss: "bce",
  hidden: [],
  filters: [],
  dims: 2,
} as unknown as RunSettings;
const SHARE = { network: NETWORK } as Share;
/** How a measurement is told from another. */
const measurement = (stage: Stage, at: number) => at + (stage === "pixel-importance" ? 0.25 : 0.5);

/** What a run finds of each stage: all measurements in order, as they are added up. */
export const EXPECTED = Object.fromEntries(
  (["pixel-importance", "latent-importance"] as const).map((stage) => [
    stage,
    Array.from({ length: TOTAL }, (_, at) => measurement(stage, at)),
  ]),
);

/** A call by its name, an order by its type. */
type Heard = { type: string; input?: unknown };

/** Does what `www/worker.ts` does, in as few steps as can be. */
export class FakeWorker implements AnyWorker {
  static all: FakeWorker[] = [];
  /** What each stage takes, in multiply-adds. */
  static work = WORTHWHILE;
  static get alive(): FakeWorker[] {
    return FakeWorker.all.filter(({ ended }) => !ended);
  }
  onmessage: AnyWorker["onmessage"] = null;
  onerror: AnyWorker["onerror"] = null;
  readonly heard: Heard[] = [];
  ended = false;
  /** Says nothing more, as a worker that the browser has ended. */
  mute = false;
  /** Which of its stretches it dies of, instead of measuring it. */
  diesAt = Infinity;
  #stretches = 0;
  /** The call of the run that it has or helps with. */
  #call = 0;
  #added: number[] = [];
  #stage: Stage = "training";
  #divided: Stage[] = [];
  /** Networks that it is to train beside its own, by their places: those that nobody has begun. */
  #left: number[] = [];
  #elsewhere = new Set<number>();
  #others = 0;
  #offers = 0;
  /** Which networks it has trained for another worker's run, and which for its own. */
  readonly trainedFor: number[] = [];
  readonly trainedHere: number[] = [];
  /** Whether it dies of a network that it is to train for another one. */
  diesTraining = false;

  constructor() {
    FakeWorker.all.push(this);
  }

  postMessage(message: ToWorker): void {
    if (message.type === "call") this.heard.push({ type: message.name, input: message.input });
    else if (message.type === "tell") this.heard.push(message.message as Order);
    else this.heard.push({ type: "cancel" });
    queueMicrotask(() => {
      if (this.ended) return;
      const copied = message.type === "call" && message.name === "open";
      this.#answer(copied ? message : structuredClone(message));
    });
  }

  terminate(): void {
    this.ended = true;
  }

  send(message: FromWorker): void {
    if (!this.ended && !this.mute) this.onmessage?.call(null as never, { data: message } as never);
  }

  crash(): void {
    const error = { name: "Error", kind: "crash", message: "unreachable" };
    this.send({ id: undefined, type: "error", error });
  }

  /** How often it was asked or told something. */
  count(type: string): number {
    return this.heard.filter((each) => each.type === type).length;
  }

  /** Another epoch of the run has ended. */
  epoch(epoch: number): void {
    this.#update({ done: epoch + 1, total: 100, snapshot: { epoch, network: NETWORK } });
  }

  /** Networks of epochs that it was told to measure, and has not. */
  readonly snapshots: Snapshot[] = [];

  /** It has measured the first of them. */
  measured(): void {
    const { epoch } = this.snapshots.shift()!;
    this.#say({ type: "moment", epoch, report: { version: `${epoch}` }, ms: 20 });
  }

  /** Whether it has a run that trains. */
  get training(): boolean {
    const tasks = this.heard.filter(({ type }) => type === "run" || type === "help");
    return tasks.at(-1)?.type === "run" && this.#stage === "training" && !this.ended;
  }

  /** Training is over. */
  trained(): void {
    this.#update({ done: 2, total: 2 });
    this.#enter("pixel-importance");
  }

  #say(word: Word): void {
    this.send({ id: this.#call, type: "said", message: word });
  }

  #update(update: Partial<Update>, state?: Float64Array): void {
    const progress = { done: 1, total: 1, elapsed_ms: 5, remaining_ms: 0, report: {} };
    this.#say({ type: "update", update: { ...progress, stage: this.#stage, ...update }, state });
  }

  #enter(stage: Stage, added: number[] = []): void {
    this.#stage = stage;
    this.#added = added;
    if (stage === "direction") {
      this.#update({});
      return this.#enter("latent-importance");
    }
    if (stage === "networks") {
      this.#left = Array.from({ length: this.#others }, (_, at) => at);
      this.#update({ done: 0, total: this.#others });
      return this.#trainNext();
    }
    if (stage === "done") {
      this.#update({});
      return this.send({ id: this.#call, type: "answer", answer: undefined });
    }
    const [done, state] = [added.length, Float64Array.from(added)];
    const share = { ...SHARE, stage };
    if (this.#divided.includes(stage)) {
      const divided = { share, done, total: TOTAL, stride: STRIDE, state };
      return this.#say({ type: "divided", divided });
    }
    this.#add(EXPECTED[stage]!.slice(done));
  }

  #add(values: number[]): void {
    this.#added.push(...values);
    const done = this.#added.length;
    const report = { version: this.#added.join() };
    // Now and then what has been added up is kept elsewhere.
    const state = done % 4 === 0 && done < TOTAL ? Float64Array.from(this.#added) : undefined;
    this.#update({ done, total: TOTAL, report, network: NETWORK }, state);
    if (done < TOTAL) return;
    const last = this.#others > 0 ? "networks" : "done";
    this.#enter(this.#stage === "pixel-importance" ? "direction" : last);
  }

  /** Networks are trained one after the other, while others train those that were handed out. */
  #trainNext(): void {
    const call = this.#call;
    setImmediate(() => {
      if (this.#call !== call || this.#stage !== "networks" || this.ended) return;
      const at = this.#left.shift();
      if (at === undefined) return this.#elsewhere.size === 0 ? this.#enter("done") : undefined;
      this.trainedHere.push(at);
      this.#update({ done: this.trainedHere.length, total: this.#others });
      this.#handOut();
      this.#trainNext();
    });
  }

  #handOut(): void {
    // The last one is its own.
    while (this.#offers > 0 && this.#left.length > 1) {
      this.#offers -= 1;
      const at = this.#left.pop()!;
      this.#elsewhere.add(at);
      this.#say({ type: "handed", handed: { at, settings: { ...SMALL, seed: at } } });
    }
  }

  #answer(message: ToWorker): void {
    if (message.type === "tell") return this.#hear(message.id, message.message as Order);
    if (message.type === "cancel") {
      this.snapshots.length = 0;
      const error = { name: "AbortError", message: "cancelled" };
      return this.send({ id: message.id, type: "error", error });
    }
    const { id, name, input } = message;
    switch (name) {
      case "open":
        return this.send({ id, type: "answer", answer: "" });
      case "run": {
        this.#call = id;
        this.#stage = "training";
        this.#divided = [];
        const [pixel_importance, latent_importance] = [FakeWorker.work, FakeWorker.work];
        const demand = { pixel_importance, latent_importance, room: 9 };
        this.#others = ((input as Job).settings.measure?.networks ?? 1) - 1;
        this.#say({ type: "started", demand });
        const { resume } = input as Job;
        if (resume) {
          // At once, as the real one does: what it then hears is too late.
          this.#divided = resume.divided;
          return this.#enter(resume.stage ?? "pixel-importance", [...(resume.state ?? [])]);
        }
        setImmediate(() => {
          if (this.#call === id) this.#update({ done: 1, total: 2 });
        });
        return;
      }
      case "moments":
        this.#call = id;
        return;
      case "train": {
        const { seed } = (input as { settings: RunSettings }).settings;
        if (this.diesTraining) return this.crash();
        this.trainedFor.push(seed);
        const come: Word = { type: "come", epochs: 1 };
        this.send({ id, type: "said", message: come });
        const answer = { network: NETWORK, training: null };
        setImmediate(() => this.send({ id, type: "answer", answer }));
        return;
      }
      case "help":
        this.#call = id;
        this.#stage = (input as Share).stage;
        return this.#say({ type: "ready" });
    }
  }

  #hear(id: number, order: Order): void {
    switch (order.type) {
      case "divide":
        this.#divided = order.stages;
        return;
      case "stretch": {
        if (++this.#stretches >= this.diesAt) return this.mute ? undefined : this.crash();
        const { first, count } = order;
        const values = Float64Array.from({ length: count }, (_, at) =>
          measurement(this.#stage, first + at),
        );
        const message: Word = { type: "stretch", first, values, ms: 20 };
        setImmediate(() => this.send({ id, type: "said", message }));
        return;
      }
      case "add":
        return this.#add([...order.values]);
      case "snapshot":
        this.snapshots.push(order.snapshot);
        return;
      case "offer":
        this.#offers += 1;
        return this.#handOut();
      case "taken":
        this.#elsewhere.delete(order.at);
        if (!order.trained) this.#left.push(order.at);
        return this.#trainNext();
    }
  }
}

export interface FakePlace extends Place {
  /** The packages that were compiled, in order. */
  compiled: string[];
}

/** A machine of its own, with a pool of its own. */
export function place(other: Partial<Place> = {}): FakePlace {
  const compiled: string[] = [];
  return {
    cores: 4,
    worker: () => new FakeWorker(),
    unstarted: (_, words) => words || "it did not start",
    compile: (file) => {
      compiled.push(file);
      return Promise.resolve({} as WebAssembly.Module);
    },
    compiled,
    ...other,
  };
}

/** Lets everything happen that is about to. */
export async function settle(rounds = 200): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
