/** Runs with workers that behave like real ones, but for what they measure and when they die. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Engines, type Running } from "../../www/engine/engines";
import type { EngineCalls, Job, Stage, Update } from "../../www/engine/messages";
import type { Needs } from "../../www/engine/package";
import type { Place } from "../../www/engine/place";
import { othersOf } from "../../www/engine/others";
import type { RunListener } from "../../www/engine/shared-run";
import type { Workers } from "../../www/engine/workers";
import type { Failure } from "../../www/failures";
import type { EngineName, Measure, RunSettings } from "../../www/report";
import { EXPECTED, FakeWorker, NETWORK, place, settle, SMALL } from "./fake-worker";

const JOB: Job = { settings: SMALL, images: [], network: undefined };
/** Not as in the paper. */
const ROWS: Job = { ...JOB, settings: { ...SMALL, measure: { features: "rows" } as Measure } };
/** Such as only the larger package can do. */
const CONVOLUTIONAL = { ...SMALL, kind: "convolutional" } as RunSettings;

/** One element of a page, with a run. */
class Element implements RunListener {
  readonly engines: Engines;
  updates: Update[] = [];
  failure: Failure | undefined;
  end!: AbortController;
  running!: Running;

  constructor(where: Place = place()) {
    this.engines = new Engines(() => {}, where);
  }

  run(
    workers: Workers = "auto",
    job: Job | Promise<Job> = JOB,
    engine: EngineName = "cpu",
    end = new AbortController(),
    needs: Needs = JOB,
  ): this {
    [this.updates, this.failure, this.end] = [[], undefined, end];
    const update = (news: Update) => this.update(news);
    const failed = (failure: Failure) => this.failed(failure);
    const start = { workers, signal: end.signal, update, failed };
    this.running = this.engines.start(engine, needs, Promise.resolve(job), start);
    return this;
  }
  update(update: Update): void {
    this.updates.push(update);
  }
  failed(failure: Failure): void {
    this.failure = failure;
  }
  get stage(): Stage | undefined {
    return this.updates.at(-1)?.stage;
  }
  /** What was found of a stage when it was over. */
  found(stage: Stage): number[] {
    const last = this.updates.filter((update) => update.stage === stage).at(-1);
    return (last?.report.version ?? "").split(",").map(Number);
  }
}

beforeEach(() => {
  FakeWorker.all = [];
});
afterEach(() => mock.timers.reset());

async function started(workers: number | "auto" = "auto", job: Job = JOB) {
  const listener = new Element().run(workers, job);
  await settle(5);
  const [lead, ...helpers] = FakeWorker.all as [FakeWorker, ...FakeWorker[]];
  return { listener, lead, helpers };
}

/** The workers that train. */
const training = () => FakeWorker.all.filter((worker) => worker.training);

/** Everything was measured and added up once, and progress never went back. */
function assertWhole(listener: Element): void {
  assert.equal(listener.failure, undefined);
  assert.equal(listener.stage, "done");
  for (const stage of ["pixel-importance", "latent-importance"] as const) {
    assert.deepEqual(listener.found(stage), EXPECTED[stage]);
    const done = listener.updates
      .filter((update) => update.stage === stage)
      .map(({ done }) => done);
    assert.deepEqual(
      done,
      [...done].sort((a, b) => a - b),
      `progress of ${stage}`,
    );
  }
}

test("helpers are opened while the run trains, from the module of the first, and kept", async () => {
  const here = place();
  const element = new Element(here).run();
  await settle(5);
  const [lead, ...helpers] = FakeWorker.all as [FakeWorker, ...FakeWorker[]];
  // Of four cores one is the page's.
  assert.equal(helpers.length, 2);
  assert.deepEqual(here.compiled, ["engine-cpu"]);
  assert.equal(element.stage, "training");
  assert.ok(helpers.every((helper) => helper.count("open") === 1 && helper.count("help") === 0));

  lead.trained();
  await settle();
  assertWhole(element);
  for (const helper of helpers) {
    assert.equal(helper.count("help"), 2, "in both stages");
    assert.ok(helper.count("stretch") > 2);
  }

  await element.running.ended;
  element.run();
  await settle(5);
  training()[0]!.trained();
  await settle();
  assertWhole(element);
  assert.equal(FakeWorker.all.length, 3);
  assert.deepEqual(here.compiled, ["engine-cpu"]);

  element.engines.close();
  assert.ok(FakeWorker.all.every(({ ended }) => ended));
});

