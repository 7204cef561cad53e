/** Fewer dimensions, and other numbers of them: what the page says of them without an engine. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { packageOf } from "../../www/engine/package";
import type { Picture } from "../../www/views/picture";
import { stepAt, steps } from "../../www/views/dimensions/targets";
import { duration } from "../../www/views/sizes/duration";
import { enough } from "../../www/views/smaller/enough";
import type { Report } from "../../www/report";

type Found = NonNullable<Report["smaller"]>;

const of = (loss: number[]) =>
  ({ loss, order: Array.from({ length: loss.length - 1 }, (_, dim) => dim) }) as unknown as Found;

test("enough are the fewest that bring 99 % of what all bring", () => {
  assert.equal(enough(of([0.5, 0.2, 0.1005, 0.1])), 2);
  assert.equal(enough(of([0.5, 0.4, 0.3, 0.1])), 3);
  // Nothing is brought, and nothing is known: all are kept.
  assert.equal(enough(of([0.5, 0.5, 0.5])), 2);
  assert.equal(enough(of([0.1, 0.5])), 1);
});

test("several networks take as long as the longest of them at least", () => {
  // 0.3 + 0.7 · 2 of a second for twice as many.
  assert.ok(Math.abs(duration([24], 12, 1000, 8) - 1700) < 1e-6);
  const [one, two] = [
    duration([12, 12, 12, 12], 12, 1000, 1),
    duration([12, 12, 12, 12], 12, 1000, 2),
  ];
  assert.deepEqual([one, two], [4000, 2000]);
  assert.ok(duration([1, 120], 12, 1000, 2) >= duration([120], 12, 1000, 2));
  assert.equal(duration([], 12, 1000, 2), 0);
});

test("numbers of dimensions are found by pointer and keys", () => {
  const place = (step: number, x: number) => ({ step, x, y: 10, width: 20, height: 100 });
  const picture = { layout: { summary: "", steps: [place(2, 0), place(4, 20), place(8, 40)] } };
  const known = picture as unknown as Picture;
  const targets = steps("hint", (_, step) => `${step} dimensions`);
  const target = targets.at(known, 30, 50, 0)!;
  assert.deepEqual(target, { kind: "step", at: 1 });
  assert.equal(targets.words(known, target), "4 dimensions");
  assert.equal(targets.at(known, 30, 5, 0), undefined);
  assert.deepEqual(targets.next(known, undefined, "ArrowRight"), { kind: "step", at: 0 });
  assert.deepEqual(targets.next(known, target, "ArrowRight"), { kind: "step", at: 2 });
  assert.deepEqual(targets.next(known, { kind: "step", at: 2 }, "ArrowRight"), {
    kind: "step",
    at: 2,
  });
  assert.equal(targets.next(known, target, "x"), undefined);
  assert.equal(targets.outlines(known, target).length, 1);
  assert.equal(stepAt(known, 45, 20), 8);
  assert.equal(stepAt(known, 70, 20), undefined);
});

test("a network is trained on by the package that knows how", () => {
  const settings = { kind: "dense", activation: "relu", loss: "bce" } as const;
  assert.equal(packageOf("cpu", { settings }), "engine-cpu");
  assert.equal(packageOf("cpu", { settings, trains_on: true }), "general-cpu");
});
