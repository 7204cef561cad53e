/** The page's end of the embedding worker, with a worker that only notes what it is told. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import type { FromWorker, ToWorker } from "../../www/calls/messages";
import { Embedder, type EmbeddingRequest } from "../../www/embedding/embedder";

class NotingWorker {
  static all: NotingWorker[] = [];
  readonly heard: ToWorker[] = [];
  ended = false;
  onmessage = (_: { data: FromWorker }) => {};
  onerror = (_: { message: string; preventDefault(): void }) => {};

  constructor(readonly address: string) {
    NotingWorker.all.push(this);
  }
  postMessage(message: ToWorker) {
    this.heard.push(message);
  }
  terminate() {
    this.ended = true;
  }
  /** Says something of the latest request. */
  step() {
    const message = { coordinates: COORDINATES, done: 1, total: 2 };
    this.onmessage({ data: { id: this.heard.at(-1)!.id, type: "said", message } });
  }
  finish() {
    const { id } = this.heard.at(-1)!;
    this.onmessage({ data: { id, type: "answer", answer: COORDINATES } });
  }
}
// The test's own code lies elsewhere: workers are a line that imports theirs.
Object.assign(globalThis, { Worker: NotingWorker, self: { origin: "https://here" } });
beforeEach(() => (NotingWorker.all = []));

const REQUEST: EmbeddingRequest = {
  method: "umap",
  latents: { shape: [1, 1], data: Float32Array.of(1) },
  seed: 1,
};
const COORDINATES = Float32Array.of(0, 0);

/** Asks for a projection, and notes what is heard of it. */
function project(embedder: Embedder) {
  const heard: string[] = [];
  const end = new AbortController();
  const step = (_: unknown, done: number, total: number) => heard.push(`${done} of ${total}`);
  const over = embedder.project(REQUEST, step, end.signal).then(
    () => heard.push("finished"),
    (error: Error) => heard.push(error.name === "AbortError" ? "cancelled" : error.message),
  );
  return { heard, over, cancel: () => end.abort() };
}

test("no worker is there before it is needed, and it is kept while it is good", async () => {
  const embedder = new Embedder();
  assert.equal(NotingWorker.all.length, 0);
  const first = project(embedder);
  const [worker] = NotingWorker.all;
  const line = await (await fetch(worker!.address)).text();
  assert.match(line, /^import ".*\/embedding-worker\.js";$/);
  const [asked] = worker!.heard;
  assert.ok(asked?.type === "call" && asked.input === REQUEST);
  worker!.step();
  worker!.finish();
  await first.over;
  // What is over cannot be cancelled.
  first.cancel();
  const second = project(embedder);
  assert.equal(NotingWorker.all.length, 1);
  worker!.finish();
  await second.over;
  assert.deepEqual([first.heard, second.heard], [["1 of 2", "finished"], ["finished"]]);
});

test("a cancelled projection is ended and heard of no more", async () => {
  const embedder = new Embedder();
  const first = project(embedder);
  const [worker] = NotingWorker.all;
  first.cancel();
  assert.ok(worker!.ended);
  worker!.finish();
  worker!.onerror({ message: "late", preventDefault() {} });
  const second = project(embedder);
  worker!.step();
  NotingWorker.all[1]!.finish();
  await Promise.all([first.over, second.over]);
  assert.deepEqual([first.heard, second.heard], [["cancelled"], ["finished"]]);
});

test("a projection that was cancelled before it began starts no worker", async () => {
  const embedder = new Embedder();
  const late = embedder.project(REQUEST, () => {}, AbortSignal.abort());
  await assert.rejects(late, { name: "AbortError" });
  assert.equal(NotingWorker.all.length, 0);
});

test("an answer is never taken for another's", async () => {
  const embedder = new Embedder();
  const [first, second] = [project(embedder), project(embedder)];
  const [worker] = NotingWorker.all;
  worker!.finish();
  await second.over;
  assert.deepEqual([first.heard, second.heard], [[], ["finished"]]);
});

test("after a failure the next projection gets a new worker", async () => {
  const embedder = new Embedder();
  const first = project(embedder);
  const error = { name: "Error", message: "It broke." };
  NotingWorker.all[0]!.onmessage({ data: { id: 1, type: "error", error } });
  await first.over;
  const second = project(embedder);
  NotingWorker.all[1]!.onerror({ message: "", preventDefault() {} });
  await second.over;
  assert.deepEqual(first.heard, ["It broke."]);
  assert.match(
    second.heard.join(),
    /embedding-worker\.js did not start; a page with a Content-Security-Policy has to allow/,
  );
  assert.ok(NotingWorker.all.every((worker) => worker.ended));
});

test("closing gives the worker back, also one with nothing to do", async () => {
  const embedder = new Embedder();
  embedder.close();
  const { over } = project(embedder);
  NotingWorker.all[0]!.finish();
  await over;
  embedder.close();
  assert.ok(NotingWorker.all[0]!.ended);
});
