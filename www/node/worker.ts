/** Makes a thread of Node what a worker's code expects of a browser, then runs it. */
import { readFile } from "node:fs/promises";
import { parentPort, type TransferListItem, workerData } from "node:worker_threads";

type Listener = (event: object) => void;

const port = parentPort!;
const event = { preventDefault() {} };

const LISTEN: Record<string, (listener: Listener) => void> = {
  message: (listener) => port.on("message", (data) => listener({ ...event, data })),
  error: (listener) => process.on("uncaughtException", (error) => listener({ ...event, error })),
  unhandledrejection: (listener) =>
    process.on("unhandledRejection", (reason) => listener({ ...event, reason })),
};

const { fetch } = globalThis;

/** Node fetches no files, where browsers fetch the wasm packages that lie beside the code. */
async function fetchFile(address: string | URL | Request, init?: RequestInit): Promise<Response> {
  if (!(address instanceof URL && address.protocol === "file:")) return fetch(address, init);
  return new Response(await readFile(address), { headers: { "content-type": "application/wasm" } });
}

Object.assign(globalThis, {
  fetch: fetchFile,
  self: globalThis,
  postMessage: (message: unknown, transfer?: TransferListItem[]) =>
    port.postMessage(message, transfer),
  addEventListener: (type: string, listener: Listener) => LISTEN[type]?.(listener),
});

await import(workerData as string);
