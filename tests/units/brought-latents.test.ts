/** Whose latents are whose, where they were made elsewhere of images that are read here. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ClassImages } from "../../www/engine/messages";
import { placesAmong } from "../../www/model/latents";

function set(label: number, of: [file: number, place: number][], more: Partial<ClassImages> = {}) {
  return {
    label,
    name: `${label}`,
    bytes: new Uint8Array(),
    files: ["b", "a"],
    file: Uint32Array.from(of, ([file]) => file),
    place: Uint32Array.from(of, ([, place]) => place),
    ...more,
  } satisfies ClassImages;
}

const data = (files: string[], counts: number[] = [], unlabelled = 0) => ({
  classes: counts.map((count, label) => ({ label, name: `${label}`, count })),
  unlabelled,
  source: { files },
});

test("latents follow the images through their files, as they do in the terminal", () => {
  // The same as the test of `places_among_all` in Rust.
  const [first, second] = [
    set(0, [
      [1, 0],
      [0, 1],
    ]),
    set(1, [
      [0, 0],
      [1, 3],
    ]),
  ];
  const files = data(["a", "b"]);
  assert.deepEqual(placesAmong([first, second], [first, second], files), [0, 3, 2, 1]);
  // Of some classes alone they keep the places that they have among all.
  assert.deepEqual(placesAmong([first, second], [second], files), [2, 1]);
  // Where files have other names, class by class.
  assert.deepEqual(placesAmong([first, second], [second, first], data(["c"])), [2, 3, 0, 1]);
});

test("without places latents go class by class, and sets of a class by what they are for", () => {
  const plain = (label: number, role?: ClassImages["role"]): ClassImages => ({
    label,
    name: `${label}`,
    bytes: new Uint8Array(),
    ...(role && { role }),
  });
  const [zero, one] = [plain(0), plain(1)];
  assert.deepEqual(placesAmong([zero, one], [one], data([], [3, 2])), [3, 4]);
  const apart = {
    ...data([]),
    classes: [{ label: 0, name: "0", count: 3, explained: 1 }],
    unlabelled: 2,
  };
  const all = [plain(0, "training"), plain(0, "explained"), plain(0, "unlabelled")];
  assert.deepEqual(placesAmong(all, [all[1]!, all[2]!], apart), [2, 3, 4]);
  // Images that a page gives are of one array, which has no name.
  const given = [
    set(0, [
      [0, 2],
      [0, 0],
    ]),
    set(1, [[0, 1]]),
  ].map(({ files: _, ...each }) => each);
  assert.deepEqual(placesAmong(given, given, data(["digits"])), [2, 0, 1]);
});
