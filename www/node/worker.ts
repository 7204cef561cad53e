/** Makes a thread of Node what `worker.js` expects of a browser, then runs it. */
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

Object.assign(globalThis, {
  self: globalThis,
  postMessage: (message: unknown, transfer?: TransferListItem[]) =>
    port.postMessage(message, transfer),
  addEventListener: (type: string, listener: Listener) => LISTEN[type]?.(listener),
});

await import(workerData as string);
