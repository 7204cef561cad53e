/** What is kept of a training, to be looked at again. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Report } from "../../www/report";
import { Epochs } from "../../www/run/epochs";

type Samples = NonNullable<Report["samples"]>;

function samples(pixels: number, value: number): Samples {
  const matrix = (columns: number) => ({
    shape: [10, columns] as [number, number],
    data: new Float32Array(10 * columns).fill(value),
  });
  const labels = new Array<number>(10).fill(0);
  return { labels, images: matrix(pixels), latents: matrix(12), reconstructions: matrix(pixels) };
}

test("every epoch is kept while there is room", () => {
  const epochs = new Epochs();
  for (let epoch = 1; epoch <= 50; epoch += 1) epochs.add(epoch, samples(784, epoch));
  assert.equal(epochs.known.length, 50);
  assert.equal(epochs.at(7)!.reconstructions.data[0], 7);
  assert.deepEqual(
    Object.keys(epochs.at(7)!),
    ["latents", "reconstructions"],
    "images are not kept",
  );
});

test("where epochs become too many, the memory stays and they lie further apart", () => {
  const epochs = new Epochs();
  for (let epoch = 1; epoch <= 5000; epoch += 1) epochs.add(epoch, samples(784, epoch));
  const { known } = epochs;
  const step = known[1]! - known[0]!;
  assert.ok(known.length > 100 && known.length * (784 + 12) * 10 <= 2e6, `${known.length}`);
  assert.ok(
    known.every((epoch) => epoch % step === 0 && epochs.at(epoch)!.latents.data[0] === epoch),
  );
  assert.equal(epochs.at(1), undefined);
});
