/**
 * Holds one engine and drives its work in slices, so that pause and cancel are heard between them.
 *
 * A run goes on by itself, but for stages that the page divides among several workers
 * (`engine/pool.ts`): these are measured stretch by stretch, here and elsewhere, as the page says.
 */
import type {
  ClassImages,
  Engine,
  EngineFailure,
  EngineModule,
  FromWorker,
  Job,
  OfRun,
  Share,
  Stage,
  Stretch,
  ToWorker,
} from "./engine/messages";
import type { RunSettings } from "./report";

const SLICE_MS = 40;
/** As much of a divided stage is lost at most with the worker that adds up. */
const STATE_INTERVAL_MS = 1000;
/** A trap with this much memory in use is taken for exhaustion: Rust aborts without saying so. */
const CROWDED_BYTES = 2 ** 30;

interface Port {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  addEventListener(
    type: "unhandledrejection",
    listener: (event: PromiseRejectionEvent) => void,
  ): void;
}
const port = self as unknown as Port;

let engine: Engine | undefined;
let memory: WebAssembly.Memory | undefined;
/** What this worker has to do with a run, and what the page wants of it. */
class Task {
  wish: "go" | "pause" | "cancel" = "go";
  divided: Stage[] = [];
  /** To be measured here. */
  readonly stretches: Stretch[] = [];
  /** To be added up here. */
  readonly values: Float64Array[] = [];
  /** Time spent in pauses. */
  pausedMs = 0;
  #heard = () => {};

  constructor(readonly run: number) {}

  hear(message: OfRun): void {
    switch (message.type) {
      case "divide":
        this.divided = message.stages;
        break;
      case "stretch":
        this.stretches.push(message);
        break;
      case "add":
        this.values.push(message.values);
        break;
      default:
        this.wish = message.type === "resume" ? "go" : message.type;
    }
    this.#heard();
  }

  /** Until the page says something. */
  news(): Promise<void> {
    return new Promise((resolve) => (this.#heard = resolve));
  }

  /** Waits as long as the page wants a pause; false once it wants no more of this. */
  async mayGoOn(): Promise<boolean> {
    const { run } = this;
    if (this.wish === "pause") {
      const from = performance.now();
      port.postMessage({ type: "paused", run });
      while (this.wish === "pause") await this.news();
      this.pausedMs += performance.now() - from;
      if (this.wish === "go") port.postMessage({ type: "resumed", run });
    }
    return this.wish === "go";
  }
}

/** What was asked for last. */
let current: Task | undefined;
/** One task at a time: an engine that measures cannot start a run before it has finished. */
let tasks = Promise.resolve();

port.addEventListener("message", ({ data }) => {
  switch (data.type) {
    case "open":
      return enqueue(() => open(data));
    case "measure":
      return enqueue(() => measure(data.settings, data.images));
    case "run": {
      const task = (current = new Task(data.run));
      return enqueue(() => run(task, data.job));
    }
    case "help": {
      const task = (current = new Task(data.run));
      return enqueue(() => help(task, data.share));
    }
    default:
      if (data.run === current?.run) current.hear(data);
  }
});

// A trap inside a future surfaces here: its promise never settles.
port.addEventListener("error", (event) => {
  event.preventDefault();
  fail(event.error ?? event.message);
});
port.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(event.reason);
});

function enqueue(task: () => Promise<void>): void {
  tasks = tasks.then(task).catch(fail);
}

async function open({ engine: name, base, module }: ToWorker & { type: "open" }): Promise<void> {
  let wasm: EngineModule;
  try {
    wasm = (await import(new URL(`engine-${name}.js`, base).href)) as EngineModule;
    ({ memory } = await wasm.default({ module_or_path: module }));
  } catch (error) {
    return fail(error, "engine-file");
  }
  try {
    // Once the device is lost, what waits for it may wait for ever.
    engine = await wasm.Engine.open((reason) => fail(reason, "device-lost"));
  } catch (error) {
    return fail(error, name === "webgpu" ? "no-adapter" : undefined);
  }
  port.postMessage({ type: "opened", adapter: engine.adapter });
}

async function run(task: Task, job: Job): Promise<void> {
  const { settings, images, network, sources, resume } = job;
  const running = opened();
  const { run } = task;
  running.start(settings, images, network, { ...sources, trained_here: resume?.trained_here });
  if (resume) {
    task.divided = resume.divided;
    await running.resume(resume.stage, resume.state, resume.elapsed_ms);
  }
  port.postMessage({ type: "started", run, demand: running.demand() });
  while (await task.mayGoOn()) {
    const stage = running.divisible;
    if (stage && task.divided.includes(stage)) {
      await addUp(task, running, stage);
      continue;
    }
    const update = await running.advance(SLICE_MS);
    port.postMessage({ type: "update", run, update, state: undefined }, buffers(update));
    if (update.stage === "done") return;
    await breathe();
  }
  port.postMessage({ type: "cancelled", run });
}

/** Adds up a stage that several workers measure, and measures as they do; until its end. */
async function addUp(task: Task, running: Engine, stage: Stage): Promise<void> {
  const { run } = task;
  const divided = { ...running.division(), state: running.state()! };
  port.postMessage({ type: "divided", run, divided }, buffers(divided));
  const clock = stopwatch(task);
  let kept = performance.now();
  while (running.divisible === stage && (await task.mayGoOn())) {
    if (task.values.length > 0) {
      const update = await running.add(joined(task.values.splice(0)), clock());
      const due = performance.now() - kept >= STATE_INTERVAL_MS && running.divisible === stage;
      const state = due ? running.state() : undefined;
      if (due) kept = performance.now();
      port.postMessage({ type: "update", run, update, state }, buffers([update, state]));
    } else await measureNext(task, running);
    await breathe();
  }
}

/** Measures for a run that another worker has, until it is no longer needed. */
async function help(task: Task, share: Share): Promise<void> {
  const helping = opened();
  await helping.help(share);
  port.postMessage({ type: "ready", run: task.run });
  while (await task.mayGoOn()) {
    await measureNext(task, helping);
    await breathe();
  }
  helping.leave();
  port.postMessage({ type: "cancelled", run: task.run });
}

/** Measures the next stretch; without one, waits for news. */
async function measureNext(task: Task, measuring: Engine): Promise<void> {
  const stretch = task.stretches.shift();
  if (!stretch) return task.news();
  const { first, count } = stretch;
  const start = performance.now();
  const values = await measuring.measurements(first, count);
  const ms = performance.now() - start;
  port.postMessage({ type: "stretch", run: task.run, first, values, ms }, buffers(values));
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

async function measure(settings: RunSettings, images: ClassImages[]): Promise<void> {
  port.postMessage({ type: "measured", ms: await opened().measure(settings, images) });
}

function opened(): Engine {
  if (!engine) throw new Error("no engine is open");
  return engine;
}

/** Lets waiting messages in: a promise alone would keep them out, a timer would be slowed down. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

function buffers(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
  else if (value && typeof value === "object") {
    for (const part of Object.values(value)) buffers(part, found);
  }
  return [...found];
}

function fail(error: unknown, kind: EngineFailure = kindOf(error)): void {
  const message = error instanceof Error ? error.message : String(error);
  port.postMessage({ type: "failed", kind, message });
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
