/** A worker's end: answers calls, one after the other, and hears of those under way in between. */
import type { Calls, ErrorFields, FromWorker, ToWorker } from "./messages";

/** As much of a worker's global scope as is needed of it. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
}

/** What whoever answers a call knows of it. */
export interface Call<Told, Said> {
  /** Aborted once the page no longer wants an answer. */
  readonly signal: AbortSignal;
  /** Says something before the answer. Arrays are handed over and not copied, as those of answers. */
  say(message: Said): void;
  /** Hears what the page tells of the call, from the beginning on. */
  listen(hear: (message: Told) => void): void;
}

export type Handlers<C extends Calls<C>> = {
  [K in keyof C]: (
    input: C[K]["input"],
    call: Call<C[K]["told"], C[K]["said"]>,
  ) => Promise<C[K]["answer"]> | C[K]["answer"];
};

/** No other worker has it. */
const OWN = `latent-lens ${Math.random()}`;

class Answering implements Call<unknown, unknown> {
  readonly #end = new AbortController();
  readonly signal = this.#end.signal;
  /** What was told before anybody listened. */
  #early: unknown[] = [];
  hear: (message: unknown) => void = (message) => this.#early.push(message);

  constructor(readonly say: (message: unknown) => void) {}

  listen(hear: (message: unknown) => void): void {
    this.hear = hear;
    this.#early.splice(0).forEach(hear);
  }

  cancel(): void {
    this.#end.abort();
  }
}

/** Answers calls at `port` by `handlers`. What is returned says that the worker is of no more use. */
export function serve<C extends Calls<C>>(
  port: Port,
  handlers: Handlers<C>,
): (error: unknown) => void {
  const calls = new Map<number, Answering>();
  let queue = Promise.resolve();
  const post = (message: FromWorker) => port.postMessage(message, buffers(message));
  const answer = async (id: number, call: Answering, name: string, input: unknown) => {
    try {
      call.signal.throwIfAborted();
      const answer = await handlers[name as keyof C](input, call);
      post({ id, type: "answer", answer });
    } catch (error) {
      post({ id, type: "error", error: fieldsOf(error) });
    }
    calls.delete(id);
  };
  port.addEventListener("message", ({ data }) => {
    const { id } = data;
    if (data.type === "tell") calls.get(id)?.hear(data.message);
    else if (data.type === "cancel") calls.get(id)?.cancel();
    else {
      const call = new Answering((message) => post({ id, type: "said", message }));
      calls.set(id, call);
      let begun = false;
      const begin = (lock?: string) => {
        begun = true;
        post({ id, type: "begun", lock });
        return answer(id, call, data.name, data.input);
      };
      queue = queue
        .then(() => holding(`${OWN} ${id}`, begin))
        // A worker that is ended in the midst of it does not begin again.
        .catch(() => (begun ? undefined : begin()));
    }
  });
  return (error) => post({ id: undefined, type: "error", error: fieldsOf(error) });
}

/**
 * Acts while it holds a lock: a browser that ends a worker without a word lets go of what it held. Only during a
 * call, as pages that hold something are not kept for whoever goes back to them. Rejects where nothing can be held.
 */
async function holding(lock: string, act: (lock: string) => Promise<void>): Promise<void> {
  const { locks } = globalThis.navigator ?? {};
  if (!locks) throw new Error("neither Node has locks, nor a page that came over http");
  await locks.request(lock, () => act(lock));
}

function fieldsOf(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message } = error;
  return { ...error, name, message };
}

/** The memory of all arrays in plain data. */
function buffers(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
  else if (value && typeof value === "object") {
    for (const part of Object.values(value)) buffers(part, found);
  }
  return [...found];
}