test("one worker is told nothing of any of this", async () => {
  for (const alone of [1, "auto"] as const) {
    FakeWorker.all = [];
    const element = new Element(place({ cores: 1 })).run(alone);
    await settle(5);
    const [lead] = FakeWorker.all;
    lead!.trained();
    await settle();
    assertWhole(element);
    assert.deepEqual(new Set(lead!.heard.map(({ type }) => type)), new Set(["open", "run"]));
    assert.equal(FakeWorker.all.length, 1);
  }
});

test("a run has the package that it needs, and the other one's idle workers end for it", async () => {
  const here = place();
  const element = new Element(here).run();
  await settle(5);
  await finishAll();
  await element.running.ended;
  const small = [...FakeWorker.alive];

  const job = { ...JOB, settings: CONVOLUTIONAL };
  element.run("auto", job, "cpu", new AbortController(), job);
  await settle(5);
  await finishAll();
  assertWhole(element);
  assert.deepEqual(here.compiled, ["engine-cpu", "general-cpu"]);
  assert.ok(small.every(({ ended }) => ended));
  const files = FakeWorker.alive.map(
    ({ heard: [open] }) => (open!.input as EngineCalls["open"]["input"]).file,
  );
  assert.deepEqual(new Set(files), new Set(["general-cpu"]));
  await element.running.ended;

  // What was compiled once is so for good.
  element.run();
  await settle(5);
  await finishAll();
  assertWhole(element);
  assert.deepEqual(here.compiled, ["engine-cpu", "general-cpu"]);
  element.engines.close();
  assert.equal(FakeWorker.alive.length, 0);
});

test("runs of both packages share the machine's cores", async () => {
  const here = place({ cores: 5 });
  const one = new Element(here).run();
  await settle(5);
  assert.equal(FakeWorker.alive.length, 4);
  const job = { ...JOB, settings: CONVOLUTIONAL };
  const other = new Element(here).run("auto", job, "cpu", new AbortController(), job);
  await settle(5);
  await finishAll();
  assertWhole(one);
  assertWhole(other);
  const measured = FakeWorker.all.filter((worker) => worker.count("stretch") > 0);
  assert.equal(measured.length, 4, "of five cores one is the page's");
});

/** Five networks in all. */
const NETWORKS: Job = { ...JOB, settings: { ...SMALL, measure: { networks: 5 } as Measure } };

test("other networks are trained by whoever has time, each once", async () => {
  const element = new Element().run("auto", NETWORKS, "cpu", new AbortController(), NETWORKS);
  await settle(5);
  const [lead, ...helpers] = FakeWorker.all as [FakeWorker, ...FakeWorker[]];
  lead.trained();
  await settle();
  assertWhole(element);
  const beside = helpers.flatMap(({ trainedFor }) => trainedFor);
  assert.ok(beside.length > 0, "helpers train, too");
  assert.deepEqual([...lead.trainedHere, ...beside].sort(), [0, 1, 2, 3]);
  // How far they have come is told on the way.
  assert.equal(lead.count("come"), beside.length);
  await element.running.ended;
  element.engines.close();
});

test("what a lost helper was to train is trained by another worker", async () => {
  const element = new Element().run(3, NETWORKS, "cpu", new AbortController(), NETWORKS);
  await settle(5);
  const [lead, one, other] = FakeWorker.all as [FakeWorker, FakeWorker, FakeWorker];
  one.diesTraining = true;
  lead.trained();
  await settle();
  assertWhole(element);
  assert.ok(one.ended);
  assert.deepEqual(one.trainedFor, []);
  assert.deepEqual([...lead.trainedHere, ...other.trainedFor].sort(), [0, 1, 2, 3]);
  element.engines.close();
});

test("where the lead is lost while others are trained, a helper goes on and trains them all", async () => {
  const element = new Element().run("auto", NETWORKS, "cpu", new AbortController(), NETWORKS);
  await settle(5);
  const [lead] = FakeWorker.all as [FakeWorker];
  lead.trained();
  while (FakeWorker.all.every((worker) => worker.count("train") === 0)) await settle(1);
  lead.crash();
  await settle();
  assert.equal(element.failure, undefined);
  assert.equal(element.stage, "done");
  const next = FakeWorker.alive.find((worker) => worker.count("run") > 0)!;
  const beside = FakeWorker.alive.flatMap(({ trainedFor }) => trainedFor);
  assert.deepEqual([...new Set([...next.trainedHere, ...beside])].sort(), [0, 1, 2, 3]);
  element.engines.close();
});

