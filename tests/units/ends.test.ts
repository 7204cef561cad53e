/** The images at the ends of a dimension, held against sorting them all. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { EACH, endsOf } from "../../www/explorer/ends/extremes";

const matrix = (values: readonly number[]) => ({
  shape: [values.length, 2] as [number, number],
  data: Float32Array.from(values.flatMap((value) => [-1, value])),
});

/** Numbers with many equals among them. */
const many = (images: number) =>
  Array.from({ length: images }, (_, at) => (Math.imul(at + 1, 2654435761) >>> 0) % 97);

test("nine of each end, of equals the first, as sorting has them", () => {
  for (const images of [10, 18, 500, 60_000]) {
    const values = many(images);
    const order = (sign: number) =>
      [...values.keys()].sort((a, b) => sign * (values[b]! - values[a]!) || a - b).slice(0, EACH);
    const { largest, smallest } = endsOf(matrix(values), 1)!;
    for (const [end, sign] of [
      [largest, 1],
      [smallest!, -1],
    ] as const) {
      assert.deepEqual(end.images, order(sign));
      assert.deepEqual(
        end.values,
        end.images.map((image) => values[image]!),
      );
      assert.equal(end.last, values.filter((value) => value === end.values.at(-1)).length);
    }
  }
});

test("few images are shown once, equal ones are no ends, and none are nothing", () => {
  assert.deepEqual(endsOf(matrix([3, 1, 2]), 1), {
    largest: { images: [0, 2, 1], values: [3, 2, 1], last: 1 },
  });
  const alike = endsOf(matrix(Array.from({ length: 30 }, () => 0.5)), 1)!;
  assert.equal(alike.smallest, undefined);
  assert.deepEqual([alike.largest.last, alike.largest.images], [30, [0, 1, 2, 3, 4, 5, 6, 7, 8]]);
  assert.equal(endsOf(matrix([]), 1), undefined);
});
