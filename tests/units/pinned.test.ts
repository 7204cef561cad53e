/** Two at once: what an address says of what is pinned, what differs in words, and who is nearest to whom. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { History } from "../../www/engine/history";
import type { Moment } from "../../www/engine/messages";
import type { Report } from "../../www/report";
import type { Run } from "../../www/run/run";
import { readSettings, runSettings, type Texts } from "../../www/settings";
import type { ChartLayout } from "../../www/view";
import { across, type Across } from "../../www/views/pinned/border";
import { csv } from "../../www/views/pinned/csv";
import {
  type Beside,
  besides,
  differing,
  ofShown,
  otherSeed,
  pin,
  readPinned,
  written,
} from "../../www/views/pinned/kept";
import { differences, separation } from "../../www/views/pinned/words";
import type { Pin, Pins } from "../../www/views/view";

type Drawn = NonNullable<ChartLayout["beside"]>;
type Row = Drawn["rows"][number];

const NOWHERE = { x: 0, y: 0, width: 1, height: 1 };

function row(dim: number | null, pinned: number | null, more: Partial<Row> = {}): Row {
  const places: Row["places"] = [NOWHERE, NOWHERE];
  const importance: Row["importance"] = [null, null];
  return { dim, pinned, r: null, maps: null, importance, places, bar: NOWHERE, ...more };
}

/** A finished run of two classes with these settings, and latent importance row by row. */
function run(texts: Texts, importance: number[][], more: Partial<Report> = {}): Pin {
  const { values } = readSettings((name) => texts[name] ?? null);
  const settings = runSettings(values);
  const dims = importance[0]!.length;
  const mean = {
    shape: [importance.length, dims] as [number, number],
    data: Float32Array.from(importance.flat()),
  };
  const report = {
    settings,
    classes: ["T-shirt", "Shirt"].map((name, label) => ({ label, name })),
    latent_importance: { method: "exact", mean },
    latent_importance_rmse: { method: "exact", mean },
    training: { training_loss: [0.3, 0.25], held_out_loss: [0.3, 0.25] },
    ...more,
  } as unknown as Partial<Report>;
  const [network, history] = [{}, History.of([])];
  return { run: { settings, report, network, history } as unknown as Run, report, texts };
}

function pins(shown: Pin | undefined, kept?: Pin): Pins {
  return { kept, shown: () => shown, beside: () => "not here" };
}

test("what is pinned is written as what differs, and read back, whatever is in it", () => {
  const texts: Texts = { classes: "a;b,c%d", seed: "1", dims: "8", "explain-class": "a;b" };
  const text = written(texts);
  assert.equal(text, "classes:a%3Bb,c%25d;dims:8;seed:1;explain-class:a%3Bb");
  assert.deepEqual(readPinned(text), texts);
  // The defaults alone still say that a run of its own is meant.
  assert.equal(written({}), "seed:1");
  assert.equal(written({ palette: "colour-blind", engine: "cpu", view: "classes" }), "seed:1");
  assert.deepEqual(readPinned("seed:2;recipients:class:3"), { seed: "2", recipients: "class:3" });
  for (const wrong of ["seed", "colour:red", "view:figure"]) {
    assert.equal(readPinned(wrong), undefined, wrong);
  }
});

test("a class alone is of the run that is shown, whichever that is", () => {
  const shown = run({ seed: "7" }, [
    [1, 2],
    [3, 4],
  ]);
  const found = besides(pins(shown), ofShown({ "explain-class": "Shirt" })) as Beside;
  assert.equal(found.run, shown.run);
  assert.deepEqual([found.row, found.same], [1, true]);
  assert.match(
    besides(pins(shown), ofShown({ "explain-class": "Boot" })) as string,
    /There is no class Boot/,
  );
  assert.match(besides(pins(shown), "what") as string, /does not say what is pinned/);
  assert.equal(besides(pins(undefined), ofShown({ "explain-class": "Shirt" })), undefined);
});

test("a run is found again by what decides its numbers, and else is to be trained", () => {
  const shown = run({ seed: "1" }, [[1], [1]]);
  const kept = run({ seed: "2", "explain-class": "Shirt" }, [[1], [1]]);
  const other = besides(pins(shown, kept), "seed:2;explain-class:T-shirt") as Beside;
  assert.equal(other.run, kept.run);
  assert.deepEqual([other.row, other.same], [0, false]);
  // The shown network, however it is measured, need not be trained again.
  const same = besides(pins(shown), "method:sampled;seed:1;explain-class:Shirt") as Beside;
  assert.equal(same.run, shown.run);
  assert.ok(same.same);
  assert.deepEqual(besides(pins(shown), "dims:4;seed:1"), { dims: "4", seed: "1" });
  assert.deepEqual(besides(pins(shown), "dataset:fashion-mnist;seed:1"), {
    dataset: "fashion-mnist",
    seed: "1",
  });
});