test("a model that was brought has no others, and one worker trains all by itself", async () => {
  const element = new Element().run(1, NETWORKS, "cpu", new AbortController(), NETWORKS);
  await settle(5);
  const [lead] = FakeWorker.all;
  lead!.trained();
  await settle();
  assertWhole(element);
  assert.deepEqual(lead!.trainedHere, [0, 1, 2, 3]);
  assert.equal(lead!.count("offer"), 0);
  element.engines.close();

  assert.equal(othersOf(NETWORKS.settings, false), 4);
  assert.equal(othersOf(NETWORKS.settings, true), 0);
  assert.equal(othersOf({ ...SMALL, measure: { sizes: [2, 4] } as Measure }, false), 2);
  assert.equal(othersOf(SMALL, false), 0);
});

test("a run that is cancelled leaves nobody training", async () => {
  const end = new AbortController();
  const element = new Element().run("auto", NETWORKS, "cpu", end, NETWORKS);
  await settle(5);
  const [lead] = FakeWorker.all as [FakeWorker];
  lead.trained();
  while (FakeWorker.all.every((worker) => worker.count("train") === 0)) await settle(1);
  end.abort(new Error("cancelled"));
  await settle();
  await element.running.ended;
  for (const worker of FakeWorker.all.filter((each) => each.count("train") > 0)) {
    assert.ok(worker.count("cancel") > 0 || worker.count("train") === worker.trainedFor.length);
  }
  element.engines.close();
  assert.equal(FakeWorker.alive.length, 0);
});

test("the WebGPU engine is never helped", async () => {
  new Element().run(4, JOB, "webgpu");
  await settle(5);
  assert.equal(FakeWorker.all.length, 1);
});

for (const [who, at] of [
  ["a helper", 1],
  ["both helpers", 2],
  ["the lead", 0],
] as const) {
  for (const diesAt of [1, 3, 5]) {
    test(`the others do the part of ${who}, lost instead of measuring stretch ${diesAt}`, async () => {
      const { listener, lead, helpers } = await started();
      const dying = at === 0 ? [lead] : helpers.slice(0, at);
      for (const worker of dying) worker.diesAt = diesAt;
      lead.trained();
      await settle();
      assertWhole(listener);
      assert.ok(dying.every(({ ended }) => ended));
    });
  }
}

test("the lead dies between the stages and where it adds up", async () => {
  // Which stages there are beyond the paper's is not known here: one that was over is done again.
  for (const [of, job] of [0, 1, 7, 19].flatMap((of) => [
    [of, JOB] as const,
    [of, ROWS] as const,
  ])) {
    FakeWorker.all = [];
    const { listener, lead } = await started("auto", job);
    const { update } = listener;
    let updates = 0;
    listener.update = (told) => {
      update.call(listener, told);
      if (told.stage !== "training" && updates++ === of) lead.crash();
    };
    lead.trained();
    await settle();
    assertWhole(listener);
    assert.ok(lead.ended);
  }
});

test("who goes on knows whether the run trained its network or was brought it", async () => {
  for (const [network, trainedHere] of [
    [undefined, true],
    [NETWORK, false],
    [NETWORK, true],
  ] as const) {
    FakeWorker.all = [];
    const sources = { data: { name: "toy.csv" } };
    const here = network && trainedHere && { trained_here: true };
    const asked = { ...JOB, network, sources, ...here };
    const { listener, lead, helpers } = await started("auto", asked);
    lead.trained();
    await settle(2);
    lead.crash();
    await settle();
    assertWhole(listener);
    const next = helpers.flatMap(({ heard }) => heard).find(({ type }) => type === "run");
    const job = next?.input as Job;
    assert.equal(job.resume?.trained_here, trainedHere);
    assert.deepEqual(job.sources, sources);
  }
});

test("the lead dies while its helpers are still being opened", async () => {
  let open = () => {};
  const late = new Promise<void>((resolve) => (open = resolve));
  const here = place({
    worker: () => {
      const worker = new FakeWorker();
      const post = worker.postMessage.bind(worker);
      if (FakeWorker.all.length > 1) {
        worker.postMessage = (message) => void late.then(() => post(message));
      }
      return worker;
    },
  });
  const listener = new Element(here).run();
  await settle(5);
  const [lead] = FakeWorker.all;
  lead!.diesAt = 3;
  lead!.trained();
  await settle();
  assert.equal(lead!.ended, true);
  assert.notEqual(listener.stage, "done");
  open();
  await settle();
  assertWhole(listener);
});

test("the lead and the helper that follows it both die", async () => {
  const { listener, lead, helpers } = await started();
  lead.diesAt = 2;
  helpers[0]!.diesAt = 6;
  lead.trained();
  await settle();
  assertWhole(listener);
});

