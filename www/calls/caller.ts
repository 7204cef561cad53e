/** The page's end of a worker: asks it, and gives every answer to whom it belongs. */
import { whenAborted } from "./ends";
import type { Calls, ErrorFields, FromWorker, ToWorker } from "./messages";

/** As much of a `Worker` as is needed of one. */
export type AnyWorker = Pick<Worker, "onmessage" | "onerror" | "postMessage" | "terminate">;

export interface Asking<Said> {
  /** Ends the call: it rejects at once with the signal's reason, and is heard of no more. */
  signal?: AbortSignal | undefined;
  /** Hears what the worker says before it answers. */
  said?: ((message: Said) => void) | undefined;
  /** What of the input is handed over and not copied. */
  transfer?: Transferable[];
}

export interface Asked<Answer, Told> {
  readonly answer: Promise<Answer>;
  /** Resolves once the worker does nothing for the call any more: cancelled ones go on for a moment. */
  readonly over: Promise<void>;
  tell(message: Told): void;
}

/** What is particular to a kind of worker. */
export interface Ways {
  /** The page's error where a call ended with one, or the worker did. */
  failed(error: ErrorFields): unknown;
  /** That where the worker did not start; no words: the browser does not say why. */
  broken(words: string): unknown;
  /**
   * A worker that has not confirmed a cancel after so many milliseconds is ended; without any it is at
   * once, as is right where it hears nothing while it works.
   */
  patience?: number;
}

interface Open {
  said(message: unknown): void;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
  over(): void;
}

/** What a worker has said last is on its way no longer than that. */
const LAST_WORDS_MS = 1000;
/** A worker that has not begun with what it is asked by then has none of its code: a server may give an empty file. */
const FIRST_WORD_MS = 30_000;
/** One that has said something before, and had nothing to do, begins at once, unless the browser has ended it. */
const NEXT_WORD_MS = 15_000;

export class Caller<C extends Calls<C>> {
  readonly #open = new Map<number, Open>();
  #last = 0;
  #broken: { reason: unknown } | undefined;
  #unheard: ReturnType<typeof setTimeout> | undefined;
  #heard = false;

  constructor(
    readonly worker: AnyWorker,
    readonly ways: Ways,
  ) {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
    worker.onerror = async (event) => {
      event.preventDefault();
      this.end(await ways.broken(event.message ?? ""));
    };
  }

  /** Whether it can be asked something. */
  get usable(): boolean {
    return this.#broken === undefined;
  }

  call<K extends keyof C & string>(
    name: K,
    input: C[K]["input"],
    asking: Asking<C[K]["said"]> = {},
  ): Promise<C[K]["answer"]> {
    return this.begin(name, input, asking).answer;
  }

  /** The same, with something to be told to the worker in the meantime. */
  begin<K extends keyof C & string>(
    name: K,
    input: C[K]["input"],
    { signal, said, transfer = [] }: Asking<C[K]["said"]> = {},
  ): Asked<C[K]["answer"], C[K]["told"]> {
    const id = ++this.#last;
    const open = {} as Open;
    const answer = new Promise<C[K]["answer"]>((resolve, reject) => {
      Object.assign(open, { said: said ?? (() => {}), resolve, reject });
    });
    let off = () => {};
    const over = new Promise<void>((resolve) => {
      open.over = () => {
        off();
        this.#open.delete(id);
        resolve();
      };
    });
    const post = (message: ToWorker, transfer?: Transferable[]) => {
      if (this.#open.has(id)) this.worker.postMessage(message, transfer ?? []);
    };
    const tell = (message: C[K]["told"]) => post({ id, type: "tell", message });
    if (this.#broken || signal?.aborted) {
      open.reject(this.#broken ? this.#broken.reason : signal?.reason);
      open.over();
      return { answer, over, tell };
    }
    this.#open.set(id, open);
    post({ id, type: "call", name, input }, transfer);
    if (this.#open.size === 1) this.#expectWord();
    off = whenAborted(signal, () => {
      open.said = () => {};
      open.reject(signal?.reason);
      post({ id, type: "cancel" });
      if (!this.ways.patience) return this.end(signal?.reason);
      const timer = setTimeout(() => this.end(signal?.reason), this.ways.patience);
      off = () => clearTimeout(timer);
    });
    return { answer, over, tell };
  }

  /** Ends the worker, and with it every call. */
  end(reason: unknown): void {
    this.#broken ??= { reason };
    clearTimeout(this.#unheard);
    this.worker.terminate();
    for (const { reject, over } of [...this.#open.values()]) {
      reject(reason);
      over();
    }
  }

  /** Of a worker that has nothing else to do. */
  #expectWord(): void {
    const silent = async () => (this.#heard ? this.#lost() : this.end(await this.ways.broken("")));
    // After a tab was frozen, what is late for that may be on its way.
    const late = () => (this.#unheard = waiting(silent, LAST_WORDS_MS));
    clearTimeout(this.#unheard);
    this.#unheard = waiting(late, this.#heard ? NEXT_WORD_MS : FIRST_WORD_MS);
  }

  #lost(): void {
    const message = "The browser ended a worker, as it may where memory is short: try again.";
    this.end(this.ways.failed({ name: "Error", kind: "crash", message }));
  }

  /** The browser gives away what the worker held, once it has answered or is no more. */
  async #watch(id: number, lock: string): Promise<void> {
    await navigator.locks.request(lock, () => {});
    setTimeout(() => this.#open.has(id) && this.#lost(), LAST_WORDS_MS);
  }

  #receive(message: FromWorker): void {
    // What it had sent before it was ended may still arrive.
    if (this.#broken) return;
    this.#heard = true;
    clearTimeout(this.#unheard);
    const open = this.#open.get(message.id ?? 0);
    switch (message.type) {
      case "said":
        return open?.said(message.message);
      case "answer":
        open?.resolve(message.answer);
        return open?.over();
      case "begun":
        return void (message.lock && this.#watch(message.id, message.lock));
      case "error": {
        const error = this.ways.failed(message.error);
        if (message.id === undefined) return this.end(error);
        open?.reject(error);
        return open?.over();
      }
    }
  }
}

/** Nothing in Node waits for it. */
function waiting(act: () => unknown, ms: number): ReturnType<typeof setTimeout> {
  const timer: unknown = setTimeout(act, ms);
  (timer as { unref?(): void }).unref?.();
  return timer as ReturnType<typeof setTimeout>;
}
