/** The latents of an image as bars: on a base, or up and down, with spreads where there are some. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { latentBars } from "../../www/explorer/latent-bars";

const matrix = (...rows: number[][]) => ({
  shape: [rows.length, rows[0]!.length] as [number, number],
  data: Float32Array.from(rows.flat()),
});

/** Base and height of every bar, up is above 0. */
function drawn(path: string): [base: number, height: number][] {
  return [...path.matchAll(/M[\d.]+ ([\d.]+)v(-?[\d.]+)/g)].map(([, base, height]) => [
    Number(base),
    -Number(height),
  ]);
}

test("latents that are never negative stand on a base, the largest of all images as high as it goes", () => {
  const { bars, spreads, heights } = latentBars(matrix([0, 2], [4, 1]), 0, 2);
  assert.deepEqual([...heights], [0, 0.5]);
  assert.deepEqual(drawn(bars), [
    [1, 0.02],
    [1, 0.5],
  ]);
  assert.equal(spreads, "");
});

test("latents of either sign go up and down from the middle", () => {
  const { bars } = latentBars(matrix([-2, 1], [4, -1]), 0, 2);
  assert.deepEqual(drawn(bars), [
    [0.5, -0.25],
    [0.5, 0.125],
  ]);
});

test("spreads lie around the bars' ends, and all of it fits", () => {
  // The furthest mean and the widest spread, 3 + 1, are half the height.
  const { bars, spreads } = latentBars(matrix([3, -1]), 0, 2, Float32Array.of(0.5, 1));
  assert.deepEqual(drawn(bars), [
    [0.5, 0.375],
    [0.5, -0.125],
  ]);
  assert.equal(spreads, "M0.5 0.0625V0.1875M1.5 0.5V0.75");
});

test("without latents there are hairlines, as many as there will be", () => {
  const { bars, heights } = latentBars(undefined, 0, 3);
  assert.equal(drawn(bars).length, 3);
  assert.deepEqual([...heights], [0, 0, 0]);
});
