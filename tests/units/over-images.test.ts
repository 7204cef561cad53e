/** Errors over images: what bars and findings say of them, and of an order that they leave open. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { missing, type There } from "../../www/explorer/missing";
import type { Report } from "../../www/report";
import { bar } from "../../www/views/bars";
import { findings } from "../../www/views/findings";
import { latentErrors, unsettled } from "../../www/views/over-images";
import type { Picture, Scene } from "../../www/views/picture";

function matrix(rows: number, columns: number, values: number[]) {
  return { shape: [rows, columns] as [number, number], data: Float32Array.from(values) };
}

/** Of a cat dimension 2 is before 3 without being settled, and both are before 1; of an ox nothing matters but 1. */
const REPORT = {
  classes: [
    { label: 0, name: "cat", explained: 20 },
    { label: 1, name: "ox", explained: 20 },
  ],
  latent_importance: {
    mean: matrix(2, 3, [0.1, 0.5, 0.45, 0.25, 0, 0]),
    std_error: matrix(2, 3, [0.01, 0.02, 0.03, 0.04, 0, 0]),
    repeats: 4,
    method: "sampled",
  },
  image_errors: {
    latent_importance: matrix(2, 3, [0.02, 0.04, 0.06, 0.08, 0, 0]),
    latent_importance_rmse: matrix(2, 3, [0.03, 0.05, 0.07, 0.09, 0, 0]),
    order: [
      [1, 2, 0],
      [0, 1, 2],
    ],
    differences: [
      [0.03, 0.1],
      [0.08, 0],
    ],
  },
} as unknown as Partial<Report>;

function scene(errors: "repeats" | "images", report = REPORT): Scene & Picture {
  const options = { class: 0, dims: 3, metric: "mse", errors };
  return { report, options, names: ["cat", "ox"], classes: [0, 1] } as unknown as Scene & Picture;
}

test("neighbours in the order are settled by more than two errors of their difference", () => {
  assert.deepEqual(unsettled(REPORT, 0, 1), [2]);
  assert.deepEqual(unsettled(REPORT, 0, 2), [1]);
  assert.deepEqual(unsettled(REPORT, 0, 0), []);
  // Dimensions of no importance are in no order.
  for (const dim of [0, 1, 2]) assert.deepEqual(unsettled(REPORT, 1, dim), []);
  assert.deepEqual(unsettled({ latent_importance: REPORT.latent_importance! }, 0, 1), []);
});

test("bars say the errors that are asked for", () => {
  const of = (errors: "repeats" | "images", report?: Partial<Report>) =>
    bar(scene(errors, report), 1, 0);
  assert.equal(of("repeats"), "Dimension 2: importance for a cat 0.500 ± 0.020.");
  assert.equal(
    of("images"),
    "Dimension 2: importance for a cat 0.500 ± 0.040 over images; it is not settled whether it or 3 matters more.",
  );
  const { image_errors: _, ...without } = REPORT;
  assert.equal(of("images", without), "Dimension 2: importance for a cat 0.500.");
  const rmse = latentErrors(REPORT, { metric: "rmse", errors: "images" });
  assert.equal(rmse?.data[1], Math.fround(0.05));
});

test("findings say whether the order would be the same of other images", () => {
  assert.match(
    findings(scene("images")),
    /Had other images been explained, 3 may well be before 2: the difference is within two of its errors/,
  );
  const errors = {
    ...REPORT.image_errors!,
    differences: [
      [0.02, 0.1],
      [0.08, 0],
    ],
  };
  assert.match(
    findings(scene("images", { ...REPORT, image_errors: errors })),
    /Dimension 2 is first over other images, too: the difference to 3 is more than two of its errors/,
  );
  assert.doesNotMatch(findings(scene("repeats")), /other images/);
});

test("errors that were not measured are said to be missing", () => {
  const there = {
    classes: [],
    others: [],
    dims: 3,
    form: "image",
    has: () => true,
  } as unknown as There;
  const asked = { maps: "permutation", dimension: null, channel: 1, image: null, epoch: null };
  const said = (errors: "repeats" | "images", known: boolean | undefined) =>
    missing({ ...asked, errors, "explain-class": "" } as never, { ...there, errors: known });
  assert.deepEqual(said("repeats", false), []);
  assert.deepEqual(said("images", undefined), []);
  assert.deepEqual(said("images", true), []);
  assert.match(said("images", false)[0]!, /^Errors over images are to be measured/);
});
