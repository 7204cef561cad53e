/** Networks of epochs are measured by workers of a run that have nothing else to do. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Engines, type Running } from "../../www/engine/engines";
import type { Unmeasured } from "../../www/engine/history";
import type { Job, Snapshot, Stage } from "../../www/engine/messages";
import type { Place } from "../../www/engine/place";
import type { Workers } from "../../www/engine/workers";
import type { Report } from "../../www/report";
import { FakeWorker, NETWORK, place, settle, SMALL } from "./fake-worker";

const JOB: Job = { settings: SMALL, images: [], network: undefined, snapshots: true };
const WORTHWHILE = FakeWorker.work;

/** A run with the networks of its epochs. */
class Learning implements Unmeasured {
  readonly queue: Snapshot[] = [];
  readonly measured: number[] = [];
  few = false;
  stage: Stage | undefined;
  over = false;
  readonly end_ = new AbortController();
  readonly running: Running;

  constructor({
    workers = "auto" as Workers,
    cores = 4,
    job = JOB,
    here = place({ cores }) as Place,
  } = {}) {
    this.running = new Engines(() => {}, here).start("cpu", job, Promise.resolve(job), {
      workers,
      signal: this.end_.signal,
      unmeasured: this,
      update: ({ stage, snapshot }) => {
        this.stage = stage;
        if (snapshot && !(this.few && snapshot.epoch === 3)) this.queue.push(snapshot);
      },
      failed: () => {},
    });
    void this.running.ended.then(() => (this.over = true));
  }

  get waiting(): number {
    return this.queue.length;
  }
  take(latest: boolean): Snapshot | undefined {
    return latest ? this.queue.pop() : this.queue.shift();
  }
  found(epoch: number, report: Partial<Report>): void {
    assert.equal(report.version, `${epoch}`, "what was measured is of this epoch");
    this.measured.push(epoch);
  }
  back(epoch: number): void {
    this.queue.push({ epoch, network: NETWORK });
  }
  fewer(): void {
    this.few = true;
  }
  end(): void {
    this.queue.length = 0;
  }
}

beforeEach(() => {
  FakeWorker.all = [];
  FakeWorker.work = WORTHWHILE;
});

/** Workers with a network in hand. */
const measuring = () => FakeWorker.alive.filter(({ snapshots }) => snapshots.length > 0);
const training = () => FakeWorker.alive.find((worker) => worker.training)!;

async function epochs(...epochs: number[]): Promise<void> {
  for (const epoch of epochs) {
    training().epoch(epoch);
    await settle();
  }
}

test("while a run trains, a helper measures the latest network", async () => {
  FakeWorker.work = 0;
  const run = new Learning({ cores: 2 });
  await settle(20);
  assert.equal(FakeWorker.all.length, 1, "nobody is asked before there is something to measure");
  await epochs(0, 1, 2);
  const [helper, ...others] = measuring();
  assert.deepEqual([FakeWorker.all.length, others.length], [2, 0]);
  assert.equal(helper!.snapshots[0]!.epoch, 0);
  assert.deepEqual(
    run.queue.map(({ epoch }) => epoch),
    [1, 2],
  );
  helper!.measured();
  await settle();
  assert.deepEqual(run.measured, [0]);
  assert.equal(helper!.snapshots[0]!.epoch, 2, "and not the one before");
  assert.equal(helper!.count("moments"), 1, "it has the images already");
  run.end_.abort();
});

test("where one helper cannot keep up others come, but for one core that is the page's", async () => {
  FakeWorker.work = 0;
  const run = new Learning({ cores: 4 });
  await settle(20);
  await epochs(0, 1, 2, 3, 4, 5, 6);
  assert.equal(FakeWorker.all.length, 3);
  assert.equal(measuring().length, 2);
  run.end_.abort();
  await settle();
  assert.equal(measuring().length, 0, "nobody measures for a run that was cancelled");
  assert.ok(run.over);
});

test("a helper that keeps up stays alone", async () => {
  FakeWorker.work = 0;
  const run = new Learning({ cores: 8 });
  await settle(20);
  for (let epoch = 0; epoch < 6; epoch += 1) {
    await epochs(epoch);
    measuring()[0]!.measured();
    await settle();
  }
  assert.equal(FakeWorker.all.length, 2);
  assert.deepEqual(run.measured, [0, 1, 2, 3, 4, 5]);
  run.end_.abort();
});

