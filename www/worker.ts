/** Holds one engine and drives its work in slices, so that pause and cancel are heard between them. */
import type {
  ClassImages,
  Engine,
  EngineFailure,
  EngineModule,
  FromWorker,
  Job,
  ToWorker,
} from "./engine/messages";
import type { RunSettings } from "./report";

const SLICE_MS = 40;
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
/** The run that was asked for last, and what the page wants of it. */
let current: { run: number; wish: "go" | "pause" | "cancel"; wishChanged?: () => void } | undefined;
/** One task at a time: an engine that measures cannot start a run before it has finished. */
let tasks = Promise.resolve();

port.addEventListener("message", ({ data }) => {
  switch (data.type) {
    case "open":
      return enqueue(() => open(data));
    case "measure":
      return enqueue(() => measure(data.settings, data.images));
    case "run": {
      const mine = (current = { run: data.run, wish: "go" });
      return enqueue(() => run(mine, data.job));
    }
    default:
      if (data.run !== current?.run) return;
      current.wish = data.type === "resume" ? "go" : data.type;
      current.wishChanged?.();
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

async function run(
  mine: NonNullable<typeof current>,
  { settings, images, network }: Job,
): Promise<void> {
  const running = opened();
  const { run } = mine;
  running.start(settings, images, network);
  for (;;) {
    if (mine.wish === "pause") {
      port.postMessage({ type: "paused", run });
      while (mine.wish === "pause") {
        await new Promise<void>((resolve) => (mine.wishChanged = resolve));
      }
      if (mine.wish === "go") port.postMessage({ type: "resumed", run });
    }
    if (mine.wish === "cancel") return port.postMessage({ type: "cancelled", run });
    const update = await running.advance(SLICE_MS);
    port.postMessage({ type: "update", run, update }, buffers(update));
    if (update.stage === "done") return;
    await breathe();
  }
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
