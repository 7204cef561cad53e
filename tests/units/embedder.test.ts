/** The page's end of the embedding worker, with a worker that only notes what it is told. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import {
  Embedder,
  type EmbeddingListener,
  type EmbeddingRequest,
} from "../../www/embedding/embedder";
import type { FromWorker } from "../../www/embedding/messages";

class NotingWorker {
  static all: NotingWorker[] = [];
  readonly requests: unknown[] = [];
  ended = false;
  onmessage = (_: { data: FromWorker }) => {};
  onerror = (_: { message: string; preventDefault(): void }) => {};

  constructor(readonly address: URL) {
    NotingWorker.all.push(this);
  }
  postMessage(request: unknown) {
    this.requests.push(request);
  }
  terminate() {
    this.ended = true;
  }
}
// A page whose code is a file of its own, as the test's is.
Object.assign(globalThis, { Worker: NotingWorker, self: { origin: "null" } });
beforeEach(() => (NotingWorker.all = []));

const REQUEST: EmbeddingRequest = {
  method: "umap",
  latents: { shape: [1, 1], data: Float32Array.of(1) },
  seed: 1,
};
const COORDINATES = Float32Array.of(0, 0);
const STEP: FromWorker = { type: "step", coordinates: COORDINATES, done: 1, total: 2 };
const FINISHED: FromWorker = { type: "finished", coordinates: COORDINATES };

/** Notes what it hears. */
function listener(): EmbeddingListener & { heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    step: (_, done, total) => heard.push(`${done} of ${total}`),
    finished: () => heard.push("finished"),
    failed: (message) => heard.push(message),
  };
}

test("no worker is there before it is needed, and it is kept while it is good", () => {
  const embedder = new Embedder();
  assert.equal(NotingWorker.all.length, 0);
  const [first, second] = [listener(), listener()];
  embedder.start(REQUEST, first);
  const [worker] = NotingWorker.all;
  assert.match(worker!.address.href, /\/embedding-worker\.js$/);
  assert.deepEqual(worker!.requests, [REQUEST]);
  worker!.onmessage({ data: STEP });
  worker!.onmessage({ data: FINISHED });
  assert.deepEqual(first.heard, ["1 of 2", "finished"]);

  embedder.cancel();
  embedder.start(REQUEST, second);
  assert.equal(NotingWorker.all.length, 1);
  worker!.onmessage({ data: FINISHED });
  assert.deepEqual(second.heard, ["finished"]);
  assert.deepEqual(first.heard, ["1 of 2", "finished"]);
});

test("a cancelled projection is ended and heard of no more", () => {
  const embedder = new Embedder();
  const [first, second] = [listener(), listener()];
  embedder.start(REQUEST, first);
  embedder.cancel();
  const [worker] = NotingWorker.all;
  assert.ok(worker!.ended);
  worker!.onmessage({ data: FINISHED });
  worker!.onerror({ message: "late", preventDefault() {} });

  embedder.start(REQUEST, second);
  worker!.onmessage({ data: STEP });
  assert.deepEqual([first.heard, second.heard], [[], []]);
  NotingWorker.all[1]!.onmessage({ data: FINISHED });
  assert.deepEqual(second.heard, ["finished"]);
});

test("a new projection ends the one that runs", () => {
  const embedder = new Embedder();
  const [first, second] = [listener(), listener()];
  embedder.start(REQUEST, first);
  embedder.start(REQUEST, second);
  const [old, worker] = NotingWorker.all;
  assert.ok(old!.ended && !worker!.ended);
  old!.onmessage({ data: FINISHED });
  worker!.onmessage({ data: STEP });
  assert.deepEqual([first.heard, second.heard], [[], ["1 of 2"]]);
});

test("after a failure the next projection gets a new worker", () => {
  const embedder = new Embedder();
  const [first, second] = [listener(), listener()];
  embedder.start(REQUEST, first);
  NotingWorker.all[0]!.onmessage({ data: { type: "failed", message: "It broke." } });
  embedder.start(REQUEST, second);
  NotingWorker.all[1]!.onerror({ message: "", preventDefault() {} });
  assert.deepEqual(first.heard, ["It broke."]);
  assert.match(second.heard.join(), /embedding-worker\.js did not start.*, then try again\.$/);
  assert.ok(NotingWorker.all.every((worker) => worker.ended));
});

test("closing gives the worker back, also one with nothing to do", () => {
  const embedder = new Embedder();
  embedder.close();
  embedder.start(REQUEST, listener());
  NotingWorker.all[0]!.onmessage({ data: FINISHED });
  embedder.close();
  assert.ok(NotingWorker.all[0]!.ended);
});
