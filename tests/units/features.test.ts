/** What a row of numbers is drawn as, what its features are called, and which package is asked for it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { packageOf } from "../../www/engine/package";
import { readSettings, runSettings, SETTINGS } from "../../www/settings";
import { drawnAs, featureNames, formOf, placeIn } from "../../www/views/features";
import { chartOptions, type Drawn } from "../../www/views/options";
import type { Scene } from "../../www/views/picture";

const row = { height: 1, width: 4, channels: 1 };
const names = ["sepal length", "sepal width", "petal length", "petal width"];
const values = readSettings(() => null).values;

const scene = (options: object, report: object = {}) =>
  ({ options: { image: row, ...options }, report, words: undefined }) as unknown as Scene;

test("a row of named columns is a table, unless something else was said, and lines are images", () => {
  assert.equal(formOf({ columns: names }, row), "table");
  assert.equal(formOf({ columns: names, form: "signal" }, row), "signal");
  assert.equal(formOf({ columns: names, form: "table" }, { ...row, height: 2, width: 2 }), "image");
  assert.equal(formOf(undefined, row), "image");
});

test("features are called what they are", () => {
  assert.deepEqual(featureNames(scene({})), ["pixel", "pixels"]);
  assert.deepEqual(featureNames(scene({ form: "signal" })), ["time step", "time steps"]);
  assert.deepEqual(featureNames(scene({ form: "table" })), ["column", "columns"]);
  const facts = { pixel: 3, row: 1, column: 4, importance: 1, std_error: null, slope: 0, sign: 0 };
  const { options } = scene({}) as never as Parameters<typeof placeIn>[0];
  assert.equal(placeIn({ options }, facts), "row 1, column 4");
  assert.equal(placeIn({ options }, { ...facts, name: "petal width" }), "petal width");
  assert.equal(drawnAs(scene({})), false);
  const means = { data: { means: [[0, 1, 2, 3]] } };
  assert.match(String(drawnAs(scene({ form: "signal" }, means))), /^The line above is the mean/);
  assert.doesNotMatch(String(drawnAs(scene({ form: "signal" }))), /line/);
});

test("charts are told the form where it is no image, and how many columns where they are a table", () => {
  const said = (form: Drawn["form"], top: number | null) =>
    chartOptions(
      { ...values, "top-columns": top },
      { row: 0, dims: 2, image: row, epochs: 1, shading: "ink", form, each: false },
    );
  assert.equal("form" in said("image", 5), false);
  assert.deepEqual([said("table", 5).form, said("table", 5).top_columns], ["table", 5]);
  assert.equal("top_columns" in said("table", null), false);
  assert.equal("top_columns" in said("signal", 5), false);
});

test("how many columns is a whole number from 1", () => {
  const { read } = SETTINGS["top-columns"];
  assert.equal(read("", []), null);
  assert.equal(read("7", []), 7);
  assert.throws(() => read("0", []), /whole number from 1/);
});

test("the mean of signals is calculated by the larger package", () => {
  const settings = runSettings(values);
  const of = (form: Drawn["form"]) => packageOf("cpu", { settings, sources: { data: { form } } });
  assert.deepEqual(
    ["image", "table", "signal"].map((form) => of(form as Drawn["form"])),
    ["engine-cpu", "engine-cpu", "general-cpu"],
  );
});
