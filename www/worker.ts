/**
 * Holds one engine and drives its work in slices, so that pause and cancel are heard between them.
 *
 * A run goes on by itself, but for stages that the page divides among several workers
 * (`engine/pool.ts`): these are measured stretch by stretch, here and elsewhere, as the page says.
 */
import { beside } from "./beside";
import { breathe } from "./calls/breathe";
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
import type { AskPage, Attachments } from "./graph/attach";
import { hasBlackBox, type Network } from "./network";
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

let wasm: EngineModule | undefined;
let engine: Engine | undefined;
let memory: WebAssembly.Memory | undefined;
let attachments: Attachments | undefined;

/** For an answer of the page. */
interface Waiting {
  resolve(made: Float32Array): void;
  reject(reason: unknown): void;
}

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
  /** What the page is asked and has not answered, by its number. */
  readonly #asked = new Map<number, Waiting>();
  #last = 0;

  constructor(readonly call: Call<Order, Word>) {
    call.listen((order) => this.#hear(order));
    call.signal.addEventListener("abort", () => {
      this.#heard();
      // Nobody waits for an answer that nobody wants any more.
      for (const { reject } of this.#asked.values()) reject(call.signal.reason);
    });
  }

  /** Asks the page what a function of its own gives for so many rows. */
  readonly ask: AskPage = (half, rows, count) => {
    const { signal } = this.call;
    const number = ++this.#last;
    const answer = new Promise<Float32Array>((resolve, reject) => {
      if (signal.aborted) reject(signal.reason);
      else this.#asked.set(number, { resolve, reject });
    });
    this.say({ type: "asked", number, asked: { half, rows, count } });
    return answer.finally(() => this.#asked.delete(number));
  };

  say(word: Word): void {
    this.call.say(word);
  }

  /** Says that something is being done that takes long. */
  alive(): void {
    this.say({ type: "alive" });
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
      case "answered":
        this.#asked.get(order.asked)?.resolve(order.made);
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
  emergence: (moments) => guarded(async () => wasm?.emergence?.(moments)),
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

async function open({ file, module }: EngineCalls["open"]["input"]): Promise<string> {
  let loaded: EngineModule;
  try {
    loaded = (await import(beside(`${file}.js`).href)) as EngineModule;
    ({ memory } = await loaded.default({ module_or_path: module }));
  } catch (error) {
    throw Failed.of(error, "engine-file");
  }
  try {
    // Once the device is lost, what waits for it may wait for ever.
    engine = await loaded.Engine.open((reason) => fail(Failed.of(reason, "device-lost")));
  } catch (error) {
    throw Failed.of(error, file.endsWith("webgpu") ? "no-adapter" : undefined);
  }
  wasm = loaded;
  return engine.adapter;
}

async function run(task: Task, job: Job): Promise<void> {
  const { settings, images, network, sources, others, snapshots, pace = 0, resume } = job;
  const running = opened();
  const trained_here = resume?.trained_here ?? job.trained_here;
  const { trains_on, latents } = job;
  const how = { trained_here, trains_on, snapshots, others, latents };
  const asked = network && (await attached(network, task));
  running.start(settings, images, asked, { ...sources, ...how });
  const explained = network && imagesOf(running, network);
  if (explained) attachments!.know(explained);
  if (resume) {
    task.divided = resume.divided;
    const { stage, state, elapsed_ms } = resume;
    if (stage) await running.resume(stage, state, elapsed_ms);
  }
  task.say({ type: "started", demand: running.demand() });
  let slow = pace > 0;
  let [epochs, next] = [0, performance.now() + pace];
  while (await task.mayGoOn()) {
    const stage = running.divisible;
    if (stage && task.divided.includes(stage)) {
      await addUp(task, running, stage);
      continue;
    }
    if (await waited(task, running)) continue;
    const began = performance.now();
    const update = await running.advance(slow ? 0 : SLICE_MS);
    const ended = performance.now();
    if (update.stage === "networks") tellOthers(task, running);
    task.say({ type: "update", update, state: undefined });
    if (update.stage === "done") return;
    await breathe();
    slow &&= trains(update.stage);
    if (!slow) continue;
    // Step by step, with a rest before the step that ends an epoch: by then samples are due again, which
    // the engine draws no more often than their cost allows.
    const { done, report } = update;
    if (report.training) epochs = report.training.held_out_loss.length;
    const cost = SAMPLES_SHARE * (ended - began);
    if (report.samples) next = ended + Math.max(pace, Math.min(cost, LONGEST_REST_MS));
    if (Number.isInteger(done) && done > epochs) await task.until(next);
  }
}

/** A network with what its black boxes ask, where it has some. */
async function attached(network: Network, task: Task): Promise<Network> {
  if (!hasBlackBox(network)) return network;
  if (!attachments) {
    const { href } = beside("black-boxes.js");
    const { Attachments } = (await import(href)) as typeof import("./black-boxes");
    attachments = new Attachments();
  }
  return attachments.attach(network, task);
}

/** The images that a run explains, where a black box in its network keeps values of them. */
function imagesOf(running: Engine, network: Network): Float32Array | undefined {
  return hasBlackBox(network) && attachments!.keepsImages ? running.explained?.() : undefined;
}

/** Adds up a stage that several workers measure, and measures as they do; until its end. */
async function addUp(task: Task, running: Engine, stage: Stage): Promise<void> {
  const { share, ...division } = running.division();
  const images = imagesOf(running, share.network);
  const divided = { ...division, share: { ...share, ...(images && { images }) } };
  task.say({ type: "divided", divided: { ...divided, state: running.state()! } });
  const clock = stopwatch(task);
  let kept = performance.now();
  while (running.divisible === stage && (await task.mayGoOn())) {
    if (task.values.length > 0) {
      const update = await running.add(joined(task.values.splice(0)), clock());
      const due = performance.now() - kept >= STATE_INTERVAL_MS && running.divisible === stage;
      const state = due ? running.state() : undefined;
      if (due) kept = performance.now();
      task.say({ type: "update", update, state });
    } else await measureNext(task, running);
    await breathe();
  }
}

/** Measures for a run that another worker has, until it is no longer needed. */
async function help(task: Task, share: Share): Promise<void> {
  const helping = opened();
  const network = await attached(share.network, task);
  if (share.images) attachments!.know(share.images);
  await helping.help({ ...share, network });
  task.say({ type: "ready" });
  while (await task.mayGoOn()) {
    await measureNext(task, helping);
    await breathe();
  }
  helping.leave();
}

/** Measures networks of a run's epochs one after the other, until that is no longer needed. */
async function moments(task: Task, { settings, images, network }: Learning): Promise<void> {
  const measuring = opened();
  measuring.start(settings, images, network, { trained_here: true });
  const clock = stopwatch(task);
  while (await task.mayGoOn()) {
    const next = task.snapshots.shift();
    if (!next) {
      await task.news();
      continue;
    }
    clock();
    measuring.again(next.network);
    const report: Partial<Report> = {};
    let over = false;
    while (!over && (await task.mayGoOn())) {
      const update = await measuring.advance(SLICE_MS);
      merge(report, update.report);
      over = update.stage === "done";
      await breathe();
    }
    if (over) task.say({ type: "moment", epoch: next.epoch, report, ms: clock() });
  }
  measuring.leave();
}

/**
 * Hands out networks that the stage in hand is to train to whoever offered, and takes over what has become
 * of them; true after it has waited for others, as nothing was left to be done here.
 */
async function waited(task: Task, running: Engine): Promise<boolean> {
  for (const { at, ...told } of task.others.splice(0)) {
    if (told.type === "come") running.come?.(at, told.epochs);
    else running.take?.(at, told.trained?.network, told.trained?.training);
  }
  while (task.offers > 0) {
    const handed = running.hand_out?.();
    if (!handed) break;
    task.offers -= 1;
    task.say({ type: "handed", handed });
  }
  if (!running.waits) return false;
  await task.news();
  return true;
}

/** Networks beside its own that a run has trained are kept by the page. */
function tellOthers(task: Task, running: Engine): void {
  for (let news = running.news?.(); news; news = running.news?.()) {
    const { settings, network, training } = news;
    const { seed, weights_seed = seed } = settings;
    const held_out_loss = training?.held_out_loss.at(-1);
    const loss = held_out_loss !== undefined && { held_out_loss };
    const name = `seed ${weights_seed}`;
    task.say({ type: "other", other: { name, network, settings, ...loss } });
  }
}

/** Trains a network for a run that another worker has. */
async function train(
  task: Task,
  { settings, images }: EngineCalls["train"]["input"],
): Promise<Trained> {
  const training = opened();
  training.start(settings, images, undefined, {});
  let history: Report["training"];
  let next = 0;
  while (await task.mayGoOn()) {
    const { report, network, stage, done } = await training.advance(SLICE_MS);
    history = report.training ?? history;
    if (network) {
      training.leave();
      return { network, training: history };
    }
    if (trains(stage) && performance.now() >= next) {
      task.say({ type: "come", epochs: done });
      next = performance.now() + COME_INTERVAL_MS;
    }
    await breathe();
  }
  training.leave();
  throw task.call.signal.reason;
}

/** Measures the next stretch; without one, waits for news. */
async function measureNext(task: Task, measuring: Engine): Promise<void> {
  const stretch = task.stretches.shift();
  if (!stretch) return task.news();
  const { first, count } = stretch;
  const start = performance.now();
  const values = await measuring.measurements(first, count);
  const ms = performance.now() - start;
  task.say({ type: "stretch", first, values, ms });
}

/** Milliseconds since it was asked last, but for pauses. */
function stopwatch(task: Task): () => number {
  const worked = () => performance.now() - task.pausedMs;
  let last = worked();
  return () => {
    const passed = worked() - last;
    last += passed;
    return passed;
  };
}

function joined(parts: Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function opened(): Engine {
  if (!engine) throw new Error("no engine is open");
  return engine;
}

/** An error by its kind. */
class Failed extends Error {
  constructor(
    readonly kind: EngineFailure,
    message: string,
  ) {
    super(message);
  }

  static of(error: unknown, kind = kindOf(error)): Failed {
    if (error instanceof Failed) return error;
    return new Failed(kind, error instanceof Error ? error.message : String(error));
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw Failed.of(error);
  }
}

function kindOf(error: unknown): EngineFailure {
  if (error instanceof Error && error.name === "DeviceError") return "device-lost";
  const words = String(error);
  if (error instanceof RangeError || /out of memory|memory\.grow|allocation fail/i.test(words)) {
    return "out-of-memory";
  }
  if (error instanceof WebAssembly.RuntimeError || /unreachable|panicked/.test(words)) {
    return memory && memory.buffer.byteLength >= CROWDED_BYTES ? "out-of-memory" : "crash";
  }
  return "engine-error";
}