test("an epoch of a run is what was measured after it, and said where it was not", () => {
  const shown = run({ seed: "1" }, [[1], [1]]);
  const latent_importance = { mean: { shape: [2, 1], data: Float32Array.of(3, 4) } };
  const moment = { epoch: 0, latent_importance, latents: {}, samples: {} } as unknown as Moment;
  Object.assign(shown.run, { history: History.of([moment]) });
  const text = ofShown({ "explain-class": "Shirt", epoch: "0" });
  assert.equal(text, "explain-class:Shirt;epoch:0");
  const found = besides(pins(shown), text) as Beside;
  assert.deepEqual([found.row, found.same, found.epoch], [1, true, 0]);
  assert.equal(found.report.latent_importance, latent_importance);
  // What is drawn again is the same.
  assert.equal((besides(pins(shown), text) as Beside).report, found.report);
  assert.equal(
    besides(pins(shown), "epoch:1"),
    shown.report.training && "What is pinned was not measured after epoch 1.",
  );
  // The last epoch is the run itself.
  const last = besides(pins(shown), "epoch:2") as Beside;
  assert.deepEqual([last.report, last.epoch], [shown.run.report, undefined]);
  const drawn: Drawn = { by: "network", rows: [row(0, 0, { r: 0.5, maps: 0.2 })] };
  const options = { metric: "mse" } as const;
  assert.deepEqual(differences({ shown, row: 1, beside: found, drawn, options }).slice(0, 2), [
    "Both are of one network, after its last epoch here and before training pinned: class Shirt.",
    "No dimension’s share of all importance differs by more than 3.0 % from that of its match.",
  ]);
});

test("pinning keeps what is looked at, and says it in settings", () => {
  const shown = run({ seed: "3", "explain-class": "Shirt" }, [[1], [1]]);
  const set: [string, string][] = [];
  const of = pins(shown);
  const earlier = { ...shown.report, training: undefined } as unknown as Partial<Report>;
  pin(of, (name, text) => set.push([name, text]), earlier);
  assert.deepEqual(set, [
    ["pinned", "seed:3;explain-class:Shirt"],
    ["view", "pinned"],
  ]);
  assert.equal(of.kept!.run, shown.run);
  assert.equal(of.kept!.report.training, undefined);
  pin(pins(undefined), () => assert.fail("nothing is shown"));
});

test("another seed is of the same division of the images, and measures nothing else", () => {
  const shown = run({ seed: "5", networks: "5", dims: "8" }, [[1], [1]]);
  const texts = otherSeed(shown);
  assert.equal(written(texts), "dims:8;seed:5;weights-seed:6;order-seed:6");
  assert.deepEqual(
    differing(shown.texts, texts).map(([name]) => name),
    ["networks", "weights-seed", "order-seed"],
  );
});

test("two networks are told by what differs in how they were made, matched and used", () => {
  const shown = run({ seed: "1" }, [
    [6, 3, 1],
    [1, 1, 1],
  ]);
  const other = run({ seed: "2" }, [
    [3, 6, 1],
    [1, 1, 1],
  ]);
  const drawn: Drawn = {
    by: "latents",
    images: 225,
    rows: [
      row(0, 0, { r: 0.95, maps: 0.97 }),
      row(1, 1, { r: -0.91, maps: 0.4 }),
      row(2, null),
      row(null, 2),
    ],
  };
  const beside: Beside = { ...other, row: 0, same: false, epoch: undefined };
  const said = differences({ shown, row: 0, beside, drawn, options: { metric: "mse" } });
  assert.deepEqual(said, [
    "Two networks: seed 1 here and 2 pinned; class T-shirt.",
    "Loss on held-out images: 0.2500 here, 0.2500 pinned.",
    "Dimensions are matched by the correlation of their latents over 225 images that both explain, each with one at most, so that the matches together are as close as can be. 2 of 3 dimensions have a match with |r| of at least 0.9. 1 has none. 1 runs the other way there: the colours of its pinned map are swapped.",
    "Shares of all importance that differ most: dimension 1 | 1 has 60 % here and 30 % pinned; dimension 2 | 2 has 30 % here and 60 % pinned.",
    "1 of 2 pairs of maps is alike (r over the pixels of at least 0.9); least alike: 2 | 2 (r 0.40).",
  ]);

  // A loss with a penalty, or of noisy images, is another one.
  for (const variant of [
    { variational: true, beta: 1 },
    { sparsity: 0.1 },
    { noise: "gaussian", noise_level: 0.5 },
  ]) {
    const report = {
      ...beside.report,
      settings: { ...beside.report.settings, variant },
    } as unknown as Partial<Report>;
    const told = (report: Partial<Report>) =>
      differences({
        shown,
        row: 0,
        beside: { ...beside, report },
        drawn,
        options: { metric: "mse" },
      })[1];
    assert.match(told(report)!, /^Their losses are not of the same, .* cannot be compared\.$/);
  }
});

