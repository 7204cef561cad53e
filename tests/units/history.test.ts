/** What is kept of a training, to be looked at again, and in which order its epochs are measured. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { History } from "../../www/engine/history";
import type { Moment } from "../../www/engine/messages";
import type { Network, Report } from "../../www/report";

type Samples = NonNullable<Report["samples"]>;

function matrix(rows: number, columns: number, value: number) {
  const shape: [number, number] = [rows, columns];
  return { shape, data: new Float32Array(rows * columns).fill(value) };
}

function samples(pixels: number, value: number): Samples {
  const labels = new Array<number>(10).fill(0);
  const [images, reconstructions] = [matrix(10, pixels, 0), matrix(10, pixels, value)];
  return { labels, images, latents: matrix(10, 12, value), reconstructions, noisy: null };
}

/** Of so many bytes. */
function network(bytes = 0): Network {
  const weight = { shape: [1, bytes / 4], data: new Float32Array(bytes / 4) };
  return { encoder: [{ weight }], decoder: [] } as unknown as Network;
}

/** What is measured of a network, by its epoch. */
function found(epoch: number, pixels = 784): Partial<Report> {
  const estimate = {
    method: "exact",
    engine: "cpu",
    mean: matrix(pixels, 12, epoch),
    repeats: 1,
    fraction: 1,
  };
  const encoded = { labels: [0, 0], positions: [0, 1], latents: matrix(2, 12, epoch) };
  return {
    samples: samples(pixels, epoch),
    encoded,
    pixel_importance: estimate,
    direction: { slope: matrix(pixels, 12, epoch), sign: matrix(pixels, 12, 1) },
    latent_importance: { ...estimate, mean: matrix(2, 12, epoch) },
  } as unknown as Partial<Report>;
}

/** Epochs in the order in which they are taken, until none is left. */
function taken(history: History, latest: boolean): number[] {
  const order: number[] = [];
  for (let next = history.take(latest); next; next = history.take(latest)) {
    order.push(next.epoch);
    history.found(next.epoch, found(next.epoch, 4));
  }
  return order;
}

function learned(epochs: number, bytes = 0, most?: number): History {
  const history = new History(most);
  for (let epoch = 0; epoch <= epochs; epoch += 1) {
    history.snapshot({ epoch, network: network(bytes) });
  }
  return history;
}

test("what was made of the samples is kept of every epoch while there is room", () => {
  const history = new History();
  for (let epoch = 1; epoch <= 50; epoch += 1) history.add(epoch, samples(784, epoch));
  assert.deepEqual(
    history.known,
    Array.from({ length: 50 }, (_, at) => at + 1),
  );
  assert.equal(history.made(7)!.reconstructions.data[0], 7);
  assert.deepEqual(history.measured, []);
  assert.equal(history.at(7), undefined);
});

test("where epochs become too many, the memory stays and they lie evenly apart", () => {
  const most = 2 ** 21;
  const history = new History(most);
  for (let epoch = 0; epoch <= 700; epoch += 1) {
    history.snapshot({ epoch, network: network(40_000) });
    const next = history.take(true);
    if (next) history.found(next.epoch, found(next.epoch, 100));
  }
  const { measured, step } = history;
  // A network, its maps, slopes and signs, its latents and what it makes of the samples.
  const bytes = 40_000 + 4 * (3 * 100 * 12 + 2 * 2 * 12 + 10 * (100 + 12));
  assert.ok(measured.length * bytes <= most && 2 * measured.length * bytes > most / 2);
  assert.ok(step > 8 && measured.every((epoch) => epoch % step === 0));
  assert.deepEqual(
    measured,
    Array.from({ length: measured.length }, (_, at) => at * step),
  );
  assert.equal(history.at(3 * step + 1)!.pixel_importance.mean.data[0], 3 * step);
  assert.equal(history.made(3 * step + 1)!.epoch, 3 * step);
});

test("while it trains the latest network is measured first, and each but once", () => {
  const history = learned(3);
  assert.equal(history.take(true)!.epoch, 3);
  history.snapshot({ epoch: 4, network: network() });
  assert.equal(history.take(true)!.epoch, 4);
  assert.equal(history.take(true)!.epoch, 2);
  history.back(3);
  assert.equal(history.take(true)!.epoch, 3);
  assert.equal(history.waiting, 2);
});

test("afterwards the first epochs and ever fewer of the later ones come first, then what lies between", () => {
  const history = learned(50);
  history.trained(50);
  const order = taken(history, false);
  assert.deepEqual(order.slice(0, 7), [0, 1, 2, 4, 8, 16, 32]);
  // Of what is left each is as far from those that are known as any.
  assert.deepEqual(order.slice(7, 10), [41, 24, 12]);
  assert.deepEqual(
    [...order].sort((one, other) => one - other),
    Array.from({ length: 50 }, (_, epoch) => epoch),
    "the last is the run's own",
  );
});

test("with nobody to measure them only the first epochs are kept", () => {
  const history = learned(20);
  history.fewer();
  for (let epoch = 21; epoch <= 50; epoch += 1) history.snapshot({ epoch, network: network() });
  history.trained(50);
  assert.deepEqual(taken(history, false), [0, 1, 2, 4, 8, 16, 32]);
});

test("what was measured is found by its epoch, or the last before", () => {
  const history = learned(10);
  assert.equal(history.at(5), undefined);
  for (const epoch of [2, 6]) history.found(epoch, found(epoch));
  assert.deepEqual(history.measured, [2, 6]);
  const at = (epoch: number) => history.at(epoch)!.epoch;
  assert.deepEqual([0, 2, 5, 6, Infinity].map(at), [2, 2, 2, 6, 6]);
  const moment: Moment = history.at(6)!;
  assert.equal(moment.samples.labels.length, 10);
  assert.equal(moment.latents.data[0], 6);
  assert.equal(moment.samples.reconstructions.data[0], 6);
  assert.equal(history.made(3)!.reconstructions.data[0], 2);
  assert.deepEqual(history.images, { labels: [0, 0], positions: [0, 1] });
  assert.equal(
    history.at(2)!.samples.images,
    moment.samples.images,
    "the samples themselves are kept once",
  );
});

test("where training diverges, what is after the last good epoch is forgotten", () => {
  const history = learned(10);
  for (const epoch of [3, 7, 9]) history.found(epoch, found(epoch));
  history.trained(7);
  assert.deepEqual(history.measured, [3]);
  history.snapshot({ epoch: 8, network: network() });
  assert.ok(!taken(history, false).some((epoch) => epoch >= 7));
});

test("measured otherwise, the networks are the same and wait again", () => {
  const history = learned(4);
  for (const epoch of [0, 2]) history.found(epoch, found(epoch));
  history.add(4, samples(784, 4));
  history.trained(4);
  const again = history.again();
  assert.deepEqual(again.measured, []);
  assert.equal(again.waiting, 4);
  assert.deepEqual(again.known, [0, 2, 4], "what became of the samples is known");
  assert.equal(again.take(false)!.network, history.at(0)!.network);
});

test("what nobody measures gives its memory back", () => {
  const history = learned(9, 1000);
  history.found(4, found(4));
  history.end();
  assert.equal(history.waiting, 0);
  assert.deepEqual(history.known, [4]);
  const kept = History.of(history.moments);
  assert.deepEqual(kept.measured, [4]);
});
