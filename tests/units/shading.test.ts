/** How images are shaded, and that what is said of them is true of what is seen. */
import assert from "node:assert/strict";
import { test } from "node:test";

import presets from "../../www/data/presets.json" with { type: "json" };
import { pixelsOf } from "../../www/data/brought";
import type { DataPreview } from "../../www/data/messages";
import { rampOf, rampOfChange } from "../../www/parts/pixels";
import { pixelWords, shadingOf } from "../../www/parts/shading";

test("what people bring is bright unless they choose otherwise, handwriting is ink", () => {
  assert.equal(shadingOf("auto", "ink"), "ink");
  assert.equal(shadingOf("auto", "light"), "bright");
  assert.equal(shadingOf("auto", "quantity"), "bright");
  assert.equal(shadingOf("ink", "light"), "ink");
  assert.equal(shadingOf("bright", "ink"), "bright");
  // Red, green and blue are shown as they are; the mean of other channels is shaded.
  assert.equal(shadingOf("ink", "ink", 3), "bright");
  assert.equal(shadingOf("ink", "light", 4), "ink");
  const read = (format: string, columns: string[] | null) =>
    pixelsOf({ format, columns, form: "image" } as DataPreview);
  assert.equal(read("pictures", null), "light");
  assert.equal(read("csv", null), "light");
  assert.equal(read("csv", ["height", "weight"]), "quantity");
  assert.equal(read("recordings", null), "quantity");
  const kinds = presets.flatMap(({ files, settings }) =>
    files ? [[settings.dataset, "pixels" in files ? files.pixels : "light"]] : [],
  );
  assert.deepEqual(kinds, [
    ["emnist-vowels", "ink"],
    ["fashion-mnist", "light"],
    ["audio-mnist", "quantity"],
  ]);
});

/** The colour of a value in the middle of a page of this colour. */
function seen(ramp: Uint8ClampedArray, share: number, page: number): number {
  const [red = 0, , , opacity = 0] = ramp.subarray(4 * Math.round(share * (ramp.length / 4 - 1)));
  return page + ((red - page) * opacity) / 255;
}

test("bright is bright on any page, ink is the colour of the text", () => {
  for (const [ink, page] of [
    ["#1b1e23", 255],
    ["#e9ebee", 18],
  ] as const) {
    const bright = rampOf("bright", ink);
    assert.deepEqual(
      [0, 0.5, 1].map((share) => Math.round(seen(bright, share, page))),
      [0, 128, 255],
    );
    const drawn = rampOf("ink", ink);
    assert.equal(seen(drawn, 0, page), page);
    assert.equal(Math.round(seen(drawn, 1, page)), Number.parseInt(ink.slice(1, 3), 16));
  }
  const viridis = rampOf("viridis", "#000000");
  assert.deepEqual([...viridis.subarray(0, 4)], [68, 1, 84, 255]);
  assert.deepEqual([...viridis.subarray(-4)], [254, 232, 37, 255]);
});

test("every byte has a shade of its own, and no change has no colour", () => {
  const ramp = rampOf("bright", "#000000");
  const steps = ramp.length / 4 - 1;
  for (let byte = 0; byte < 256; byte += 1) {
    assert.equal(ramp[4 * Math.round((byte / 255) * steps)], byte);
  }
  for (const background of ["#ffffff", "#121518"]) {
    const change = rampOfChange("paper", background);
    assert.equal(change[4 * (steps / 2) + 3], 0);
    assert.equal(change[3], 255);
  }
});

test("words follow what is drawn, and numbers are neither dark nor light", () => {
  assert.equal(pixelWords("ink", "light").more, "more ink");
  assert.equal(pixelWords("bright", "ink").more, "lighter");
  assert.equal(pixelWords("viridis", "light").less, "darker");
  for (const shading of ["ink", "bright", "viridis"] as const) {
    assert.equal(pixelWords(shading, "quantity").rise, "a higher value");
  }
});
