/** A run from its asking to its end: the table of states, what drives it, and which run is shown. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Dataset } from "../../www/data/dataset";
import type { Engines, Running, Start } from "../../www/engine/engines";
import type { Needs } from "../../www/engine/package";
import type { Job, Stage } from "../../www/engine/messages";
import { Failure } from "../../www/failures";
import type { Report, RunSettings } from "../../www/report";
import { type Event, isActive, phaseOf, type State, TRANSITIONS } from "../../www/run/machine";
import { Run } from "../../www/run/run";
import { type Ready, Runner } from "../../www/run/runner";
import { ShownRuns } from "../../www/run/shown";

const STATES = Object.keys(TRANSITIONS) as State[];

test("every state can be reached, and none is left for good", () => {
  const reached = new Set<State>(["idle"]);
  for (const state of reached) {
    const ways = Object.values(TRANSITIONS[state]);
    assert.ok(ways.length > 0, state);
    for (const next of ways) reached.add(next);
  }
  assert.deepEqual([...reached].sort(), [...STATES].sort());
});

test("one run at a time: no state that is active takes another one, asked for or kept", () => {
  for (const state of STATES) {
    for (const event of ["ask", "reopen", "leave"] as Event[]) {
      assert.equal(event in TRANSITIONS[state], !isActive(state), `${event} while ${state}`);
    }
  }
  assert.deepEqual(STATES.filter(isActive), ["waiting", "held", "running", "paused"]);
});

test("the phase follows the state, and within it the stage", () => {
  const phases = STATES.map((state) => phaseOf(state, "training"));
  const all = ["idle", "loading", "paused", "training", "paused", "idle", "done", "error"];
  assert.deepEqual(phases, all);
  const stages: (Stage | undefined)[] = [undefined, "warm-up", "pixel-importance", "direction"];
  const running = stages.map((stage) => phaseOf("running", stage));
  assert.deepEqual(running, ["loading", "loading", "analysing", "analysing"]);
});

/** Engines that do as they are told, and keep what they were asked. */
class Told {
  readonly starts: (Start & { job: Promise<Job>; told: string[] })[] = [];

  readonly engines = {
    pick: () => "cpu",
    timed: () => {},
    tryWebGpu: async () => {},
    start: (_: string, _needs: Needs, job: Promise<Job>, start: Start): Running => {
      const told: string[] = [];
      this.starts.push({ ...start, job, told });
      return {
        pause: () => void told.push("pause"),
        resume: () => void told.push("resume"),
        leave: () => void told.push("leave"),
        ended: Promise.resolve(),
      };
    },
  } as unknown as Engines;

  update(stage: Stage, report: Partial<Report> = {}): void {
    const progress = { stage, done: 1, total: 2, elapsed_ms: 1, remaining_ms: null };
    this.starts.at(-1)!.update({ ...progress, report });
  }
}

const SETTINGS = { classes: [0, 1], dims: 2, hidden: [] } as unknown as RunSettings;
const DATASET = { images: async () => [], classes: [], source: {} } as unknown as Dataset;

interface Scene {
  told: Told;
  runner: Runner;
  events: string[];
  /** What `prepare` answers. */
  next: { ready: Ready | string | undefined };
}

function stage(): Scene {
  const told = new Told();
  const events: string[] = [];
  const next: Scene["next"] = { ready: undefined };
  const runner = new Runner(told.engines, {
    prepare: () => next.ready,
    changed: () => events.push(runner.phase),
    reported: (_, part) => events.push(`reported ${Object.keys(part)}`),
    ended: () => events.push("ended"),
  });
  return { told, runner, events, next };
}

function ready(): Ready {
  return { run: new Run(SETTINGS, "cpu", undefined), dataset: DATASET, workers: 1 };
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (reason: Error) => reason.name,
  );

test("a run goes through its phases, and its promise is its report", async () => {
  const { told, runner, events, next } = stage();
  next.ready = ready();
  const promise = runner.ask();
  assert.equal(runner.ask(), promise, "asked twice it is one");
  told.update("training", { version: "1" });
  told.update("done");
  assert.equal((await promise).version, "1");
  assert.equal(runner.state, "done");
  const steps = ["loading", "loading", "reported version", "training"];
  assert.deepEqual(events.slice(0, 4), steps);
  assert.deepEqual(events.slice(-2), ["done", "ended"]);
});

test("a pause is kept, whatever is still missing", async () => {
  const { told, runner, next } = stage();
  const promise = runner.ask();
  runner.pause();
  assert.equal(runner.phase, "paused");
  next.ready = ready();
  runner.begin();
  assert.equal(told.starts.length, 0, "what it needs is there, but it is held");
  runner.resume();
  assert.equal(told.starts.length, 1);
  runner.pause();
  runner.resume();
  assert.deepEqual(told.starts[0]!.told, ["pause", "resume"], "the engine keeps it from then on");
  told.update("done");
  assert.equal(await outcome(promise), "done");
});

