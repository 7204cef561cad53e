/** Calls with ids between a page and a worker: whose answer is whose, and every end. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { type AnyWorker, Caller } from "../../www/calls/caller";
import { unlessAborted } from "../../www/calls/ends";
import type { ErrorFields, ToWorker } from "../../www/calls/messages";
import { type Handlers, type Port, serve } from "../../www/calls/serve";

interface TestCalls {
  /** Answers with what it was asked, once it is told to go on. */
  echo: { input: string; answer: string; told: "go"; said: string };
  /** Says and counts what it is told, until it is cancelled. */
  count: { input: undefined; answer: number; told: number; said: number };
  fail: { input: unknown; answer: never };
  hand: { input: Float32Array; answer: Float32Array };
}

const HANDLERS: Handlers<TestCalls> = {
  echo: (text, call) =>
    new Promise((resolve) => {
      call.say(`heard ${text}`);
      call.listen(() => resolve(text));
    }),
  count: (_, call) =>
    new Promise((resolve) => {
      let sum = 0;
      call.listen((more) => call.say((sum += more)));
      call.signal.addEventListener("abort", () => resolve(sum));
    }),
  fail(error) {
    throw error;
  },
  hand: (values) => values.map((value) => 2 * value),
};

/** A worker that serves the calls, to which messages are copied as a browser does. */
function worker(handlers: Handlers<TestCalls> = HANDLERS) {
  let listener = (_: { data: ToWorker }) => {};
  const end: AnyWorker & { ended: boolean; heard: ToWorker[]; fail(error: unknown): void } = {
    onmessage: null,
    onerror: null,
    ended: false,
    heard: [],
    postMessage(message: ToWorker, transfer: unknown) {
      this.heard.push(message);
      const data = structuredClone(message, { transfer: transfer as Transferable[] });
      setImmediate(() => !this.ended && listener({ data }));
    },
    terminate() {
      this.ended = true;
    },
    fail: () => {},
  };
  const port = {
    postMessage(message: unknown, transfer: Transferable[]) {
      const data = structuredClone(message, { transfer });
      // What was sent before a worker is ended may still arrive.
      setImmediate(() => end.onmessage?.call(null as never, { data } as MessageEvent));
    },
    addEventListener: (_: string, hear: typeof listener) => (listener = hear),
  };
  end.fail = serve(port as unknown as Port, handlers);
  return end;
}

