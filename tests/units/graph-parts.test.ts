/** Around ONNX graphs in the page: who opens them, asks them in batches, and says what they take. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { AnyWorker } from "../../www/calls/caller";
import type { FromWorker, ToWorker } from "../../www/calls/messages";
import { timed } from "../../www/engine/workers";
import { inBatches } from "../../www/graph/batches";
import { estimate, type Work } from "../../www/graph/estimate";
import { networkOf } from "../../www/graph/network";
import { GraphOpener } from "../../www/graph/opener";

const IMAGE = { height: 28, width: 28, channels: 1 };
const SHAPES = {
  encoder: { input: { image: IMAGE }, output: { numbers: 12 } },
  decoder: { input: { numbers: 12 }, output: { image: IMAGE } },
  waits: false,
  notes: [],
};

/** A worker that answers a call as it is told to, or never. */
class TestWorker implements AnyWorker {
  onmessage: AnyWorker["onmessage"] = null;
  onerror: AnyWorker["onerror"] = null;
  ended = false;

  constructor(readonly answers: (message: ToWorker) => FromWorker[]) {}

  postMessage(message: ToWorker): void {
    for (const data of this.answers(message)) {
      setTimeout(() => this.onmessage?.call(this as never, { data } as never));
    }
  }

  terminate(): void {
    this.ended = true;
  }
}

function openerOf(worker: TestWorker, patience_ms: number): GraphOpener {
  return new GraphOpener({ worker: () => worker, unstarted: (_, words) => words }, patience_ms);
}

const { signal } = new AbortController();
const asked = { image: IMAGE, choice: {} };

test("a graph that does not answer in time is ended, with a sentence that says what to do", async () => {
  const worker = new TestWorker(({ id, type }) =>
    type === "call" ? [{ id, type: "said", message: true }] : [],
  );
  const opener = openerOf(worker, 20);
  let loaded = false;
  await assert.rejects(
    opener.open(new Uint8Array(3), () => (loaded = true), signal),
    { message: /^The file was not understood within 0\.02 s: .+ Explain it in the terminal\.$/ },
  );
  assert.ok(loaded && worker.ended && !opener.usable);
});

test("a worker that traps is ended; a graph that is refused can be divided otherwise", async () => {
  const error = (name: string, message: string) => ({ name, message });
  const refusing = new TestWorker(({ id }) => [
    { id, type: "error", error: error("Error", "There is no such tensor.") },
  ]);
  const refused = openerOf(refusing, 1000);
  await assert.rejects(refused.cuts(asked, signal), { message: "There is no such tensor." });
  assert.ok(refused.usable);
  const trapping = new TestWorker(({ id }) => [
    { id, type: "error", error: error("RuntimeError", "unreachable") },
  ]);
  const trapped = openerOf(trapping, 1000);
  await assert.rejects(trapped.try(asked, signal), {
    message: /^The file ended what runs ONNX graphs \(unreachable\): it is damaged/,
  });
  assert.ok(trapping.ended && !trapped.usable);
});

test("batches are short, give all rows in order, and hear the page between two", async () => {
  let clock = 0;
  const counts: number[] = [];
  const heard = { waited: 0, alive: 0 };
  const between = {
    mayGoOn: () => Promise.resolve((heard.waited += 1) < 30),
    alive: () => void (heard.alive += 1),
  };
  // Ten milliseconds a row.
  const ask = (rows: Float32Array, count: number) => {
    counts.push(count);
    clock += 10 * count;
    return rows.filter((_, at) => at % 2 === 0);
  };
  const call = inBatches(ask, between, () => clock);
  const rows = Float32Array.from({ length: 2 * 108 }, (_, at) => at);
  const made = await call(rows, 108);
  assert.deepEqual(
    made,
    rows.filter((_, at) => at % 2 === 0),
  );
  assert.equal(counts[0], 1);
  assert.ok(Math.max(...counts) === 5 && heard.waited === counts.length, `${counts}`);
  assert.equal(heard.alive, 1);
  await assert.rejects(Promise.resolve(call(rows, 108)));
  assert.equal(heard.waited, 30);
});

test("a trap is put into a sentence", async () => {
  const between = { mayGoOn: () => Promise.resolve(true), alive() {} };
  const trap = () => {
    throw new WebAssembly.RuntimeError("unreachable");
  };
  await assert.rejects(Promise.resolve(inBatches(trap, between)(new Float32Array(2), 1)), {
    message: /^it ended what runs it, .+ in the terminal\.$/,
  });
});

const WORK: Work = {
  settings: { method: "sampled", permutations: 5, permute: "pixel" },
  image: IMAGE,
  images: 300,
  dims: 12,
  workers: 4,
};

test("what a run takes is known from a row, and what would be quicker is said of long ones", () => {
  const tried = { ...SHAPES, encode_ms: 2, decode_ms: 3 };
  const { ms, is_long, sentence } = estimate(tried, WORK);
  assert.equal(ms, (2 * 784 * 300 * 5 + 3 * 12 * 300 * 5) / 4);
  assert.ok(is_long);
  assert.equal(
    sentence,
    "An image takes 2.0 ms to encode and 3.0 ms to decode on this machine. With these settings at most 1,176,000 changed images are encoded and 18,000 decoded, which 4 workers can do in 10 min. Quicker: 100 explained images take 3 min, and one permutation takes 2 min.",
  );
  // For so little nobody is called to help.
  const little = estimate({ ...tried, encode_ms: 0.0003 }, { ...WORK, images: 20 });
  assert.match(little.sentence, /which 4 workers can do in 1 s\.$/);
  assert.match(
    estimate({ ...SHAPES, encode_ms: 0.0003 }, WORK).sentence,
    /which one worker can do in 1 s\.$/,
  );
});

test("whether a graph is asked exactly depends on what it computes, where that was counted", () => {
  const image = { height: 2, width: 2, channels: 1 };
  const settings = { ...WORK.settings, method: "auto" as const };
  const rows = (work?: number) => {
    const encoder = { ...SHAPES.encoder, ...(work !== undefined && { work }) };
    const tried = { encoder, encode_ms: 1, waits: false, notes: [] };
    const { sentence } = estimate(tried, { ...WORK, settings, image, images: 10 });
    return /at most ([\d,]+) changed images/.exec(sentence)![1];
  };
  // All 4 × 10 × 10 changes, or 5 permutations of 4 pixels.
  assert.deepEqual([rows(), rows(2.5e7), rows(2.6e7)], ["400", "400", "200"]);
});

test("as many workers help as a graph is slow", () => {
  const network = networkOf(new Blob(), {}, { ...SHAPES, encode_ms: 5, decode_ms: 0.01 }, IMAGE);
  const demand = { pixel_importance: 1e9, latent_importance: 1e9, room: 8 };
  const slow = timed(demand, network);
  assert.ok(Math.abs(slow.pixel_importance / 1e11 - 1) < 1e-9);
  assert.equal(slow.latent_importance, 1e9);
  assert.deepEqual(timed(demand, undefined), demand);
  // What was counted is in the demand already.
  const counted = { ...SHAPES, encoder: { ...SHAPES.encoder, work: 1e8 }, encode_ms: 5 };
  const known = timed(demand, networkOf(new Blob(), {}, counted, IMAGE));
  assert.ok(Math.abs(known.pixel_importance / 1e9 - 1) < 1e-9);
});