test("cancelled, also before it began, it ends; what comes late is not heard", async () => {
  const { told, runner, events, next } = stage();
  const early = runner.ask();
  await runner.cancel();
  assert.equal(await outcome(early), "AbortError");
  next.ready = ready();
  runner.begin();
  assert.equal(told.starts.length, 0);

  const late = runner.ask();
  told.update("training");
  await runner.cancel();
  assert.equal(await outcome(late), "AbortError");
  const { signal } = told.starts[0]!;
  assert.ok(signal.aborted);
  const before = events.length;
  told.update("done", { version: "1" });
  told.starts[0]!.failed(new Failure("crash"));
  assert.equal(events.length, before);
  assert.equal(runner.state, "cancelled");
});

test("what cannot be had ends the waiting, and no run that has begun", async () => {
  const { told, runner, next } = stage();
  const promise = runner.ask();
  runner.lack(new Failure("unreachable"));
  assert.equal(await outcome(promise), "Failure");
  assert.equal(runner.state, "idle");

  next.ready = "Latent dimensions must be a whole number.";
  assert.equal(await outcome(runner.ask()), "SyntaxError");

  next.ready = ready();
  const run = runner.ask();
  told.update("training");
  runner.lack(new Failure("unreachable"));
  assert.equal(runner.phase, "training");
  told.update("done");
  assert.equal(await outcome(run), "done");
});

test("images that cannot be read fail the run, once", async () => {
  const { told, runner, events, next } = stage();
  const dataset = { ...DATASET, images: async () => Promise.reject(new Error("torn")) };
  next.ready = { ...ready(), dataset: dataset as unknown as Dataset };
  assert.equal(await outcome(runner.ask()), "Failure");
  await assert.rejects(told.starts[0]!.job);
  assert.equal(runner.phase, "error");
  assert.equal(events.filter((event) => event === "ended").length, 1);
});

test("a kept run is shown between two runs, never beside one", () => {
  const { runner, next } = stage();
  const kept = new Run(SETTINGS, "cpu", undefined);
  next.ready = ready();
  void runner.ask();
  assert.equal(runner.reopen(kept), false);
  assert.equal(runner.run, next.ready.run);
  void runner.cancel();
  assert.equal(runner.reopen(kept), true);
  assert.equal(runner.phase, "done");
  assert.equal(runner.run, kept);
  assert.equal(runner.leave(), true);
  assert.deepEqual([runner.phase, runner.run], ["idle", undefined]);
});

const FIGURED = { training: {}, pixel_importance: {} } as unknown as Partial<Report>;
const TRAINING = { training: {}, samples: {} } as unknown as Partial<Report>;

test("a new run is shown part by part, as it has something to show", () => {
  const dropped: string[] = [];
  const shown = new ShownRuns<{ name: string; report: Partial<Report> }>(({ name }) =>
    dropped.push(name),
  );
  const one = { name: "one", report: FIGURED };
  const two = { name: "two", report: {} as Partial<Report> };
  assert.equal(shown.of(["training"]), undefined);
  shown.add(one);
  assert.equal(shown.of(["encoded"]), one, "alone, whatever it lacks");
  shown.ended();
  shown.add(two);
  assert.equal(shown.of(["training"]), one);
  two.report = TRAINING;
  assert.equal(shown.of(["training"]), two);
  assert.equal(shown.of(["pixel_importance"]), one);
  two.report = FIGURED;
  assert.equal(shown.of(["pixel_importance"]), two);
  assert.deepEqual(dropped, []);
  shown.ended();
  assert.deepEqual(dropped, ["one"]);
});

test("a run that ends without a figure leaves the one before it", () => {
  const dropped: string[] = [];
  const shown = new ShownRuns<{ name: string; report: Partial<Report> }>(({ name }) =>
    dropped.push(name),
  );
  const one = { name: "one", report: FIGURED };
  shown.add(one);
  shown.add({ name: "two", report: TRAINING });
  shown.ended();
  assert.deepEqual([shown.latest, shown.of(["training"]), dropped], [one, one, ["two"]]);
  // Of latents alone a direction is all there is.
  const latents = { name: "three", report: { direction: {} } as unknown as Partial<Report> };
  shown.add(latents);
  shown.ended();
  assert.deepEqual([shown.latest, dropped], [latents, ["two", "one"]]);
  // A first run has nothing to fall back on.
  const first = new ShownRuns<{ name: string; report: Partial<Report> }>(() => assert.fail());
  const cancelled = { name: "first", report: TRAINING };
  first.add(cancelled);
  first.ended();
  assert.equal(first.latest, cancelled);
});
