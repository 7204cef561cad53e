/** What is said of what is chosen before a run, and why it is refused. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { tooFew } from "../../www/data/counts";
import type { Dataset } from "../../www/data/dataset";
import { imagesLine, networkLine } from "../../www/element/setup";
import { matches } from "../../www/parts/chooser";
import type { Network } from "../../www/network";
import { readSettings } from "../../www/settings";
import { dense } from "./networks";

function dataset(
  counts: { count: number; explained?: number }[],
  name: (label: number) => string = String,
): Dataset {
  const classes = counts.map((each, label) => ({ label, name: name(label), ...each }));
  return {
    credit: { name: "toy.csv" },
    unlabelled: 0,
    classes,
    name,
  } as unknown as Dataset;
}

function values(texts: Record<string, string> = {}) {
  return readSettings((name) => texts[name] ?? null).values;
}

test("one line says which images and classes are chosen, however many and long", () => {
  const line = (classes: number, chosen: string, name: (label: number) => string = String) =>
    imagesLine({
      dataset: dataset(Array(classes).fill({ count: 4 }) as { count: number }[], name),
      values: values({ classes: chosen }),
    });
  assert.equal(line(10, "0,1"), "toy.csv · classes 0, 1");
  assert.equal(line(10, "3"), "toy.csv · class 3");
  assert.equal(line(3, "0,1,2"), "toy.csv · all 3 classes");
  assert.equal(line(1, "0"), "toy.csv");
  const long = (label: number) => `${"Quercus ".repeat(4)}${label}`;
  assert.equal(line(12, "0,1,2", long), "toy.csv · 3 of 12 classes");
  const many = [...Array(30).keys()].join();
  assert.match(line(200, many), /^toy\.csv · classes 0, 1, .*, \d+ and \d+ more$/);
});

test("one line says how the network is built and trained", () => {
  const image = { height: 28, width: 28, channels: 1 };
  const line = (texts: Record<string, string>) =>
    networkLine({ values: values(texts), image, brought: undefined });
  assert.equal(line({}), "784 – 12 – 784 · 50 epochs");
  assert.equal(
    line({ "hidden-layers": "512, 64", epochs: "0", seed: "3" }),
    "784 – 512 – 64 – 12 – 64 – 512 – 784 · untrained · seed 3",
  );
  assert.equal(line({ kind: "convolutional" }), "convolutional 8 – 16 – 12 · 50 epochs");
  assert.equal(
    line({ kind: "convolutional", filters: "4", "hidden-layers": "" }),
    "convolutional 4 – 12 · 50 epochs",
  );
  // What is of the other kind is not spoken of.
  assert.equal(line({ filters: "4" }), line({}));
  assert.equal(
    line({ activation: "tanh", loss: "mse", "learning-rate": "1e-2", "batch-size": "64" }),
    "784 – 12 – 784 · 50 epochs · Tanh · loss MSE · learning rate 0.01 · batches of 64",
  );
});

test("one line says how a model is built that was brought, and nothing of its training", () => {
  const image = { height: 28, width: 28, channels: 1 };
  const network: Network = { encoder: [dense(784, 2)], decoder: [dense(2, 784)] };
  const line = (texts: Record<string, string>) =>
    networkLine({ values: values(texts), image, brought: { name: "mine", network } });
  assert.equal(line({}), "mine · 784 – 2 – 784");
  assert.equal(line({ activation: "tanh", "batch-size": "64", seed: "2" }), `${line({})} · seed 2`);
  network.log_variance = { after: 0, layers: [dense(784, 2)] };
  assert.equal(line({ beta: "4" }), "mine · 784 – 2 – 784 · variational");
});

test("classes that cannot be divided are refused with what to do", () => {
  const auto = { explain: "auto", held_out: 15 } as const;
  const two = dataset([{ count: 1 }, { count: 9 }]);
  assert.match(tooFew(two, [0, 1], auto, true)!, /^0 has one image, .*leave the class out/);
  assert.equal(tooFew(two, [1], auto, true), undefined);
  // A model that was brought learns nothing more.
  assert.equal(tooFew(two, [0, 1], auto, false), undefined);
  const held = { ...auto, explain: "held-out" } as const;
  assert.match(tooFew(two, [0], held, false)!, /one image/);
  const test = dataset([{ count: 3, explained: 3 }]);
  assert.match(tooFew(test, [0], auto, true)!, /All images are of the test set/);
  const some = { ...auto, explain: "1" } as const;
  const both = dataset([{ count: 9 }, { count: 9 }]);
  assert.match(tooFew(both, [0, 1], some, true)!, /2 or more in all/);
});

test("classes are found by any of their words, whatever the accents", () => {
  assert.ok(matches("Café noir", "cafe"));
  assert.ok(matches("Café noir", "NOIR caf"));
  assert.ok(matches("anything", " "));
  assert.ok(!matches("Café noir", "blanc"));
});
