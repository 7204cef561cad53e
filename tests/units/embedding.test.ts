/**
 * t-SNE and UMAP of the encoded space. `cargo xtask test units` says in the environment where the
 * site with the wasm package is.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { type Arrange, FEWEST } from "../../www/embedding/arrange";
import { embed, MOST, Refusal } from "../../www/embedding/embed";
import type { Method, TsneModule } from "../../www/embedding/messages";
import { tsneOf } from "../../www/embedding/tsne";
import { umap } from "../../www/embedding/umap";
import type { Matrix } from "../../www/report";
import { latents, trustworthiness } from "./latents";

const DIST = env.DIST;
if (!DIST) throw new Error("DIST is not set: run the tests with `cargo xtask test units`");

const module = (await import(pathToFileURL(join(DIST, "tsne.js")).href)) as TsneModule;
await module.default({ module_or_path: new Uint8Array(readFileSync(join(DIST, "tsne_bg.wasm"))) });

const ARRANGE: Record<Method, Arrange> = { tsne: tsneOf(module), umap };
const METHODS = Object.keys(ARRANGE) as Method[];

interface Answer {
  version: string;
  neighbours: number;
  sets: {
    name: string;
    images: number;
    dims: number;
    classes: number;
    seed: number;
    last_row: number[];
    tsne: number;
    umap: number;
    principal_components: number;
  }[];
}
const recorded = JSON.parse(readFileSync("tests/oracle/embedding.json", "utf8")) as Answer;

function project(method: Method, latents: Matrix, seed = 1, step = () => {}) {
  return embed({ method, latents, seed }, async () => ARRANGE[method], step);
}

function assertFramed(coordinates: Float32Array) {
  let largest = 0;
  const sums = [0, 0];
  for (const [i, value] of coordinates.entries()) {
    largest = Math.max(largest, Math.abs(value));
    sums[i % 2]! += value;
  }
  assert.equal(largest, 1);
  for (const sum of sums) assert.ok(Math.abs(sum) < 1e-6 * coordinates.length, `sum ${sum}`);
}

for (const method of METHODS) {
  for (const { name, images, dims, classes, seed, ...answer } of recorded.sets) {
    test(`${method} keeps neighbourhoods as well as the reference, ${name}`, async (context) => {
      const data = latents(images, dims, classes, seed);
      const last = data.data.slice(-dims);
      for (const [j, value] of answer.last_row.entries()) {
        assert.ok(Math.abs(last[j]! - value) < 1e-4, "the data are not the recorded ones");
      }
      const coordinates = await project(method, data);
      assertFramed(coordinates);
      const kept = trustworthiness(data, coordinates, recorded.neighbours);
      context.diagnostic(`trustworthiness ${kept.toFixed(4)}, reference ${answer[method]}`);
      assert.ok(kept > answer[method] - 0.01, `${kept} against ${answer[method]}`);
      assert.ok(kept > answer.principal_components + 0.02, "no better than where it started");
    });
  }

  test(`${method} keeps classes apart that are apart`, async () => {
    const data = latents(300, 12, 3, 5);
    const coordinates = await project(method, data);
    let same = 0;
    for (let i = 0; i < 300; i++) {
      let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
      for (let j = 0; j < 300; j++) {
        const distance = Math.hypot(
          coordinates[2 * i]! - coordinates[2 * j]!,
          coordinates[2 * i + 1]! - coordinates[2 * j + 1]!,
        );
        if (i !== j && distance < least) [nearest, least] = [j, distance];
      }
      if (nearest % 3 === i % 3) same++;
    }
    assert.ok(same >= 297, `${same} of 300 have a neighbour of their own class`);
  });

  test(`${method} gives the same for the same seed, and not for another`, async () => {
    const data = latents(60, 5, 2, 3);
    const first = await project(method, data, 7);
    assert.deepEqual(await project(method, data, 7), first);
    assert.notDeepEqual(await project(method, data, 8), first);
  });

  test(`${method} tells every epoch, the start first and the result last`, async () => {
    const data = latents(30, 4, 2, 1);
    const told: number[] = [];
    let [latest, all]: [Float32Array | undefined, number] = [undefined, 0];
    const load = async () => ARRANGE[method];
    const coordinates = await embed(
      { method, latents: data, seed: 1 },
      load,
      (points, done, total) => {
        assert.equal(points.length, 60);
        told.push(done);
        [latest, all] = [points, total];
      },
    );
    assert.deepEqual(told, [...Array(all + 1).keys()]);
    assert.deepEqual(latest, coordinates);
  });

  test(`${method} places any number of images`, async () => {
    for (const images of [1, 2, 3, FEWEST - 1, FEWEST, FEWEST + 1, 15, 16, 17]) {
      const coordinates = await project(method, latents(images, 12, 2, images));
      assert.equal(coordinates.length, 2 * images);
      if (images === 1) assert.deepEqual([...coordinates], [0, 0]);
      else assertFramed(coordinates);
    }
  });

  test(`${method} leaves images that are all alike where they are`, async () => {
    for (const value of [0, 0.1]) {
      const data = { shape: [40, 3], data: new Float32Array(120).fill(value) } satisfies Matrix;
      assert.deepEqual(await project(method, data), new Float32Array(80));
    }
  });

  test(`${method} copes with images that are mostly alike`, async () => {
    for (const alike of [100, 290, 299]) {
      const data = latents(300, 6, 2, 4);
      data.data.fill(0, 0, alike * 6);
      assertFramed(await project(method, data));
    }
  });

  test(`${method} leaves the line on which latents of one dimension lie`, async () => {
    const coordinates = await project(method, latents(100, 1, 1, 6));
    assertFramed(coordinates);
    const height = Math.max(...coordinates.filter((_, i) => i % 2 === 1).map(Math.abs));
    assert.ok(height > 0.05, `${height}`);
  });

  test(`${method} does not mind how large latents are`, async () => {
    for (const scale of [1e-12, 1e12]) {
      const data = latents(50, 4, 2, 8);
      assertFramed(await project(method, { ...data, data: data.data.map((x) => scale * x) }));
    }
  });
}

test("principal components are those of a literal computation", async () => {
  // Along (0.6, 0.8) by 5 and -5, across by 1 and -1: nothing else varies.
  const data = Float32Array.of(3, 4, 0, -3, -4, 0, -0.8, 0.6, 0, 0.8, -0.6, 0);
  const coordinates = await project("tsne", { shape: [4, 3], data });
  const expected = [1, 0, -1, 0, 0, 0.2, 0, -0.2];
  const [x, y] = [Math.sign(coordinates[0]!), Math.sign(coordinates[5]!)];
  for (const [i, value] of coordinates.entries()) {
    assert.ok(Math.abs(value - expected[i]! * [x, y][i % 2]!) < 1e-6, `${coordinates}`);
  }
});

test("what cannot be projected is refused in a sentence that says why", async () => {
  const broken = (place: number, value: number): Matrix => {
    const { shape, data } = latents(20, 4, 2, 1);
    data[place] = value;
    return { shape, data };
  };
  const cases: [Matrix, RegExp][] = [
    [{ shape: [0, 4], data: new Float32Array(0) }, /^There are no latents .* choose a class/],
    [{ shape: [4, 0], data: new Float32Array(0) }, /at least one dimension\.$/],
    [{ shape: [4, 4], data: new Float32Array(15) }, /15 numbers, .* 4 images of 4 dimensions/],
    [{ shape: [MOST + 1, 1], data: new Float32Array(MOST + 1) }, /15,001 images .* fewer classes/],
    [broken(6, Number.NaN), /^Image 2 .* in dimension 3: train/],
    [broken(79, -Infinity), /^Image 20 .* in dimension 4: train/],
  ];
  for (const [data, message] of cases) {
    await assert.rejects(project("umap", data), (error: Error) => {
      assert.ok(error instanceof Refusal);
      assert.match(error.message, message);
      assert.match(error.message, /\.$/);
      return true;
    });
  }
});