test("a run fails when nobody is left, and before its network is trained", async () => {
  const everybody = await started();
  for (const worker of FakeWorker.all) worker.diesAt = 4;
  everybody.lead.trained();
  await settle();
  assert.equal(everybody.listener.failure?.kind, "crash");
  assert.equal(FakeWorker.all.length, 3, "nobody is opened to die of the same");
  assert.ok(FakeWorker.all.every(({ ended }) => ended));
  await everybody.listener.running.ended;

  FakeWorker.all = [];
  const early = await started();
  early.lead.crash();
  await settle(5);
  assert.equal(early.listener.failure?.kind, "crash");
  await early.listener.running.ended;
  assert.ok(early.lead.ended);
  assert.deepEqual(FakeWorker.alive, early.helpers, "who is well is kept for the next run");
});

test("a worker that the browser ends without a word is given up, one that is paused is not", async () => {
  for (const silent of [0, 1]) {
    FakeWorker.all = [];
    const { listener, lead } = await started();
    mock.timers.enable({ apis: ["setInterval"] });
    const worker = FakeWorker.all[silent]!;
    worker.diesAt = 3;
    worker.mute = false;
    const { crash } = worker;
    worker.crash = () => void (worker.mute = true);
    lead.trained();
    await settle();
    assert.notEqual(listener.stage, "done");
    listener.running.pause();
    mock.timers.tick(300_000);
    assert.equal(worker.ended, false);
    listener.running.resume();
    mock.timers.tick(60_000);
    assert.equal(worker.ended, true);
    worker.crash = crash;
    await settle();
    assertWhole(listener);
    mock.timers.reset();
  }
});

test("pause, resume and cancel reach every worker that measures", async () => {
  const { listener, lead, helpers } = await started();
  // Nobody answers, so that the stage stays as it is.
  for (const worker of FakeWorker.all) worker.diesAt = 2;
  for (const worker of FakeWorker.all) worker.crash = () => {};
  lead.trained();
  await settle();
  listener.running.pause();
  listener.running.resume();
  listener.end.abort();
  await settle(1);
  for (const worker of [lead, ...helpers]) {
    const orders = worker.heard
      .map(({ type }) => type)
      .filter((type) => /pause|resume|cancel/.test(type));
    assert.deepEqual(orders, ["pause", "resume", "cancel"]);
  }
  await listener.running.ended;
  assert.equal(FakeWorker.alive.length, 3);
});

test("a helper that comes while the run is paused is paused too", async () => {
  const { listener, lead, helpers } = await started();
  listener.running.pause();
  lead.trained();
  await settle();
  for (const helper of helpers) {
    const last = helper.heard.map(({ type }) => type).filter((type) => /help|pause/.test(type));
    assert.deepEqual(last.slice(0, 2), ["help", "pause"]);
  }
});

/** Has every run that trains come to its end. */
async function finishAll(): Promise<void> {
  for (const worker of training()) worker.trained();
  await settle();
}

test("two elements run at once, each with its share of the cores, and nobody else's numbers", async () => {
  const here = place({ cores: 5 });
  const first = new Element(here).run();
  await settle(5);
  assert.equal(FakeWorker.alive.length, 4, "all cores but the page's");
  const second = new Element(here).run();
  await settle(5);
  assert.equal(training().length, 2);
  // Two of four cores each: a helper of the first leads the second's run, another helps there.
  assert.equal(FakeWorker.alive.length, 4);
  await finishAll();
  assertWhole(first);
  assertWhole(second);
  await Promise.all([first.running.ended, second.running.ended]);
  first.engines.close();
  assert.equal(FakeWorker.alive.length, 4, "the second element may run again");
  second.engines.close();
  assert.equal(FakeWorker.alive.length, 0);
});

test("a helper is called to another element's run in the middle of a stage, and comes back", async () => {
  const here = place({ cores: 5 });
  const first = new Element(here).run();
  await settle(5);
  const [lead] = training();
  lead!.trained();
  await settle(3);
  assert.equal(first.stage, "pixel-importance");
  const second = new Element(here).run();
  await settle(2);
  second.end.abort();
  await second.running.ended;
  await settle();
  assertWhole(first);
  assert.equal(FakeWorker.all.length, 4);
});

test("a number of workers that was asked for is had, whoever else runs", async () => {
  const here = place({ cores: 2 });
  const [first, second] = [new Element(here).run(3), new Element(here).run(2)];
  await settle(5);
  assert.equal(FakeWorker.all.length, 5);
  await finishAll();
  assertWhole(first);
  assertWhole(second);
});

