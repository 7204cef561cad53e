/** What is moved, whose values are given to whom: as settings, in a run, and who calculates it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Dataset } from "../../www/data/dataset";
import type { Engines, Start } from "../../www/engine/engines";
import type { Job } from "../../www/engine/messages";
import { type Needs, packageOf } from "../../www/engine/package";
import { readGroups, writeGroups } from "../../www/grouping";
import type { Grouping, Measure, Network, Report, RunSettings } from "../../www/report";
import { Run } from "../../www/run/run";
import { ShownRuns } from "../../www/run/shown";
import {
  isMeasured,
  isSameNetwork,
  isSameRun,
  NAMES,
  queryOf,
  readQuery,
  readSettings,
  runSettings,
  type Texts,
  textsOf,
} from "../../www/settings";

const CLASSES = [
  { label: 0, name: "cat" },
  { label: 3, name: "black dog" },
];

function read(texts: Texts): { settings: RunSettings; refusals: (string | undefined)[] } {
  const chosen: Texts = { classes: "cat", ...texts };
  const { values, refusals } = readSettings((name) => chosen[name] ?? null, CLASSES);
  return { settings: runSettings(values), refusals: Object.values(refusals) };
}

const EVERYTHING: [Texts, Partial<Measure>][] = [
  [
    { features: "patches", patch: "3" },
    { features: "patches", patch: 3 },
  ],
  [
    { features: "clusters", "cluster-threshold": "0.45" },
    { features: "clusters", threshold: 0.45 },
  ],
  [
    { features: "groups", groups: "left,right/1*2,2,0" },
    { features: "groups", groups: { names: ["left", "right"], of: [1, 1, 2, 0] } },
  ],
  [{ recipients: "class:black dog" }, { recipients: "class:3" }],
  [{ recipients: " image:017 " }, { recipients: "image:17" }],
  [{ donors: "neighbours" }, { donors: "neighbours" }],
  [{ "latent-donors": "all" }, { latent_donors: "all" }],
  [{ opinions: "" }, { opinions: true }],
  [{ "image-errors": "" }, { image_errors: true }],
];

test("what is as in the paper is left out, and so is what has no bearing on it", () => {
  for (const texts of [
    {},
    { features: "pixels", patch: "7", "cluster-threshold": "0.9", groups: "a/1" },
    { recipients: "all", donors: "all", "latent-donors": "class", opinions: "false" },
    { maps: "gradient", unit: "share", about: "2", errors: "images" },
  ] as Texts[]) {
    const { settings, refusals } = read(texts);
    assert.ok(!("measure" in settings), JSON.stringify(texts));
    assert.deepEqual(refusals, []);
  }
});

test("every setting of it reaches the engine, and is the same again as attributes and as an address", () => {
  const name = (label: number) => CLASSES.find((each) => each.label === label)!.name;
  for (const [texts, expected] of EVERYTHING) {
    const { settings, refusals } = read(texts);
    assert.deepEqual(refusals, [], JSON.stringify(texts));
    for (const [field, value] of Object.entries(expected)) {
      assert.deepEqual(settings.measure![field as keyof Measure], value, field);
    }
    const written = textsOf(settings, name);
    assert.ok(isSameRun(read(written).settings, settings), JSON.stringify(written));
    const query = readQuery(`?${queryOf((name) => written[name] ?? null)}`);
    const linked = Object.fromEntries(query) as Texts;
    assert.ok(isSameRun(read(linked).settings, settings), `${query}`);
    // What an engine says of it names all of it.
    const whole = { ...settings, measure: { ...usual(), ...settings.measure } as Measure };
    assert.ok(isSameRun(whole, settings));
  }
});

function usual(): Partial<Measure> {
  return { features: "pixels", patch: 4, threshold: 0.3, recipients: "all", donors: "all" };
}

test("settings that say nothing of it undo what was set before", () => {
  const texts = textsOf({ measure: {} } as Partial<RunSettings>);
  assert.deepEqual(texts, {
    features: "pixels",
    patch: "4",
    "cluster-threshold": "0.3",
    groups: "",
    recipients: "all",
    donors: "all",
    "latent-donors": "class",
    opinions: "false",
    "image-errors": "false",
    controls: "false",
    networks: "1",
    smaller: "false",
    sizes: "",
    factors: "false",
  });
  assert.deepEqual(textsOf({ dims: 3 }), { dims: "3" });
});

test("what is no value of it is refused in a sentence", () => {
  for (const [texts, reason] of [
    [{ features: "circles" }, /^What is moved must be one of pixels, patches, .*groups\.$/],
    [{ patch: "0" }, /^Patch must be a whole number from 1, such as 4\.$/],
    [{ "cluster-threshold": "1.5" }, /^Cluster threshold must be a number from 0 to 1/],
    [{ groups: "left" }, /^Groups must be names and runs of pixels, such as/],
    [{ groups: "left/1,2" }, /^Groups must be names and runs of pixels, such as/],
    [{ features: "groups" }, /^There are no groups yet: /],
    [{ recipients: "class:owl" }, /^There is no class owl; the classes are cat, black dog\.$/],
    [{ recipients: "image:0" }, /^Who receives values must be all, class:3 or image:17\.$/],
    [{ recipients: "everybody" }, /^Who receives values must be all, class:3 or image:17\.$/],
    [{ donors: "nobody" }, /^Whose values must be one of all, class, neighbours\.$/],
  ] as [Texts, RegExp][]) {
    const { refusals } = read(texts);
    assert.equal(refusals.length, 1, JSON.stringify(texts));
    assert.match(refusals[0]!, reason);
  }
});

test("groups are the same again, whatever they are called", () => {
  for (const groups of [
    { names: ["a"], of: [1] },
    { names: ["eyes, nose", 'the "rest"', "1/2", " "], of: [0, 0, 4, 3, 3, 3, 2, 1, 1] },
    { names: ["0", "1"], of: [...Array<number>(400).fill(2), ...Array<number>(384).fill(0)] },
  ] as Grouping[]) {
    assert.deepEqual(readGroups(writeGroups(groups)), groups);
  }
  for (const text of ["", "/", "a/", "a/x", "a/2", "a/1*", "a/-1", "a/1*99999999", '"a/1']) {
    assert.equal(readGroups(text), undefined, text);
  }
});

test("only what is measured may change while a network stays the same", () => {
  const { settings: plain } = read({});
  for (const name of NAMES) {
    const other: Texts = {
      ...{ epochs: "3", dims: "2", seed: "9", "held-out": "20", explain: "all", loss: "mse" },
      ...{ kind: "convolutional", filters: "4", "hidden-layers": "5", activation: "tanh" },
      ...{ "learning-rate": "0.1", "batch-size": "8", classes: "black dog" },
      ...{ permute: "channel", method: "exact", permutations: "7", features: "rows" },
      ...{ donors: "class", "latent-donors": "all", recipients: "image:2", opinions: "true" },
    };
    if (other[name] === undefined) continue;
    const { settings } = read({ [name]: other[name] });
    assert.ok(!isSameRun(settings, plain), name);
    assert.equal(isSameNetwork(settings, plain), isMeasured(name), name);
  }
});

test("whatever is not as in the paper is calculated by the general package", () => {
  const brought = { encoder: [], decoder: [] } as unknown as Network;
  for (const [texts] of EVERYTHING) {
    const { settings } = read(texts);
    assert.equal(packageOf("cpu", { settings }), "general-cpu");
    assert.equal(packageOf("webgpu", { settings, network: brought }), "general-webgpu");
  }
  assert.equal(packageOf("cpu", read({ method: "sampled", permute: "channel" })), "engine-cpu");
});

test("a network that is measured otherwise is handed over with its training", async () => {
  const jobs: { job: Promise<Job>; needs: Needs; start: Start }[] = [];
  const engines = {
    pick: () => "cpu",
    timed: () => {},
    tryWebGpu: () => assert.fail("nothing is trained"),
    start: (_: string, needs: Needs, job: Promise<Job>, start: Start) => {
      jobs.push({ job, needs, start });
      return { pause() {}, resume() {}, ended: Promise.resolve() };
    },
  } as unknown as Engines;
  const dataset = { images: async () => [], classes: [], source: {} } as unknown as Dataset;
  const heard: Partial<Report>[] = [];
  const listener = {
    updated: (part: Partial<Report>) => heard.push(part),
    finished: () => {},
    failed: assert.fail,
  };
  const progress = { done: 1, total: 1, elapsed_ms: 1, remaining_ms: null };
  const network = { encoder: [], decoder: [] } as unknown as Network;
  const training = { held_out_loss: [1], training_loss: [1] } as NonNullable<Report["training"]>;
  const { settings } = read({});
  const one = new Run(settings, "cpu", undefined);
  assert.equal(one.teaches, undefined, "nothing is trained yet");
  one.start(engines, dataset, 1, listener);
  jobs[0]!.start.update({ ...progress, stage: "training", report: { version: "1", training } });
  jobs[0]!.start.update({ ...progress, stage: "pixel-importance", report: {}, network });
  assert.ok(!one.pending);

  const { settings: other } = read({ features: "rows" });
  const two = new Run(other, "cpu", undefined, one.teaches);
  two.start(engines, dataset, 1, listener);
  const job = await jobs[1]!.job;
  assert.equal(job.network, network);
  assert.equal(job.trained_here, true);
  // What decides which package trains a network decides which one knows it.
  const { sources: _, ...needs } = jobs[1]!.needs;
  assert.deepEqual(needs, { settings: other, network: undefined, others: [] });
  assert.equal(two.history, one.history, "of single pixels, as before");
  const { settings: others } = read({ donors: "class" });
  const otherwise = new Run(others, "cpu", undefined, one.teaches);
  assert.notEqual(
    otherwise.history,
    one.history,
    "with values of others, all epochs are measured anew",
  );
  heard.length = 0;
  jobs[1]!.start.update({ ...progress, stage: "pixel-importance", report: { version: "1" } });
  assert.deepEqual(heard, [{ version: "1", training }]);
  assert.equal(two.report.training, training);
  assert.ok(two.pending && two.measuredMs === 1);
  jobs[1]!.start.update({ ...progress, stage: "done", report: {} });
  assert.ok(!two.pending);

  // And so on.
  const three = new Run(settings, "cpu", undefined, two.teaches);
  assert.equal(three.network, network);
  assert.equal(three.teaches!.training, training, "also where it has not begun");
});

test("what is measured otherwise is shown once it is whole", () => {
  const whole = { pixel_importance: {}, latent_importance: {}, training: {} };
  const report = whole as unknown as Partial<Report>;
  const dropped: string[] = [];
  const shown = new ShownRuns<{ name: string; report: Partial<Report>; pending: boolean }>((run) =>
    dropped.push(run.name),
  );
  const one = { name: "one", report, pending: false };
  const two = { name: "two", report, pending: true };
  shown.add(one);
  shown.add(two);
  assert.equal(shown.of(["pixel_importance"]), one);
  assert.equal(shown.of(["training"]), one);
  two.pending = false;
  assert.equal(shown.of(["pixel_importance"]), two);
  shown.ended();
  assert.equal(shown.latest, two);

  const three = { name: "three", report, pending: true };
  shown.add(three);
  shown.ended();
  assert.equal(shown.latest, two, "cancelled, it leaves the one before");
  assert.deepEqual(dropped, ["one", "three"]);
});
