/**
 * Holds one engine and drives its work in slices, so that pause and cancel are heard between them.
 *
 * A run goes on by itself, but for stages that the page divides among several workers
 * (`engine/pool.ts`): these are measured stretch by stretch, here and elsewhere, as the page says.
 */
import { type Call, type Port, serve } from "./calls/serve";
import {
  type Engine,
  type EngineCalls,
  type EngineModule,
  type Job,
  type Learning,
  type Order,
  type Share,
  type Snapshot,
  type Stage,
  type Stretch,
  type Trained,
  trains,
  type Word,
} from "./engine/messages";
import type { EngineFailure } from "./failures";
import { merge, type Report } from "./report";

const SLICE_MS = 40;
/** So many times as long as drawing the samples takes, the engine waits before it draws them again. */
const SAMPLES_SHARE = 10;
/** A machine that is busy with other things is not waited for longer, though samples of some epochs are then missing. */
const LONGEST_REST_MS = 400;
/** As much of a divided stage is lost at most with the worker that adds up. */
const STATE_INTERVAL_MS = 1000;
/** How often a worker that trains for another one's run says how far it has come. */
const COME_INTERVAL_MS = 250;
/** A trap with this much memory in use is taken for exhaustion: Rust aborts without saying so. */
const CROWDED_BYTES = 2 ** 30;

interface Scope extends Port {
  addEventListener: Port["addEventListener"] &
    ((type: "error", listener: (event: ErrorEvent) => void) => void) &
    ((type: "unhandledrejection", listener: (event: PromiseRejectionEvent) => void) => void);
}
const port = self as unknown as Scope;

let engine: Engine | undefined;
let memory: WebAssembly.Memory | undefined;

/** What this worker has to do with a run, and what the page wants of it. */
class Task {
  divided: Stage[] = [];
  /** To be measured here. */
  readonly stretches: Stretch[] = [];
  /** To be added up here. */
  readonly values: Float64Array[] = [];
  /** Networks of epochs, to be measured here. */
  readonly snapshots: Snapshot[] = [];
  /** How many others have time to train another network. */
  offers = 0;
  /** What is said of networks that were handed out. */
  readonly others: Extract<Order, { type: "come" | "taken" }>[] = [];
  /** Time spent in pauses. */
  pausedMs = 0;
  #paused = false;
  #heard = () => {};

  constructor(readonly call: Call<Order, Word>) {
    call.listen((order) => this.#hear(order));
    call.signal.addEventListener("abort", () => this.#heard());
  }

  say(word: Word): void {
    this.call.say(word);
  }

  /** Until the page says something. */
  news(): Promise<void> {
    return new Promise((resolve) => (this.#heard = resolve));
  }

  /** Waits as long as the page wants a pause; false once it wants no more of this. */
  async mayGoOn(): Promise<boolean> {
    const { signal } = this.call;
    if (this.#paused && !signal.aborted) {
      const from = performance.now();
      this.say({ type: "paused" });
      while (this.#paused && !signal.aborted) await this.news();
      this.pausedMs += performance.now() - from;
      if (!signal.aborted) this.say({ type: "resumed" });
    }
    return !signal.aborted;
  }

  /** Waits until a time of `performance.now()`; false once the page wants no more of this. */
  async until(time: number): Promise<boolean> {
    while (await this.mayGoOn()) {
      const left = time - performance.now();
      if (left <= 0) return true;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, left)));
      await Promise.race([over, this.news()]);
      clearTimeout(timer);
    }
    return false;
  }

  #hear(order: Order): void {
    switch (order.type) {
      case "divide":
        this.divided = order.stages;
        break;
      case "stretch":
        this.stretches.push(order);
        break;
      case "add":
        this.values.push(order.values);
        break;
      case "snapshot":
        this.snapshots.push(order.snapshot);
        break;
      case "offer":
        this.offers += 1;
        break;
      case "come":
      case "taken":
        this.others.push(order);
        break;
      default:
        this.#paused = order.type === "pause";
    }
    this.#heard();
  }
}

// One call at a time: an engine that measures cannot start a run before it has finished.
const fail = serve<EngineCalls>(port, {
  open,
  measure: ({ settings, images }) => guarded(() => opened().measure(settings, images)),
  run: (job, call) => guarded(() => run(new Task(call), job)),
  help: (share, call) => guarded(() => help(new Task(call), share)),
  moments: (learning, call) => guarded(() => moments(new Task(call), learning)),
  train: (asked, call) => guarded(() => train(new Task(call), asked)),
});

// A trap inside a future surfaces here: its promise never settles.
port.addEventListener("error", (event) => {
  event.preventDefault();
  fail(Failed.of(event.error ?? event.message));
});
port.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(Failed.of(event.reason));
});

async function open({ file, base, module }: EngineCalls["open"]["input"]): Promise<string> {
  let wasm: EngineModule;
  try {
    wasm = (await import(new URL(`${file}.js`, base).href)) as EngineModule;
    ({ memory } = await wasm.default({ module_or_path: module }));
  } catch (error) {
    throw Failed.of(error, "engine-file");
  }
  try {
    // Once the device is lost, what waits for it may wait for ever.
    engine = await wasm.Engine.open((reason) => fail(Failed.of(reason, "device-lost")));
  } catch (error) {
    throw Failed.of(error, file.endsWith("webgpu") ? "no-adapter" : undefined);
  }
  return engine.adapter;
}

async function run(task: Task, job: Job): Promise<void> {
  const { settings, images, network, sources, others, snapshots, pace = 0, resume } = job;
  const running = opened();
  const trained_here = resume?.trained_here ?? job.trained_here;
  const { trains_on } = job;
  const how = { trained_here, trains_on, snapshots, others };
  running.start(settings, images, network, { ...sources, ...how });
