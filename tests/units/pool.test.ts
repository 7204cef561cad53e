/** A pool of workers that behave like real ones, but for what they measure and when they die. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import type { FromWorker, Job, Share, Stage, ToWorker, Update } from "../../www/engine/messages";
import type { EngineWorker, Place } from "../../www/engine/place";
import { EnginePool, type RunListener } from "../../www/engine/pool";
import type { Failure } from "../../www/failures";
import type { Network, RunSettings } from "../../www/report";

const TOTAL = 60;
const STRIDE = 3;
const NETWORK: Network = { encoder: [], decoder: [] };
const SHARE = { network: NETWORK } as Share;
/** How a measurement is told from another. */
const measurement = (stage: Stage, at: number) => at + (stage === "pixel-importance" ? 0.25 : 0.5);

/** What a run finds of each stage: all measurements in order, as they are added up. */
const EXPECTED = Object.fromEntries(
  (["pixel-importance", "latent-importance"] as const).map((stage) => [
    stage,
    Array.from({ length: TOTAL }, (_, at) => measurement(stage, at)),
  ]),
);

/** Does what `www/worker.ts` does, in as few steps as can be. */
class FakeWorker implements EngineWorker {
  static all: FakeWorker[] = [];
  onmessage: EngineWorker["onmessage"] = null;
  onerror: EngineWorker["onerror"] = null;
  readonly heard: ToWorker[] = [];
  ended = false;
  /** Says nothing more, as a worker that the browser has ended. */
  mute = false;
  /** Which of its stretches it dies of, instead of measuring it. */
  diesAt = Infinity;
  #stretches = 0;
  #run = 0;
  #added: number[] = [];
  #stage: Stage = "training";
  #divided: Stage[] = [];

  constructor() {
    FakeWorker.all.push(this);
  }

