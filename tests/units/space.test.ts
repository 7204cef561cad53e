/** The tools of the encoded space: windows, lassos, searching, neighbours, differences, components. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { principalComponents } from "../../www/embedding/principal";
import { uniform } from "../../www/embedding/random";
import type { Encoded, Matrix } from "../../www/report";
import { chosenCsv } from "../../www/views/space/csv";
import { differences } from "../../www/views/space/difference";
import { isInside, type Point, surrounded, together } from "../../www/views/space/lasso";
import { meanOf } from "../../www/views/space/mean";
import { nearest } from "../../www/views/space/neighbours";
import { search } from "../../www/views/space/search";
import { inSlices } from "../../www/views/space/slices";
import { centred, dragged, MOST, type Plane, stepped, zoomed } from "../../www/views/space/window";
import { latents } from "./latents";

const NOBODY = new AbortController().signal;

function matrix(rows: number[][]): Matrix {
  return { shape: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) };
}

function close(actual: number, expected: number, off = 1e-6): void {
  assert.ok(Math.abs(actual - expected) <= off, `${actual} is not ${expected}`);
}

// Windows

const PLANE: Plane = {
  x: 50,
  y: 20,
  width: 400,
  height: 200,
  window: [
    [0, 10],
    [-1, 1],
  ],
  whole: [
    [0, 10],
    [-1, 1],
  ],
};

test("zooming keeps the place under the pointer where it is", () => {
  // A quarter from the left, three quarters up: the place (2.5, 0.5).
  const at: Point = [150, 70];
  const window = zoomed(PLANE, 2, at)!;
  const [[left, right], [low, high]] = window;
  close(right - left, 5);
  close(high - low, 1);
  close((2.5 - left) / (right - left), 0.25);
  close((0.5 - low) / (high - low), 0.75);
  // And back again to the whole.
  assert.equal(zoomed({ ...PLANE, window }, 0.5, at), undefined);
  assert.deepEqual(zoomed(PLANE, 2), [
    [2.5, 7.5],
    [-0.5, 0.5],
  ]);
});

test("a window stays within the whole, and no smaller than numbers can tell", () => {
  assert.equal(zoomed(PLANE, 0.3), undefined, "never larger than the whole");
  let plane = PLANE;
  for (let step = 0; step < 40; step += 1) plane = { ...plane, window: zoomed(plane, 1.5)! };
  close((plane.window[0][1] - plane.window[0][0]) * MOST, 10);
  // Dragged far to the right, what is seen ends at the left edge.
  const half = { ...PLANE, window: zoomed(PLANE, 2)! };
  assert.deepEqual(dragged(half, 10_000, 0), [
    [0, 5],
    [-0.5, 0.5],
  ]);
  assert.deepEqual(dragged(half, 0, -10_000), [
    [2.5, 7.5],
    [-1, 0],
  ]);
  const [[left], [, high]] = centred(half, [9, 0.9])!;
  close(left, 5);
  close(high, 1);
});

test("dragging moves what is seen with the pointer, and a key goes the way of its arrow", () => {
  const half = { ...PLANE, window: zoomed(PLANE, 2)! };
  // 40 of 400 pixels are a tenth of 5, 20 of 200 a tenth of 1.
  const [[left], [low]] = dragged(half, 40, 20)!;
  close(left, 2);
  close(low, -0.4);
  const [[right], [up]] = stepped(half, 1, 1)!;
  assert.ok(right > 2.5 && up > -0.5);
});

// Lassos

test("a point is inside a line that runs around it, whatever its shape", () => {
  const square: Point[] = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  assert.ok(isInside(5, 5, square));
  for (const [x, y] of [
    [-1, 5],
    [11, 5],
    [5, -1],
    [5, 11],
  ] as const)
    assert.ok(!isInside(x, y, square));
  // A U: its notch is outside.
  const letter: Point[] = [
    [0, 0],
    [3, 0],
    [3, 6],
    [7, 6],
    [7, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  assert.ok(isInside(1, 2, letter) && isInside(9, 2, letter) && isInside(5, 8, letter));
  assert.ok(!isInside(5, 2, letter));
  assert.ok(!isInside(1, 1, []));
});

test("inside a circle is what is nearer to its middle than its radius", () => {
  const random = uniform(3);
  const circle = Array.from({ length: 720 }, (_, at): Point => {
    const turn = (at / 360) * Math.PI;
    return [50 + 30 * Math.cos(turn), 40 + 30 * Math.sin(turn)];
  });
  const points = Float32Array.from({ length: 4000 }, () => 100 * random());
  points[0] = NaN;
  const found = new Set(surrounded(points, circle));
  for (let image = 0; image < 2000; image += 1) {
    const far = Math.hypot(points[2 * image]! - 50, points[2 * image + 1]! - 40);
    if (Math.abs(far - 30) < 0.01) continue;
    assert.equal(found.has(image), far < 30, `image ${image} at ${far}`);
  }
});

test("what is added to a choice is in it once, in order", () => {
  const both = together(Uint32Array.of(2, 30, 100), Uint32Array.of(4, 30, 9));
  assert.deepEqual([...both], [2, 4, 9, 30, 100]);
});

// Searching

const ENCODED: Encoded = {
  labels: [0, 0, 7, 7, 7],
  positions: [85, 99, 6, 85, 99],
  files: ["mnist/0.npz", "sevens.npz"],
  file: [0, 0, 1, 1, 1],
  place: [85, 99, 6, 3, 99],
  latents: matrix([[0], [1], [2], [3], [4]]),
};

test("images are found by class, by file and by their number in either", () => {
  const name = (label: number) => (label === 7 ? "Ankle boot" : `${label}`);
  const found = (text: string) => [...search(text, ENCODED, name)];
  assert.deepEqual(found(""), []);
  assert.deepEqual(found("boot"), [2, 3, 4]);
  assert.deepEqual(found("ANKLE boot 86"), [3]);
  assert.deepEqual(found("100"), [1, 4], "its number in class or file");
  assert.deepEqual(found("sevens.npz 4"), [3]);
  assert.deepEqual(found("sevens 7"), [2]);
  assert.deepEqual(found("0 86")[0], 0);
  assert.deepEqual(found("boot trouser"), []);
  // The class 7 of the digits, of which the seventh image is asked for.
  const digits = (label: number) => `${label}`;
  assert.deepEqual([...search("7 7", ENCODED, digits)], [2]);
  assert.deepEqual([...search("7", ENCODED, digits)].slice(0, 3), [2, 3, 4]);
  // The class 86 comes before the images of that number.
  const odd = (label: number) => (label === 7 ? "86" : "0");
  assert.deepEqual([...search("86", ENCODED, odd)].slice(-1), [0]);
});

test("without files images are found by class and number", () => {
  const bare = { ...ENCODED, files: [], file: [], place: [] };
  assert.deepEqual([...search("7 86", bare, String)], [3]);
  assert.deepEqual([...search("npz", bare, String)], []);
});

// Neighbours

test("the nearest images are those of a search through all distances", async () => {
  const data = latents(400, 12, 5, 2);
  const [, dims] = data.shape;
  for (const of of [0, 57, 399]) {
    const distances = Array.from({ length: 400 }, (_, image) => {
      const squares = Array.from(
        { length: dims },
        (_, dim) => (data.data[image * dims + dim]! - data.data[of * dims + dim]!) ** 2,
      );
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
    });
    const order = [...distances.keys()].filter((image) => image !== of);
    order.sort((a, b) => distances[a]! - distances[b]! || a - b);
    const found = await inSlices(nearest(data, of, 10), NOBODY);
    assert.deepEqual(
      found.map(({ image }) => image),
      order.slice(0, 10),
    );
    for (const { image, distance } of found) close(distance, distances[image]!);
  }
});

test("equals come in their order, and few images have few neighbours", async () => {
  const near = async (rows: number[][], of: number, count: number) =>
    (await inSlices(nearest(matrix(rows), of, count), NOBODY)).map(({ image }) => image);
  assert.deepEqual(await near([[0], [1], [-1], [1], [0]], 0, 3), [4, 1, 2]);
  assert.deepEqual(await near([[0], [1]], 1, 5), [0]);
  assert.deepEqual(await near([[0]], 0, 5), []);
  assert.deepEqual(await near([[0], [NaN], [2]], 0, 5), [2], "one without a place is nobody's");
});

test("a search through many images lets the page go on, and ends when it is told to", async (t) => {
  const many: Matrix = { shape: [60_000, 64], data: new Float32Array(60_000 * 64).fill(0.5) };
  // However fast the machine is, a look at the clock finds it a millisecond later.
  let now = 0;
  t.mock.method(performance, "now", () => (now += 1));
  const ended = new AbortController();
  let told = 0;
  const found = inSlices(nearest(many, 0, 5), ended.signal, () => {
    told += 1;
    ended.abort(new Error("enough"));
  });
  await assert.rejects(found, /enough/);
  assert.equal(told, 1);
  await assert.rejects(inSlices(nearest(many, 0, 5), ended.signal), /enough/, "before it began");
});

// What chosen images share

test("differences of means are in pooled standard deviations", () => {
  // By hand. Dimension 1: means 3 and 1, squares about them 2 and 2, pooled √(4 / 3).
  // Dimension 2: the same everywhere. Dimension 3: 5 for the chosen, 4 for the rest, and neither varies.
  const data = matrix([
    [2, 7, 5],
    [0, 7, 4],
    [4, 7, 5],
    [1, 7, 4],
    [2, 7, 4],
  ]);
  const found = differences(data, Uint32Array.of(0, 2));
  assert.deepEqual(
    found.map(({ dim }) => dim),
    [2, 0, 1],
  );
  assert.deepEqual(found[0], { dim: 2, chosen: 5, rest: 4, standardised: Infinity });
  close(found[1]!.chosen, 3);
  close(found[1]!.rest, 1);
  close(found[1]!.standardised, 2 / Math.sqrt(4 / 3));
  assert.equal(found[2]!.standardised, 0);
  // The other way round is the same with the other sign.
  const rest = differences(data, Uint32Array.of(1, 3, 4));
  close(rest[1]!.standardised, -2 / Math.sqrt(4 / 3));
});

test("there is nothing to compare where all images are chosen, or none", () => {
  const data = matrix([[1], [2]]);
  assert.deepEqual(differences(data, Uint32Array.of(0, 1)), []);
  assert.deepEqual(differences(data, new Uint32Array()), []);
  assert.equal(differences(data, Uint32Array.of(0))[0]!.standardised, -Infinity);
});

test("the mean of images is taken pixel by pixel", async () => {
  const subject = async (image: number) => ({
    label: 0,
    image,
    pixels: Float32Array.of(image, 1),
    latents: new Float32Array(),
  });
  assert.deepEqual(await meanOf(Uint32Array.of(1, 2, 6), subject, NOBODY), Float32Array.of(3, 1));
  assert.equal(await meanOf(Uint32Array.of(1), async () => undefined, NOBODY), undefined);
});

test("chosen images go out by the names and numbers that people know", () => {
  const name = (label: number) => (label ? 'a, "b"' : "0");
  const encoded = {
    ...ENCODED,
    latents: matrix([
      [0.1, 1],
      [0, 0],
      [1 / 3, -2.5e-12],
      [0, 0],
      [0, 0],
    ]),
  };
  assert.equal(
    chosenCsv(encoded, Uint32Array.of(0, 2), name),
    "class,class_place,file,file_place,dim_1,dim_2\n" +
      "0,86,mnist/0.npz,86,0.1,1\n" +
      '"a, ""b""",7,sevens.npz,7,0.33333334,-2.5e-12\n',
  );
  assert.equal(
    chosenCsv({ ...encoded, files: [], file: [], place: [] }, Uint32Array.of(1), name),
    "class,class_place,file,file_place,dim_1,dim_2\n0,100,,,0,0\n",
  );
});

// Principal components

test("the components of two columns are those of the formula", () => {
  // Covariance [[a, b], [b, c]]: eigenvalues (a + c)/2 ± √(((a − c)/2)² + b²).
  const random = uniform(5);
  const rows = Array.from({ length: 200 }, () => {
    const x = random();
    return [3 * x, x + random()];
  });
  const data = matrix(rows);
  const { scores, shares } = principalComponents(data);
  const stored = rows.map((_, i) => [data.data[2 * i]!, data.data[2 * i + 1]!] as const);
  const mean = [0, 1].map((j) => stored.reduce((sum, row) => sum + row[j]!, 0) / 200);
  const product = (i: 0 | 1, j: 0 | 1) =>
    stored.reduce((sum, row) => sum + (row[i] - mean[i]!) * (row[j] - mean[j]!), 0);
  const [a, b, c] = [product(0, 0), product(0, 1), product(1, 1)];
  const root = Math.sqrt(((a - c) / 2) ** 2 + b * b);
  const first = (a + c) / 2 + root;
  close(shares[0], first / (a + c), 1e-12);
  close(shares[0] + shares[1], 1, 1e-12);
  const length = Math.hypot(first - c, b);
  const direction = [(first - c) / length, b / length];
  for (const [i, row] of stored.entries()) {
    const score = direction.reduce((sum, part, j) => sum + part * (row[j]! - mean[j]!), 0);
    close(scores[2 * i]!, score, 1e-9);
  }
});

test("variances that are nearly the same are told apart", () => {
  // Four rows along each of three axes: variances in the proportions 1 : 1.0002 : 0.5.
  const rows = [1, Math.sqrt(1.0002), Math.sqrt(0.5)].flatMap((length, axis) =>
    [length, -length].map((value) => [0, 1, 2].map((each) => (each === axis ? value : 0))),
  );
  const { scores, shares } = principalComponents(matrix(rows));
  close(shares[0], 1.0002 / 2.5002, 1e-6);
  close(shares[1], 1 / 2.5002, 1e-6);
  close(Math.abs(scores[2 * 2]!), Math.sqrt(1.0002), 1e-6);
  close(scores[2 * 2 + 1]!, 0, 1e-6);
  close(Math.abs(scores[1]!), 1, 1e-6);
});

test("scores vary as much as their share says, and not together", () => {
  const data = latents(500, 20, 6, 4);
  const { scores, shares } = principalComponents(data);
  const [rows, columns] = data.shape;
  let total = 0;
  for (let j = 0; j < columns; j += 1) {
    let mean = 0;
    for (let i = 0; i < rows; i += 1) mean += data.data[i * columns + j]! / rows;
    for (let i = 0; i < rows; i += 1) total += (data.data[i * columns + j]! - mean) ** 2;
  }
  let [first, second, both] = [0, 0, 0];
  for (let i = 0; i < rows; i += 1) {
    const [x, y] = [scores[2 * i]!, scores[2 * i + 1]!];
    [first, second, both] = [first + x * x, second + y * y, both + x * y];
  }
  close(first / total, shares[0], 1e-9);
  close(second / total, shares[1], 1e-9);
  close(both / total, 0, 1e-9);
  assert.ok(shares[0] >= shares[1] && shares[0] + shares[1] < 1);
});

test("what does not vary has no components, and one column has one", () => {
  const still = principalComponents(
    matrix([
      [2, 2],
      [2, 2],
    ]),
  );
  assert.deepEqual([...still.scores, ...still.shares], [0, 0, 0, 0, 0, 0]);
  const line = principalComponents(matrix([[1], [2], [3]]));
  assert.deepEqual([...line.scores], [-1, 0, 0, 0, 1, 0]);
  assert.deepEqual(line.shares, [1, 0]);
});