test("run after run, and run and cancel, take the same few workers", async () => {
  const here = place();
  const element = new Element(here);
  for (let run = 0; run < 20; run += 1) {
    element.run();
    await settle(5);
    await finishAll();
    assertWhole(element);
    await element.running.ended;
  }
  assert.equal(FakeWorker.all.length, 3);
  for (let run = 0; run < 6; run += 1) {
    element.run();
    element.end.abort();
  }
  for (let run = 0; run < 6; run += 1) {
    element.run();
    await settle(run);
    element.end.abort();
  }
  const { length } = element.updates;
  await element.running.ended;
  await settle();
  assert.equal(FakeWorker.all.length, 3);
  assert.equal(element.updates.length, length, "who was cancelled hears nothing more");
});

test("six runs that are cancelled before their worker is open leave one worker", async () => {
  const element = new Element();
  for (let run = 0; run < 6; run += 1) {
    element.run();
    if (run > 0) await Promise.resolve();
    element.end.abort();
  }
  await settle();
  assert.equal(FakeWorker.all.length, 1);
  element.run("auto", JOB, "cpu", element.end);
  await element.running.ended;
  assert.deepEqual([FakeWorker.alive.length, element.updates.length], [1, 0]);
  assert.equal(FakeWorker.all.at(-1)!.count("run"), 0);
});

test("an element that is removed while its worker is opened, or while it runs, leaves none", async () => {
  for (const rounds of [0, 1, 5]) {
    FakeWorker.all = [];
    const element = new Element().run();
    await settle(rounds);
    element.end.abort();
    element.engines.close();
    await element.running.ended;
    await settle();
    assert.equal(FakeWorker.alive.length, 0);
    // It may come back.
    element.run();
    await settle(5);
    await finishAll();
    assertWhole(element);
    element.engines.close();
  }
});

test("a pause before the run began is kept: a worker is there, and nothing runs until resume", async () => {
  const element = new Element().run();
  element.running.pause();
  await settle();
  assert.deepEqual(
    FakeWorker.all.map(({ heard }) => heard.map(({ type }) => type)),
    [["open"]],
  );
  element.running.resume();
  element.running.pause();
  await settle();
  assert.equal(FakeWorker.all[0]!.count("run"), 0);
  element.running.resume();
  await settle(5);
  await finishAll();
  assertWhole(element);

  element.run();
  element.running.pause();
  await settle(5);
  element.end.abort();
  await element.running.ended;
  assert.equal(training().length, 0);
});

test("a run waits for its images, and without them it is none", async () => {
  let bring = (_: Job) => {};
  const job = new Promise<Job>((resolve) => (bring = resolve));
  const element = new Element().run("auto", job);
  await settle();
  assert.equal(element.updates.length, 0);
  bring(JOB);
  await settle(5);
  await finishAll();
  assertWhole(element);

  element.run("auto", Promise.reject(new Error("no images")));
  await element.running.ended;
  assert.equal(element.failure, undefined);
  // Nor does one that waits for ever keep a worker.
  element.run("auto", new Promise<Job>(() => {}));
  await settle(5);
  element.end.abort();
  await element.running.ended;
  assert.ok(FakeWorker.all.every((worker) => worker.count("run") <= 1));
});

/** Whose workers cannot be had while `offline`. */
function unsteady(offline: (opened: number) => boolean) {
  let opened = 0;
  return place({
    worker: () => {
      const worker = new FakeWorker();
      if (!offline(opened++)) return worker;
      const event = { message: "no connection", preventDefault() {} };
      worker.postMessage = () => {};
      setImmediate(() => worker.onerror?.call(null as never, event as unknown as ErrorEvent));
      return worker;
    },
  });
}

test("helpers and engines that cannot be had do not touch a run", async () => {
  const element = new Element(unsteady((opened) => opened > 0)).run();
  await settle(5);
  const adapter = { requestAdapter: () => Promise.resolve({ info: { vendor: "acme" } }) };
  Object.assign(globalThis, { isSecureContext: true });
  Object.defineProperty(globalThis, "navigator", {
    value: { gpu: adapter },
    configurable: true,
  });
  await element.engines.tryWebGpu(SMALL, [], element.end.signal);
  assert.match(
    element.engines.explain("auto", SMALL, undefined),
    /WebGPU \(acme\) did not work here \(no connection\)/,
  );
  await finishAll();
  assertWhole(element);
  assert.equal(FakeWorker.alive.length, 1);
});

test("an engine that could not be had is had when it is there, and the run says why it was not", async () => {
  let offline = true;
  const element = new Element(unsteady(() => offline)).run();
  await element.running.ended;
  assert.deepEqual(
    [element.failure?.kind, element.failure?.detail],
    ["engine-file", "no connection"],
  );
  offline = false;
  element.run();
  await settle(5);
  await finishAll();
  assertWhole(element);
});
