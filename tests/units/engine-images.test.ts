/** Images and labels of programs on their way to the engine. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { readIdx, writeIdx } from "../../www/data/idx";
import { byClass, fromIdx, type Images } from "../../www/engine-api/images";
import { natural, numbered } from "../../www/engine-api/labels";

/** So many images of 1 × 2 pixels that carry their number. */
function images(count: number, labels?: Images["labels"], first = 0): Images {
  const pixels = Uint8Array.from({ length: 2 * count }, (_, at) => first + (at >> 1));
  return { pixels, height: 1, width: 2, ...(labels !== undefined && { labels }) };
}

/** What the engine is given, with the number of each image. */
function given(set: Images | Images[]) {
  return byClass(set).images.map(({ label, name, role, bytes, files, file, place }) => {
    const { values } = readIdx(bytes)!;
    const numbers = [...values].filter((_, at) => at % 2 === 0);
    const from = [...file!].map((each, at) => `${files![each]} ${place![at]}`);
    return { label, name, role, numbers, from };
  });
}

test("labels are what programs have, whole numbers beyond those of single precision included", () => {
  const large = given(images(4, [20231001, 20231000, 20231001, 20231000]));
  assert.deepEqual(
    large.map(({ label, name, numbers }) => [label, name, numbers]),
    [
      [0, "20231000", [1, 3]],
      [1, "20231001", [0, 2]],
    ],
  );
  // 2^53 and 2^53 + 1.
  const bigints = BigInt64Array.from([9007199254740992n, 9007199254740993n]);
  assert.deepEqual(
    given(images(2, bigints)).map(({ name }) => name),
    ["9007199254740992", "9007199254740993"],
  );
  const texts = given({ ...images(4, ["Hund", "Ba\u0308r", "B\u00e4r", "Hund"]) });
  assert.deepEqual(
    texts.map(({ label, name, numbers }) => [label, name, numbers]),
    [
      [0, "B\u00e4r", [1, 2]],
      [1, "Hund", [0, 3]],
    ],
  );
  assert.deepEqual(
    given(images(3, [7, "7", 7n])).map(({ label, numbers }) => [label, numbers]),
    [[7, [0, 1, 2]]],
  );
  assert.equal(given(images(2, "cat"))[0]!.name, "cat");
});

test("classes are numbered as the readers of files number them", () => {
  const numbers = (...texts: string[]) => [...numbered(texts)];
  assert.deepEqual(numbers("10", "9", "0"), [
    ["0", 0],
    ["9", 9],
    ["10", 10],
  ]);
  // One that is no byte, and all are counted.
  assert.deepEqual(numbers("1000", "2", "1"), [
    ["1", 0],
    ["2", 1],
    ["1000", 2],
  ]);
  assert.deepEqual(numbers("01", "1").length, 2);
  const sorted = ["img10", "img9", "B", "a", "-3", "2.5", "2"].sort(natural);
  assert.deepEqual(sorted, ["-3", "2", "2.5", "a", "B", "img9", "img10"]);
});

test("a test set is explained and never trained on; images to train on may lack labels", () => {
  const set = {
    ...images(3, [1, 0, 1]),
    test: { ...images(2, ["1", "0"], 100) },
    names: { 0: "cat", 1: "dog" },
  };
  assert.deepEqual(given({ ...set, name: "pets" }), [
    { label: 0, name: "cat", role: "training", numbers: [1], from: ["pets 1"] },
    { label: 0, name: "cat", role: "explained", numbers: [101], from: ["pets, test 1"] },
    { label: 1, name: "dog", role: "training", numbers: [0, 2], from: ["pets 0", "pets 2"] },
    { label: 1, name: "dog", role: "explained", numbers: [100], from: ["pets, test 0"] },
  ]);
  const { labels: _, ...unlabelled } = set;
  assert.deepEqual(
    given(unlabelled).map(({ name, role, numbers }) => [name, role, numbers]),
    [
      ["", "unlabelled", [0, 1, 2]],
      ["cat", "explained", [101]],
      ["dog", "explained", [100]],
    ],
  );
});

test("the report is told what the images are called", () => {
  const { source } = byClass({ ...images(2), name: "genes", columns: ["BRCA1", "TP53"] });
  assert.deepEqual(source, {
    name: "genes",
    files: ["genes"],
    handling: [],
    columns: ["BRCA1", "TP53"],
  });
  assert.deepEqual(byClass([images(1), images(1)]).source.files, ["images 1", "images 2"]);
});

test("the channels of a pixel stand side by side, and all images have as many", () => {
  const pixels = Uint8Array.from({ length: 12 }, (_, at) => at);
  const set = { pixels, height: 1, width: 2, channels: 3, labels: [1, 0] };
  const [zero, one] = byClass(set).images;
  assert.deepEqual(readIdx(zero!.bytes), { shape: [1, 1, 2, 3], values: pixels.subarray(6) });
  assert.deepEqual(readIdx(one!.bytes), { shape: [1, 1, 2, 3], values: pixels.subarray(0, 6) });
  const refuses = (sets: Images | Images[], message: RegExp) =>
    assert.throws(() => byClass(sets), { name: "LensError", kind: "refused", message });
  refuses([set, images(1)], /of 1 × 2 pixels of 3 channels and of 1 × 2 pixels: all must have/);
  refuses({ ...set, channels: 0 }, /1 × 2 pixels of 0 channels cannot be/);
  refuses(
    { ...set, channels: 5 },
    /^12 numbers are no whole number of images of 1 × 2 pixels of 5/,
  );
});

test("a file with a fourth axis has channels", async () => {
  const pixels = Uint8Array.of(9, 8, 7, 6, 5, 4);
  const file = writeIdx([pixels], { height: 1, width: 2, channels: 3 });
  const { height, width, channels, pixels: read } = await fromIdx(file, "red");
  assert.deepEqual([height, width, channels, [...read]], [1, 2, 3, [...pixels]]);
});

test("what cannot be used is refused in a sentence", () => {
  const floats = Float32Array.from([0, 1, 0.5, Number.NaN]);
  const many = Array.from({ length: 257 }, (_, at) => at);
  const refused: [RegExp, Images | Images[]][] = [
    [/^There are no images\.$/, []],
    [/^There are 3 images and 2 labels/, images(3, [0, 1])],
    [/^Labels must be texts or whole numbers .* and one is 1\.5\.$/, images(2, [0, 1.5])],
    [/and one is undefined\.$/, images(2, [0, undefined as never])],
    [/^Labels from 16777216 on are not told apart/, images(1, Float32Array.of(20231001))],
    [/^A label is empty/, images(1, " ")],
    [/^There are 257 classes, and at most 256/, images(257, many)],
    [/^A pixel of image 2 is NaN/, { pixels: floats, height: 1, width: 2 }],
    [/^There are 1 names of columns, and an image has 2 pixels/, { ...images(1), columns: ["a"] }],
    [/those of the test have none/, { ...images(2, [0, 1]), test: { pixels: images(1).pixels } }],
    [/^3 numbers are no whole number/, { ...images(2), test: { pixels: new Uint8Array(3) } }],
    [/^The name of class 0 must be a text/, { ...images(1), names: { 0: 5 as never } }],
  ];
  for (const [message, given] of refused) {
    assert.throws(() => byClass(given), { name: "LensError", kind: "refused", message });
  }
});
