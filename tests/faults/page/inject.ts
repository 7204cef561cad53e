/** What is added to the page and to its workers, so that something can go wrong in them when it is wanted. */
import type { Page } from "playwright-core";

/** Of which worker, after how many of its messages, and what becomes of it then. */
export interface Strike {
  file: "worker.js" | "data-worker.js" | "embedding-worker.js";
  /** Whether it leads a run, or helps with one; any, where nothing is said. */
  role?: "lead" | "helper";
  after: number;
  /**
   * `end`: the browser ends it without a word. The others happen inside: at its top, in a call of WebAssembly, or to
   * its graphics device, which is lost, has no memory left, or was never there.
   */
  what: "end" | "throw" | "trap" | "memory" | "device" | "buffers" | "adapter";
  /** How many workers, one after the other. */
  times: number;
}

/** What the page tells of it. */
export interface Injected {
  strike: Strike | undefined;
  /** How many workers were struck. */
  struck: number;
  /** Takes back what has not happened yet, once all that live have heard what was to happen. */
  disarm(): Promise<void[]>;
  /** Addresses of objects that were made and not given back. */
  urls: Set<string>;
}

export async function injecting(page: Page): Promise<void> {
  await page.addInitScript(intoPage);
  for (const file of ["worker.js", "data-worker.js", "embedding-worker.js"]) {
    await page.route(`**/${file}`, async (route) => {
      const response = await route.fetch();
      const body = `(${intoWorker.toString()})();\n${await response.text()}`;
      await route.fulfill({ response, body });
    });
  }
}

function intoPage(): void {
  const workers = new Set<Worker>();
  const injected: Injected = {
    strike: undefined,
    struck: 0,
    disarm() {
      injected.strike = undefined;
      const heard = [...workers].map(
        (worker) =>
          new Promise<void>((resolve) => {
            const over = new AbortController();
            // Those that are no more do not answer.
            const gone = setTimeout(() => {
              workers.delete(worker);
              over.abort();
              resolve();
            }, 1000);
            const hear = ({ data }: MessageEvent) => {
              if (!data.fault) return;
              clearTimeout(gone);
              over.abort();
              resolve();
            };
            worker.addEventListener("message", hear, over);
            worker.postMessage({ fault: "none" });
          }),
      );
      return Promise.all(heard);
    },
    urls: new Set(),
  };
  Object.assign(window, { injected });
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (object) => {
    const url = createObjectURL.call(URL, object);
    injected.urls.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    injected.urls.delete(url);
    revokeObjectURL.call(URL, url);
  };
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      workers.add(this);
      let heard = 0;
      let struck = false;
      let role: string | undefined;
      let last: Strike | undefined;
      // Before it has asked for one.
      if (injected.strike?.what === "adapter") this.postMessage({ fault: "adapter" });
      this.addEventListener("message", ({ data }: MessageEvent) => {
        const { strike } = injected;
        const type = data.message?.type as string | undefined;
        if (type === "update" || type === "started") role = "lead";
        else if (type === "stretch" || type === "ready") role = role === "lead" ? role : "helper";
        if (!strike || struck || !`${url}`.includes(`/${strike.file}`)) return;
        if (strike !== last) [last, heard] = [strike, 0];
        if (strike.role && strike.role !== role) return;
        heard += 1;
        if (heard < strike.after || strike.times < 1) return;
        strike.times -= 1;
        struck = true;
        injected.struck += 1;
        if (strike.what === "end") this.terminate();
        else this.postMessage({ fault: strike.what });
      });
    }

    override terminate(): void {
      workers.delete(this);
      super.terminate();
    }
  };
}

function intoWorker(): void {
  let armed: string | undefined;
  const trap = () => new WebAssembly.RuntimeError("unreachable");
  const memory = () => new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded");
  addEventListener("message", (event) => {
    const { fault } = event.data as { fault?: string };
    if (!fault) return;
    event.stopImmediatePropagation();
    switch (fault) {
      case "throw":
        throw trap();
      case "device":
        for (const device of devices) device.destroy();
        break;
      case "buffers":
        for (const device of devices) {
          device.createBuffer = () => {
            throw new RangeError("createBuffer failed: out of memory");
          };
        }
        break;
      case "adapter":
        gpu!.requestAdapter = () => Promise.resolve(null);
        break;
      case "none":
        armed = undefined;
        postMessage({ fault });
        break;
      default:
        armed = fault;
    }
  });
  type Device = { destroy(): void; createBuffer: unknown };
  type Gpu = { requestAdapter: unknown };
  const { gpu } = navigator as unknown as { gpu?: Gpu };
  const devices: Device[] = [];
  const { GPUAdapter } = self as unknown as {
    GPUAdapter?: { prototype: { requestDevice(...about: unknown[]): Promise<Device> } };
  };
  if (GPUAdapter) {
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...about) {
      const device = await requestDevice.apply(this, about);
      devices.push(device);
      return device;
    };
  }
  const { instantiate } = WebAssembly;
  const faulty = async (...given: [never, never]) => {
    const made = (await instantiate(...given)) as unknown;
    const instance =
      made instanceof WebAssembly.Instance
        ? made
        : (made as { instance: WebAssembly.Instance }).instance;
    const exports = Object.entries(instance.exports).map(([name, value]) => {
      if (typeof value !== "function" || name.startsWith("__wbindgen")) return [name, value];
      const wrapped = (...input: unknown[]) => {
        if (armed === undefined) return (value as (...input: unknown[]) => unknown)(...input);
        const error = armed === "trap" ? trap() : memory();
        armed = undefined;
        throw error;
      };
      return [name, wrapped];
    });
    return { instance: { exports: Object.fromEntries(exports) as object }, module: given[0] };
  };
  WebAssembly.instantiate = faulty as unknown as typeof WebAssembly.instantiate;
}
