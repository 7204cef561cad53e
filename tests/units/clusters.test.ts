/** The clusters of a threshold, held against clustering that stops there. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Merge } from "../../www/report";
import { cut } from "../../www/views/clusters/cut";

/** Average linkage as it is defined: the two clusters of the least mean distance are joined, until it is too far. */
function joined(
  distance: (a: number, b: number) => number,
  pixels: readonly number[],
  most: number,
): { clusters: number[][]; merges: { a: number[]; b: number[]; distance: number }[] } {
  let clusters = pixels.map((pixel) => [pixel]);
  const merges: { a: number[]; b: number[]; distance: number }[] = [];
  const mean = (a: number[], b: number[]) =>
    a.flatMap((one) => b.map((other) => distance(one, other))).reduce((sum, each) => sum + each) /
    (a.length * b.length);
  while (clusters.length > 1) {
    let best = { a: [] as number[], b: [] as number[], distance: Infinity };
    for (const [at, a] of clusters.entries()) {
      for (const b of clusters.slice(at + 1)) {
        const found = mean(a, b);
        if (found < best.distance) best = { a, b, distance: found };
      }
    }
    if (best.distance > most) break;
    merges.push(best);
    clusters = [...clusters.filter((each) => each !== best.a && each !== best.b)];
    clusters.push([...best.a, ...best.b]);
  }
  return { clusters, merges };
}

/** Numbers that look random, the same every time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const PIXELS = 24;
/** They never change, and so have no distance. */
const STILL = [0, 7, 23];
const varying = Array.from({ length: PIXELS }, (_, at) => at).filter((at) => !STILL.includes(at));

function example(seed: number) {
  const next = random(seed);
  const all = Array.from({ length: PIXELS }, () => Array.from({ length: PIXELS }, next));
  const distance = (a: number, b: number) => (a < b ? all[a]![b]! : all[b]![a]!);
  const known = new Map(varying.map((pixel) => [`${[pixel]}`, pixel]));
  const key = (members: number[]) => `${[...members].sort((a, b) => a - b)}`;
  const merges = joined(distance, varying, Infinity).merges.map((each, at): Merge => {
    known.set(key([...each.a, ...each.b]), PIXELS + at);
    const [a, b] = [known.get(key(each.a))!, known.get(key(each.b))!].sort((x, y) => x - y);
    return { a: a!, b: b!, distance: each.distance };
  });
  return { distance, merges };
}

test("a cut has the clusters at which joining stops", () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const { distance, merges } = example(seed);
    for (const threshold of [0, 0.1, 0.25, 0.4, 0.5, 1]) {
      const { of, sizes, alone, still } = cut(merges, PIXELS, threshold);
      const wanted = joined(distance, varying, threshold).clusters;
      const several = wanted
        .filter(({ length }) => length > 1)
        .map((each) => [...each].sort((a, b) => a - b))
        .sort(([a], [b]) => a! - b!);
      const found = sizes.map((_, at) => [...of.keys()].filter((pixel) => of[pixel] === at + 1));
      assert.deepEqual(found, several, `seed ${seed}, threshold ${threshold}`);
      assert.deepEqual(
        sizes,
        several.map(({ length }) => length),
      );
      assert.equal(alone, wanted.filter(({ length }) => length === 1).length);
      assert.equal(still, STILL.length);
    }
  }
});

test("the threshold itself still joins, and without merges every pixel is still", () => {
  const merges = [
    { a: 1, b: 2, distance: 0.3 },
    { a: 3, b: 4, distance: 0.5 },
  ];
  assert.deepEqual([...cut(merges, 4, 0.3).of], [0, 1, 1, 0]);
  assert.deepEqual([...cut(merges, 4, 0.5).of], [0, 1, 1, 1]);
  assert.deepEqual(cut([], 3, 1), { of: new Uint32Array(3), sizes: [], alone: 0, still: 3 });
});