test("the report comes first, then what is left, and then everybody is free", async () => {
  const run = new Learning({ cores: 4 });
  await settle(20);
  const lead = training();
  await epochs(0, 1, 2, 3, 4);
  const helpers = measuring();
  assert.equal(helpers.length, 2);
  lead.trained();
  await settle();
  assert.equal(run.stage, "done");
  for (const helper of helpers) {
    assert.equal(helper.count("help"), 2, "what it had in hand is left for the report");
  }
  assert.deepEqual(run.measured, []);
  assert.equal(run.over, false);
  while (measuring().length > 0) {
    measuring()[0]!.measured();
    await settle();
  }
  assert.deepEqual(
    [...run.measured].sort((one, other) => one - other),
    [0, 1, 2, 3, 4],
    "each once",
  );
  await settle();
  assert.ok(run.over);
  assert.equal(FakeWorker.alive.length, 3, "and they are kept for the next run");
});

test("a run that another takes the place of is left alone", async () => {
  const run = new Learning({ cores: 4 });
  await settle(20);
  const lead = training();
  await epochs(0, 1, 2);
  run.running.leave();
  assert.equal(measuring().length, 2, "one that is under way is not");
  lead.trained();
  await settle();
  assert.ok(measuring().length > 0);
  run.running.leave();
  await settle();
  assert.ok(run.over);
  assert.equal(measuring().length, 0);
});

for (const [what, given] of [
  ["on one core", { cores: 1 }],
  ["with one worker", { workers: 1 }],
] as const) {
  test(`${what} a few epochs are measured when the run is over`, async () => {
    const run = new Learning(given);
    await settle(20);
    const lead = training();
    await epochs(0, 1, 2, 3, 4);
    assert.ok(run.few);
    assert.equal(FakeWorker.all.length, 1);
    assert.equal(measuring().length, 0);
    lead.trained();
    await settle();
    while (measuring().length > 0) {
      assert.deepEqual(measuring(), [lead], "by the worker that has trained");
      lead.measured();
      await settle();
    }
    assert.deepEqual(run.measured, [0, 1, 2, 4]);
    await settle();
    assert.ok(run.over);
  });
}

test("a helper that is lost is not replaced, and what it had in hand is not tried again", async () => {
  FakeWorker.work = 0;
  const run = new Learning({ cores: 2 });
  await settle(20);
  const lead = training();
  await epochs(0, 1);
  measuring()[0]!.crash();
  await settle();
  await epochs(2, 3);
  assert.equal(measuring().length, 0);
  lead.trained();
  await settle();
  while (measuring().length > 0) {
    measuring()[0]!.measured();
    await settle();
  }
  assert.equal(run.stage, "done");
  assert.ok(!run.measured.includes(0));
  await settle();
  assert.ok(run.over);
});

test("a pause halts everybody", async () => {
  FakeWorker.work = 0;
  const run = new Learning({ cores: 2 });
  await settle(20);
  await epochs(0);
  const [helper] = measuring();
  run.running.pause();
  await settle(20);
  assert.equal(helper!.count("pause"), 1);
  run.running.resume();
  await settle(20);
  assert.equal(helper!.count("resume"), 1);
  run.end_.abort();
});

test("what measures networks takes no more of the machine than a run that shares it has", async () => {
  FakeWorker.work = 0;
  const here = place({ cores: 3 });
  const [one, other] = [new Learning({ here }), new Learning({ here })];
  await settle(20);
  for (const lead of FakeWorker.alive.filter((worker) => worker.training)) lead.epoch(0);
  await settle();
  assert.equal(measuring().length, 0, "both cores train");
  one.end_.abort();
  await settle();
  assert.equal(measuring().length, 1);
  other.end_.abort();
});

test("what was learned before is measured in another way once the report is there", async () => {
  const job = { ...JOB, network: NETWORK, snapshots: false };
  const run = new Learning({ job });
  run.queue.push({ epoch: 0, network: NETWORK }, { epoch: 5, network: NETWORK });
  await settle(20);
  training().trained();
  await settle();
  assert.equal(run.stage, "done");
  while (measuring().length > 0) {
    measuring()[0]!.measured();
    await settle();
  }
  assert.deepEqual(run.measured, [0, 5]);
});
