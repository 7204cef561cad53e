/** Which images are shown as the best and the worst of their class. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  extremes,
  lookedThrough,
  meanSquare,
  MOST,
  perClass,
  type Rebuilt,
} from "../../www/views/reconstructions/extremes";
import { chosenWords } from "../../www/views/reconstructions/words";

const rebuilt = (errors: Record<number, number[]>): Rebuilt[] => {
  let image = 0;
  return Object.entries(errors).flatMap(([label, all]) =>
    all.map((error) => ({ image: image++, label: Number(label), error })),
  );
};

test("of each class come the smallest errors, then the largest, in the classes' order", () => {
  const all = rebuilt({ 3: [0.4, 0.1, 0.9, 0.2, 0.6], 7: [5, 4, 3, 2, 1] });
  assert.deepEqual(
    extremes(all, [7, 3], 2).map(({ error }) => error),
    [1, 2, 4, 5, 0.1, 0.2, 0.6, 0.9],
  );
  assert.deepEqual(
    extremes(all, [3], 1).map(({ image }) => image),
    [1, 2],
  );
});

test("no image is shown twice, and a class without any is left out", () => {
  const all = rebuilt({ 0: [3, 1, 2], 1: [1] });
  assert.deepEqual(
    extremes(all, [0, 1, 2], 2).map(({ error }) => error),
    [1, 2, 3, 1],
  );
});

test("all are looked through where they are not too many, else so many at equal distances", () => {
  assert.deepEqual(lookedThrough(3), [0, 1, 2]);
  assert.deepEqual(lookedThrough(0), []);
  const some = lookedThrough(60_000);
  assert.equal(some.length, MOST);
  assert.deepEqual(some.slice(0, 3), [0, 12, 24]);
  assert.equal(new Set(some).size, MOST);
  assert.ok(some.at(-1)! < 60_000);
});

test("two hundred classes have one of each kind, few have more", () => {
  assert.deepEqual([1, 4, 5, 12, 13, 200].map(perClass), [3, 3, 2, 2, 1, 1]);
});

test("the error is the mean of the squared differences", () => {
  assert.equal(meanSquare(Float32Array.of(0, 1, 2), Float32Array.of(0, 0, 4)), 5 / 3);
});

test("it is said which images are shown, and of how many", () => {
  const chosen = { classes: 2, each: 3, shown: 12, through: 321, all: 321 };
  assert.equal(
    chosenWords(chosen),
    "Of each class the 3 images rebuilt with the smallest error, then the 3 images rebuilt with the largest, of all 321 explained images.",
  );
  assert.equal(
    chosenWords({ classes: 1, each: 1, shown: 2, through: 5000, all: 60_000 }),
    "The image rebuilt with the smallest error, then the image rebuilt with the largest, of 5,000 of the 60,000 explained images, taken at equal distances.",
  );
  assert.match(
    chosenWords({ ...chosen, shown: 10 }),
    /largest \(all of a class that has no more\), of/,
  );
  assert.equal(
    chosenWords({ ...chosen, shown: 8, through: 8, all: 8 }),
    "All 8 explained images, class by class, in the order of their error.",
  );
});
