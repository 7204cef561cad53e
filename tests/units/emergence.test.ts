/** What is said of a run's epochs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Moment } from "../../www/engine/messages";
import type { Emergence, Report } from "../../www/report";
import { finalOrder, withEnd } from "../../www/views/emergence/moments";
import { afterEpoch, findings, measuredAfter, unknown } from "../../www/views/emergence/words";

function emergence(epochs: number[], more: Partial<Emergence> = {}): Emergence {
  return {
    epochs,
    similarity: [],
    emerged: [],
    latent_importance: [],
    pixel_importance: [],
    inactive_since: [],
    ...more,
  };
}

test("it is said after which epochs importance was measured", () => {
  assert.equal(
    measuredAfter(emergence([0, 1, 2, 3])),
    "Importance was measured before training and after every one of 3 epochs.",
  );
  assert.equal(
    measuredAfter(emergence([0, 4, 8, 12])),
    "Importance was measured after every 4 epochs: between them it may have been otherwise.",
  );
  assert.equal(
    measuredAfter(emergence([0, 1, 2, 4, 8, 10])),
    "Importance was measured after epochs 0, 1, 2, 4, 8 and 10: between them it may have been otherwise.",
  );
  const many = Array.from({ length: 20 }, (_, at) => 2 * at + (at > 9 ? 1 : 0));
  assert.match(measuredAfter(emergence(many)), /after 20 of the epochs from 0 to 39:/);
  assert.equal(afterEpoch(0), "before training");
  assert.equal(afterEpoch(1_200), "after epoch 1,200");
});

test("findings tell what was early, what was late and what was lost", () => {
  const found = findings(
    emergence([0, 1, 2, 5, 10], {
      emerged: [1, 2, 10, null, 1],
      inactive_since: [null, null, null, 5, null],
    }),
  );
  assert.equal(
    found,
    "Of the 4 dimensions with a map in the end, half looked as they do now by epoch 1, all by epoch 10. Dimension 3 still changed in the second half of training: what its map shows may not have settled. Dimension 4 is inactive in the end, since epoch 5.",
  );
  const none = emergence([0, 1], { emerged: [null], inactive_since: [0] });
  assert.equal(findings(none), "No dimension has a map in the end.");
  const early = emergence([0, 4], { emerged: [0], inactive_since: [null] });
  assert.match(
    findings(early),
    /half looked as they do now before training, all before training\.$/,
  );
});

test("what keeps epochs from being shown is said", () => {
  const report = (parts: object) => parts as Partial<Report>;
  assert.match(unknown(undefined, 0), /before a network is trained/);
  assert.match(unknown(report({ model: {} }), 0), /trained elsewhere/);
  assert.match(unknown(report({}), 3), /once it is explained/);
  assert.match(unknown(report({ latent_importance: {} }), 3), /being compared/);
  assert.match(unknown(report({ latent_importance: {} }), 0), /train it once more/);
});

test("the end of a run is its last moment", () => {
  const whole = {
    encoded: { latents: "z" },
    pixel_importance: "v",
    direction: "s",
    latent_importance: "ie",
    training: { held_out_loss: [3, 2, 1] },
  } as unknown as Partial<Report>;
  const moment = (epoch: number) => ({ epoch }) as Moment;
  const all = withEnd([moment(0), moment(2), moment(3)], whole);
  assert.deepEqual(
    all.map(({ epoch }) => epoch),
    [0, 2, 3],
  );
  assert.equal(all.at(-1)!.latents as unknown, "z");
  assert.deepEqual(withEnd([], whole), []);
  const { direction: _, ...less } = whole;
  assert.deepEqual(withEnd([moment(0)], less), []);
});

test("dimensions keep the order of the end", () => {
  const mean = { shape: [2, 3], data: Float32Array.of(0, 9, 9, 2, 3, 2) };
  const report = { latent_importance: { mean } } as unknown as Partial<Report>;
  const options = { class: 1, dims: 3, metric: "mse", sort: true } as const;
  assert.deepEqual(finalOrder(report, options), [1, 0, 2]);
  assert.deepEqual(finalOrder(report, { ...options, sort: false }), [0, 1, 2]);
  assert.deepEqual(finalOrder({}, options), [0, 1, 2]);
});