test("of two classes it is said what they share and what tells them apart", () => {
  const encoded = {
    labels: [0, 0, 0, 1, 1, 1],
    latents: { shape: [6, 2], data: Float32Array.of(0, 0, 1, 0, 2, 0, 4, 0, 5, 0, 6, 0) },
  } as unknown as NonNullable<Report["encoded"]>;
  const shown = run(
    { seed: "1" },
    [
      [5, 5],
      [1, 9],
    ],
    { encoded },
  );
  const beside: Beside = { ...shown, row: 1, same: true, epoch: undefined };
  const drawn: Drawn = { by: "network", rows: [row(0, 0, { maps: 1 }), row(1, 1, { maps: 1 })] };
  const said = differences({ shown, row: 0, beside, drawn, options: { metric: "mse" } });
  assert.deepEqual(said, [
    "Both are of one network: class T-shirt here, class Shirt pinned.",
    "What they share: 60 % of the importance for both lies on the same dimensions, most of it on dimensions 2 (50 % and 90 %) and 1 (50 % and 10 %). What they need differently: dimension 1 matters more for T-shirt (50 % and 10 %); dimension 2 matters more for Shirt (50 % and 90 %).",
    "What tells their images apart, whatever it matters for rebuilding them: dimension 1, where Shirt lies 4.0 standard deviations higher.",
  ]);
});

test("separation is Cohen’s d", () => {
  // As by hand: means 2 and 5, both of variance 2 with n − 1, so d is −3 / √2.
  const latents = { shape: [4, 1] as [number, number], data: Float32Array.of(1, 3, 4, 6) };
  const [found] = separation(latents, [0, 0, 1, 1], [0, 1]);
  assert.ok(Math.abs(found! + 3 / Math.SQRT2) < 1e-12);
  const still = { shape: [2, 1] as [number, number], data: Float32Array.of(1, 1) };
  assert.ok(Number.isNaN(separation(still, [0, 1], [0, 1])[0]));
});

function all<T>(work: Generator<number, T, void>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

test("the nearest pairs across the border are those that all distances have, each image once", () => {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const [images, dims] = [60, 3];
  const labels = Array.from({ length: images }, (_, at) => at % 3);
  const data = Float32Array.from({ length: images * dims }, random);
  const latents = { shape: [images, dims] as [number, number], data };
  const every: Across[] = [];
  for (let a = 0; a < images; a += 1) {
    for (let b = 0; b < images; b += 1) {
      if (labels[a] !== 0 || labels[b] !== 1) continue;
      const squares = [0, 1, 2].map((dim) => (data[a * dims + dim]! - data[b * dims + dim]!) ** 2);
      every.push({ a, b, distance: Math.sqrt(squares[0]! + squares[1]! + squares[2]!) });
    }
  }
  every.sort((x, y) => x.distance - y.distance);
  const literal: Across[] = [];
  for (const pair of every) {
    const isNew = literal.every(({ a, b }) => a !== pair.a && b !== pair.b);
    if (isNew && literal.length < 6) literal.push(pair);
  }
  assert.deepEqual(all(across({ latents, labels }, [0, 1], 6)), literal);
  assert.deepEqual(all(across({ latents, labels }, [0, 9], 6)), []);
});

test("the table has a line for each pair, and nothing where there is no match", () => {
  const drawn: Drawn = {
    by: "maps",
    rows: [row(3, 0, { r: -0.5, maps: 0.25, importance: [0.5, 0.125] }), row(null, 1)],
  };
  assert.equal(
    csv(drawn),
    "dimension,pinned_dimension,matched_by,r,importance,pinned_importance,r_of_maps\n4,1,maps,-0.5,0.5,0.125,0.25\n,2,,,,,\n",
  );
});
