/** Reconstruction errors: which images are shown, what carries one, and how they are measured. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Encoded } from "../../www/report";
import type { View } from "../../www/view";
import { carriers, usual } from "../../www/views/errors/carry";
import { chosen, countAbove, quantile } from "../../www/views/errors/gallery";
import { measure } from "../../www/views/errors/measure";

const ERRORS = [0.5, 0.1, 0.9, 0.1, 0.7];
const LABELS = [0, 0, 7, 7, 0];

test("images are sorted, filtered and counted", () => {
  const asked = { sort: "largest", label: undefined, above: undefined } as const;
  assert.deepEqual(chosen(ERRORS, LABELS, asked), [2, 4, 0, 1, 3]);
  assert.deepEqual(chosen(ERRORS, LABELS, { ...asked, sort: "smallest" }), [1, 3, 0, 4, 2]);
  assert.deepEqual(chosen(ERRORS, LABELS, { ...asked, sort: "place", label: 0 }), [0, 1, 4]);
  assert.deepEqual(chosen(ERRORS, LABELS, { ...asked, above: 0.5 }), [2, 4]);
  assert.equal(countAbove(ERRORS, 0.5), 2);
  // As numpy.quantile(…, method="inverted_cdf").
  assert.deepEqual(
    [0, 0.4, 0.41, 0.95, 1].map((share) => quantile(ERRORS, share)),
    [0.1, 0.1, 0.5, 0.9, 0.9],
  );
  assert.equal(quantile([], 0.95), 0);
});

const encoded = {
  labels: LABELS,
  latents: { shape: [5, 2], data: Float32Array.of(1, 4, 3, 4, 100, 0, 300, 0, 5, 4) },
} as unknown as Encoded;

test("what carries an image is what its reconstruction moves by", () => {
  const own = usual(encoded, 0);
  assert.equal(own.images, 3);
  assert.deepEqual([...own.mean], [3, 4]);
  assert.deepEqual([...own.deviation], [2, 0]);
  assert.equal(usual(encoded).images, 5);
  assert.deepEqual([...usual(encoded, 9).deviation], [0, 0]);
  const found = carriers(Float32Array.of(5, 4), own, Float32Array.of(0.25, 0.5, 0.75, 1));
  assert.deepEqual(
    found.map(({ dim, moved, error, away }) => [dim, moved, error, away]),
    [
      [1, 0.75, 1, undefined],
      [0, 0.25, 0.5, 1],
    ],
  );
});

/** Charts that note what they are given. */
function charts(network = true) {
  const added: { pixels: number[]; latents: number[] }[] = [];
  const view = {
    ready: async () => {},
    take_errors: () => added.splice(0),
    add_errors: (pixels: Float32Array, latents: Float32Array) => {
      if (network) added.push({ pixels: [...pixels], latents: [...latents] });
      return network;
    },
  };
  return view as unknown as View;
}

const subject = async (image: number) => ({
  label: 0,
  pixels: Float32Array.of(image, -image, 0),
  latents: new Float32Array(2),
});

test("every image is decoded once, in the report's order", async () => {
  const { signal } = new AbortController();
  const all = await measure(charts(), encoded, subject, signal, () => {});
  const given = all as unknown as { pixels: number[]; latents: number[] }[];
  assert.deepEqual(
    given.flatMap(({ pixels }) => pixels),
    [0, -0, 0, 1, -1, 0, 2, -2, 0, 3, -3, 0, 4, -4, 0],
  );
  assert.deepEqual(
    given.flatMap(({ latents }) => latents),
    [...encoded.latents.data],
  );
});

test("what is not at hand is no error of nothing", async () => {
  const { signal } = new AbortController();
  const none = async () => undefined;
  assert.equal(await measure(charts(), encoded, none, signal, () => {}), undefined);
  assert.equal(await measure(charts(false), encoded, subject, signal, () => {}), undefined);
  const ended = new AbortController();
  ended.abort(new Error("ended"));
  await assert.rejects(
    measure(charts(), encoded, subject, ended.signal, () => {}),
    /ended/,
  );
});