  postMessage(message: ToWorker): void {
    this.heard.push(message);
    queueMicrotask(() => !this.ended && this.#answer(structuredClone({ ...message, module: 0 })));
  }

  terminate(): void {
    this.ended = true;
  }

  say(message: FromWorker): void {
    if (!this.ended && !this.mute) this.onmessage?.call(null as never, { data: message } as never);
  }

  crash(): void {
    this.say({ type: "failed", kind: "crash", message: "unreachable" });
  }

  /** How often it was told something. */
  count(type: ToWorker["type"]): number {
    return this.heard.filter((message) => message.type === type).length;
  }

  #update(update: Partial<Update>, state?: Float64Array): void {
    const progress = { done: 1, total: 1, elapsed_ms: 5, remaining_ms: 0, report: {} };
    const full = { ...progress, stage: this.#stage, ...update };
    this.say({ type: "update", run: this.#run, update: full, state });
  }

  #enter(stage: Stage, added: number[] = []): void {
    this.#stage = stage;
    this.#added = added;
    if (stage === "direction") {
      this.#update({});
      return this.#enter("latent-importance");
    }
    if (stage === "done") return this.#update({});
    const [done, state] = [added.length, Float64Array.from(added)];
    const share = { ...SHARE, stage };
    if (this.#divided.includes(stage)) {
      const divided = { share, done, total: TOTAL, stride: STRIDE, state };
      return this.say({ type: "divided", run: this.#run, divided });
    }
    this.#add(EXPECTED[stage]!.slice(done));
  }

  #add(values: number[]): void {
    this.#added.push(...values);
    const done = this.#added.length;
    const report = { version: this.#added.join() };
    // Now and then what has been added up is kept elsewhere.
    const state = done % 4 === 0 && done < TOTAL ? Float64Array.from(this.#added) : undefined;
    this.#update({ done, total: TOTAL, report, network: NETWORK }, state);
    if (done < TOTAL) return;
    this.#enter(this.#stage === "pixel-importance" ? "direction" : "done");
  }

  #answer(message: ToWorker): void {
    switch (message.type) {
      case "open":
        return this.say({ type: "opened", adapter: "" });
      case "run": {
        this.#run = message.run;
        this.#divided = [];
        const demand = { pixel_importance: 1e12, latent_importance: 1e12, room: 9 };
        this.say({ type: "started", run: this.#run, demand });
        const { resume } = message.job;
        if (resume) {
          // At once, as the real one does: what it then hears is too late.
          this.#divided = resume.divided;
          return this.#enter(resume.stage, [...(resume.state ?? [])]);
        }
        setImmediate(() => {
          this.#stage = "training";
          this.#update({ done: 1, total: 2 });
        });
        return;
      }
      case "help":
        this.#run = message.run;
        this.#stage = message.share.stage;
        return this.say({ type: "ready", run: this.#run });
      case "divide":
        this.#divided = message.stages;
        return;
      case "stretch": {
        if (++this.#stretches >= this.diesAt) return this.mute ? undefined : this.crash();
        const { run, first, count } = message;
        const values = Float64Array.from({ length: count }, (_, at) =>
          measurement(this.#stage, first + at),
        );
        setImmediate(() => this.say({ type: "stretch", run, first, values, ms: 20 }));
        return;
      }
      case "add":
        return this.#add([...message.values]);
      case "cancel":
        return this.say({ type: "cancelled", run: message.run });
    }
  }

  /** Training is over. */
  trained(): void {
    this.#update({ done: 2, total: 2 });
    this.#enter("pixel-importance");
  }
}

const compiled: string[] = [];
const PLACE: Place = {
  cores: 4,
  base: "https://here/",
  worker: () => new FakeWorker(),
  unstarted: () => "it did not start",
  compile: (name) => {
    compiled.push(name);
    return Promise.resolve({} as WebAssembly.Module);
  },
};
const JOB: Job = { settings: {} as RunSettings, images: [], network: undefined };

/** Notes what it hears, and when. */
class Listener implements RunListener {
  readonly updates: Update[] = [];
  failure: Failure | undefined;

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
  compiled.splice(0);
});
afterEach(() => mock.timers.reset());

/** Lets everything happen that is about to. */
async function settle(rounds = 200): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function started(workers: number | "auto" = "auto", job: Job = JOB) {
  const pool = await EnginePool.open("cpu", PLACE);
  const listener = new Listener();
  pool.run(job, listener, workers);
  await settle(5);
  const [lead, ...helpers] = FakeWorker.all as [FakeWorker, ...FakeWorker[]];
  return { pool, listener, lead, helpers };
}

/** Everything was measured and added up once, and progress never went back. */
function assertWhole(listener: Listener): void {
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
  const { pool, listener, lead, helpers } = await started();
  // Of four cores one is the page's.
  assert.equal(helpers.length, 2);
  assert.deepEqual(compiled, ["cpu"]);
  assert.equal(listener.stage, "training");
  assert.ok(helpers.every((helper) => helper.count("open") === 1 && helper.count("help") === 0));

  lead.trained();
  await settle();
  assertWhole(listener);
  for (const helper of helpers) {
    assert.equal(helper.count("help"), 2, "in both stages");
    assert.ok(helper.count("stretch") > 2);
  }

  const again = new Listener();
  await pool.free;
  pool.run(JOB, again);
  await settle(5);
  lead.trained();
  await settle();
  assertWhole(again);
  assert.equal(FakeWorker.all.length, 3);
  assert.deepEqual(compiled, ["cpu"]);

  pool.close();
  assert.ok(FakeWorker.all.every(({ ended }) => ended));
});

test("one worker is told nothing of any of this", async () => {
  for (const alone of [1, "auto"] as const) {
    FakeWorker.all = [];
    const pool = await EnginePool.open("cpu", { ...PLACE, cores: 1 });
    const listener = new Listener();
    pool.run(JOB, listener, alone);
    await settle(5);
    const [lead] = FakeWorker.all;
    lead!.trained();
    await settle();
    assertWhole(listener);
    assert.deepEqual(new Set(lead!.heard.map(({ type }) => type)), new Set(["open", "run"]));
    assert.equal(FakeWorker.all.length, 1);
  }
});

test("the WebGPU engine is never helped", async () => {
  const pool = await EnginePool.open("webgpu", PLACE);
  pool.run(JOB, new Listener(), 4);
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
  for (const of of [0, 1, 7, 19]) {
    FakeWorker.all = [];
    const { listener, lead } = await started();
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
  ] as const) {
    FakeWorker.all = [];
    const sources = { data: { name: "toy.csv" } };
    const { listener, lead, helpers } = await started("auto", { ...JOB, network, sources });
    lead.trained();
    await settle(2);
    lead.crash();
    await settle();
    assertWhole(listener);
    const next = helpers.flatMap(({ heard }) => heard).find(({ type }) => type === "run");
    assert.ok(next?.type === "run");
    assert.equal(next.job.resume?.trained_here, trainedHere);
    assert.deepEqual(next.job.sources, sources);
  }
});

test("the lead dies while its helpers are still being opened", async () => {
  let open = () => {};
  const late = new Promise<void>((resolve) => (open = resolve));
  const pool = await EnginePool.open("cpu", {
    ...PLACE,
    worker: () => {
      const worker = new FakeWorker();
      const post = worker.postMessage.bind(worker);
      if (FakeWorker.all.length > 1) {
        worker.postMessage = (message) => void late.then(() => post(message));
      }
      return worker;
    },
  });
  const listener = new Listener();
  pool.run(JOB, listener);
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
  assert.equal(everybody.pool.usable, false);
  assert.ok(FakeWorker.all.every(({ ended }) => ended));

  FakeWorker.all = [];
  const early = await started();
  early.lead.crash();
  await settle(5);
  assert.equal(early.listener.failure?.kind, "crash");
  assert.ok(FakeWorker.all.every(({ ended }) => ended));
});

test("a worker that the browser ends without a word is given up, one that is paused is not", async () => {
  for (const silent of [0, 1]) {
    FakeWorker.all = [];
    const { pool, listener, lead } = await started();
    mock.timers.enable({ apis: ["setInterval"] });
    const worker = FakeWorker.all[silent]!;
    worker.diesAt = 3;
    worker.mute = false;
    const { crash } = worker;
    worker.crash = () => void (worker.mute = true);
    lead.trained();
    await settle();
    assert.notEqual(listener.stage, "done");
    pool.pause();
    mock.timers.tick(300_000);
    assert.equal(worker.ended, false);
    pool.resume();
    mock.timers.tick(60_000);
    assert.equal(worker.ended, true);
    worker.crash = crash;
    await settle();
    assertWhole(listener);
    mock.timers.reset();
  }
});

test("pause, resume and cancel reach every worker that measures", async () => {
  const { pool, lead, helpers } = await started();
  // Nobody answers, so that the stage stays as it is.
  for (const worker of FakeWorker.all) worker.diesAt = 2;
  for (const worker of FakeWorker.all) worker.crash = () => {};
  lead.trained();
  await settle();
  pool.pause();
  pool.resume();
  pool.cancel();
  for (const worker of [lead, ...helpers]) {
    const orders = worker.heard
      .map(({ type }) => type)
      .filter((type) => /pause|resume|cancel/.test(type));
    assert.deepEqual(orders, ["pause", "resume", "cancel"]);
  }
  await pool.free;
  assert.equal(pool.usable, true);
});

test("a helper that comes while the run is paused is paused too", async () => {
  const { pool, lead, helpers } = await started();
  pool.pause();
  lead.trained();
  await settle();
  for (const helper of helpers) {
    const last = helper.heard.map(({ type }) => type).filter((type) => /help|pause/.test(type));
    assert.deepEqual(last.slice(0, 2), ["help", "pause"]);
  }
});