function caller(at: AnyWorker = worker(), patience = 0) {
  return new Caller<TestCalls>(at, {
    failed: ({ message, ...fields }: ErrorFields) => Object.assign(new Error(message), fields),
    broken: (words) => new Error(`broken: ${words}`),
    patience,
  });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("every answer and every word goes to the call that it belongs to, in order", async () => {
  const page = caller();
  const words: string[] = [];
  const calls = ["a", "b", "c"].map((text) =>
    page.begin("echo", text, { said: (word) => words.push(`${text} ${word}`) }),
  );
  // Told before it is its turn, and kept for it.
  for (const call of [...calls].reverse()) call.tell("go");
  assert.deepEqual(await Promise.all(calls.map(({ answer }) => answer)), ["a", "b", "c"]);
  assert.deepEqual(words, ["a heard a", "b heard b", "c heard c"]);
});

test("an error keeps its name, its words and its fields, and the worker answers on", async () => {
  const page = caller();
  const thrown = Object.assign(new TypeError("too wide"), { needs: { pixels: 5 } });
  const failing = caller(
    worker({
      ...HANDLERS,
      fail() {
        throw thrown;
      },
    }),
  );
  await assert.rejects(failing.call("fail", 0), {
    name: "TypeError",
    message: "too wide",
    needs: { pixels: 5 },
  });
  await assert.rejects(page.call("fail", "just words"), { message: "just words" });
  assert.deepEqual(await page.call("hand", Float32Array.of(1)), Float32Array.of(2));
});

test("arrays are handed over where that is wanted, and always by the worker", async () => {
  const page = caller();
  const values = Float32Array.of(1, 2);
  const answer = page.call("hand", values, { transfer: [values.buffer] });
  assert.equal(values.length, 0);
  assert.deepEqual(await answer, Float32Array.of(2, 4));
});

test("a cancelled call rejects at once, says nothing more, and is over once that is confirmed", async () => {
  const page = caller(worker(), 1000);
  const end = new AbortController();
  const words: number[] = [];
  const { answer, over, tell } = page.begin("count", undefined, {
    signal: end.signal,
    said: (word) => words.push(word),
  });
  tell(1);
  await turn();
  await turn();
  await turn();
  tell(2);
  end.abort(new Error("enough"));
  await assert.rejects(answer, { message: "enough" });
  let confirmed = false;
  void over.then(() => (confirmed = true));
  await turn();
  assert.equal(confirmed, false);
  await over;
  assert.deepEqual(words, [1]);
  assert.equal(page.usable, true);
});

test("a call that was cancelled before it began is never asked", async () => {
  const at = worker();
  const page = caller(at, 1000);
  const signal = AbortSignal.abort(new Error("never mind"));
  const { answer, over, tell } = page.begin("count", undefined, { signal });
  tell(1);
  await assert.rejects(answer, { message: "never mind" });
  await over;
  assert.deepEqual(at.heard, []);
});

test("a call that is cancelled while it waits for its turn is not worked on", async () => {
  const page = caller(worker(), 1000);
  const first = page.begin("echo", "first");
  const end = new AbortController();
  const words: string[] = [];
  const said = (word: string) => words.push(word);
  const waiting = page.begin("echo", "waiting", { signal: end.signal, said });
  await turn();
  end.abort();
  first.tell("go");
  await Promise.all([first.answer, waiting.over, assert.rejects(waiting.answer)]);
  assert.deepEqual(words, []);
});

test("who hears nothing while working is ended by a cancel, and who does not answer one after a while", async () => {
  const deaf = worker();
  const page = caller(deaf);
  const end = new AbortController();
  const other = page.call("hand", Float32Array.of(1));
  const cancelled = page.call("echo", "", { signal: end.signal });
  end.abort(new Error("enough"));
  await assert.rejects(cancelled, { message: "enough" });
  await assert.rejects(other, { message: "enough" });
  assert.ok(deaf.ended && !page.usable);

  mock.timers.enable({ apis: ["setTimeout"] });
  const slow = worker({ ...HANDLERS, count: () => new Promise(() => {}) });
  const patient = caller(slow, 1000);
  const again = new AbortController();
  const task = patient.begin("count", undefined, { signal: again.signal });
  again.abort();
  await assert.rejects(task.answer);
  mock.timers.tick(999);
  assert.equal(slow.ended, false);
  mock.timers.tick(1);
  assert.equal(slow.ended, true);
  await task.over;
  mock.timers.reset();
});

test("a worker that cannot go on, or never began, rejects everything and is ended", async () => {
  const trapped = worker();
  const page = caller(trapped, 1000);
  const calls = [page.begin("count", undefined), page.begin("echo", "")];
  trapped.fail(new RangeError("out of memory"));
  for (const { answer, over } of calls) {
    await assert.rejects(answer, { name: "RangeError", message: "out of memory" });
    await over;
  }
  assert.ok(trapped.ended);
  await assert.rejects(page.call("echo", "late"), { name: "RangeError" });

  const missing = worker();
  const other = caller(missing);
  const call = other.call("echo", "");
  const event = { message: "no such file", preventDefault() {} };
  missing.onerror?.call(null as never, event as unknown as ErrorEvent);
  await assert.rejects(call, { message: "broken: no such file" });
  assert.ok(missing.ended);
});

test("a worker that is ended while it has nothing to do is missed at the next call", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const idle = worker();
  const page = caller(idle);
  assert.equal((await page.call("hand", Float32Array.of(1)))[0], 2);
  // Nobody hears what it is told from now on.
  idle.postMessage = () => {};
  const call = page.call("hand", Float32Array.of(1));
  t.mock.timers.tick(15_000);
  assert.ok(!idle.ended, "what it has said may be on its way");
  t.mock.timers.tick(1000);
  await assert.rejects(call, { message: /The browser ended a worker/ });
  assert.ok(idle.ended);
});

test("what is waited for is given up once a signal is aborted, also before", async () => {
  const never = new Promise(() => {});
  const end = new AbortController();
  const waiting = unlessAborted(never, end.signal);
  end.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  await assert.rejects(unlessAborted(never, end.signal), { message: "enough" });
  assert.equal(await unlessAborted(Promise.resolve(1), new AbortController().signal), 1);
});
