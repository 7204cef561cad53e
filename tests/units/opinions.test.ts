/** What is said of second opinions, the fair test and clusters. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Attribution, FairTest, Filler, Report } from "../../www/report";
import { turned } from "../../www/views/clusters/preview";
import { columnWords, cutWords, sharedWords } from "../../www/views/clusters/words";
import { procedure, verdict } from "../../www/views/fair-test/verdict";

const FILLERS: Filler[] = ["mean", "zero", "donor"];

/** A fair test of dimensions by the areas that each method has with each filler. */
function fairTest(
  areas: Partial<Record<Attribution, (number | null)[][]>>,
  winners: (Attribution | null)[],
): FairTest {
  const scores = Object.entries(areas).flatMap(([method, of]) =>
    FILLERS.map((filler, at) => ({
      method: method as Attribution,
      filler,
      curves: { shape: [winners.length, 1] as [number, number], data: new Float32Array(1) },
      area: of.map((each) => each[at]!),
      std_error: of.map(() => 0.01),
    })),
  );
  return { ordered_by: 160, measured_on: 161, shares: [0, 1], scores, winners };
}

test("a winner is named, and one that needs no network as well", () => {
  const areas = { permutation: [[0.5, 0.6, 0.7]], variance: [[0.1, 0.1, 0.1]] };
  assert.deepEqual(verdict(fairTest(areas, ["permutation"]), 0), [
    "Permutation (V) finds the pixels that move dimension 1 first: whatever replaces them, it is ahead of every other method, and of a random order, by more than two standard errors of the difference.",
  ]);
  assert.match(
    verdict(fairTest(areas, ["variance"]), 0)[0]!,
    /^2 · Var\(pixel\) .* So no map says/,
  );
});

test("where nobody wins, it says so, and who comes first with what", () => {
  const areas = {
    permutation: [
      [0.5, 0.6, 0.7],
      [null, null, null],
      [0.2, 0.2, 0.2],
    ],
    "occlusion-zero": [
      [0.4, 0.9, 0.6],
      [null, null, null],
      [0.1, 0.1, 0.1],
    ],
  };
  const found = fairTest(areas, [null, null, "permutation"]);
  assert.deepEqual(verdict(found, 0), [
    "They cannot be told apart here: for dimension 1, no method is ahead of all others by more than two standard errors with every filler. Though not clearly, permutation (V) is ahead where pixels are replaced by their mean and another image, and occlusion by 0 where by 0.",
    "Of the 2 dimensions that vary, permutation (V) wins 1; 1 has no winner.",
  ]);
  assert.match(verdict(found, 1)[0]!, /^Dimension 2 is the same in all images/);
  assert.match(procedure(found), /in order on 160 images; .* of 161 other images are replaced/);
});

test("clusters are counted, and columns of a table named", () => {
  const cut = { of: Uint32Array.of(1, 1, 0, 2, 2, 2), sizes: [2, 3], alone: 1, still: 0 };
  assert.equal(
    cutWords(cut, "pixel"),
    "2 clusters of two pixels or more, the largest of 3; 1 pixel stands alone.",
  );
  assert.deepEqual(columnWords(cut, ["a", "b", "c", "d", "e", "f"]), ["d, e and f", "a and b"]);
  const none = { of: new Uint32Array(4), sizes: [], alone: 3, still: 1 };
  assert.equal(
    cutWords(none, "column"),
    "No two columns belong together; 3 columns stand alone, 1 never changes.",
  );
});

test("a group's credit is held against its pixels' own", () => {
  const report = (together: number) =>
    ({
      groups: {
        grouping: { names: ["left", "right"], of: [1, 1, 2, 0] },
        importance: { mean: { shape: [2, 1], data: Float32Array.of(together, 0.25) } },
      },
      pixel_importance: {
        repeats: 1,
        mean: { shape: [4, 1], data: Float32Array.of(1, 1, 0.25, 5) },
      },
    }) as unknown as Partial<Report>;
  assert.equal(
    sharedWords(report(4), 0),
    "Dimension 1 is moved most by left (2 pixels). Shuffled together its pixels come to 4.00, 2.00 times what they come to one at a time: they share their credit.",
  );
  assert.match(sharedWords(report(0.5), 0), / 0\.250 times .*: they partly cancel\.$/);
  // A single pixel shares with nobody.
  assert.equal(sharedWords(report(0.125), 0), "");
});

test("clusters are drawn as the maps are turned and mirrored", () => {
  const image = { width: 3, height: 2 };
  const rows = (how: Partial<Parameters<typeof turned>[0]>) => {
    const { width, height, source } = turned({
      ...{ image, rotate: 0, flip_horizontal: false, flip_vertical: false },
      ...how,
    });
    return Array.from({ length: height }, (_, row) =>
      Array.from({ length: width }, (_, column) => source(column, row)).join(""),
    );
  };
  assert.deepEqual(rows({}), ["012", "345"]);
  assert.deepEqual(rows({ rotate: 90 }), ["30", "41", "52"]);
  assert.deepEqual(rows({ rotate: 180 }), ["543", "210"]);
  assert.deepEqual(rows({ rotate: 270 }), ["25", "14", "03"]);
  assert.deepEqual(rows({ rotate: 90, flip_horizontal: true }), ["03", "14", "25"]);
  assert.deepEqual(rows({ flip_vertical: true }), ["345", "012"]);
});
