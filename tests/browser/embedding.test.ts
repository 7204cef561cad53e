/** The worker that projects the encoded space, as the site serves it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { visit } from "./harness";

const STEPS_PER_SECOND = 15;

interface Told {
  type: string;
  length: number;
  done: number;
  total: number;
  /** On the page's clock. */
  ms: number;
}

for (const method of ["tsne", "umap"]) {
  test(`the worker projects 320 images by ${method}, and shows how it comes about`, async () => {
    await visit({}, async (page) => {
      const { from, told } = await page.evaluate(
        (method) =>
          new Promise<{ from: number; told: Told[] }>((resolve, reject) => {
            const worker = new Worker("embedding-worker.js", { type: "module" });
            const told: Told[] = [];
            worker.onerror = (event) => reject(new Error(event.message));
            worker.onmessage = ({ data: { type, message, answer, error } }) => {
              if (type === "error") return reject(new Error(error.message));
              if (type === "begun") return;
              const ms = performance.now();
              const { coordinates = answer, done, total } = message ?? {};
              told.push({ type, length: coordinates.length, done, total, ms });
              if (type === "answer") resolve({ from, told });
            };
            const data = Float32Array.from({ length: 320 * 12 }, (_, i) => (i * i) % 101);
            const input = { method, latents: { shape: [320, 12], data }, seed: 1 };
            const from = performance.now();
            worker.postMessage({ id: 1, type: "call", name: "project", input });
          }),
        method,
      );
      const [last, steps] = [told.pop()!, told];
      assert.equal(last.type, "answer");
      assert.ok([...steps, last].every(({ length }) => length === 640));
      assert.equal(steps[0]?.done, 0);
      assert.ok(steps.length >= 3, `${steps.length} steps`);
      const seconds = (last.ms - from) / 1000;
      assert.ok(steps.length <= STEPS_PER_SECOND * seconds + 3, `${steps.length} in ${seconds} s`);
      for (const [i, { done, total }] of steps.entries()) {
        assert.ok(done <= total && (i === 0 || done > steps[i - 1]!.done));
      }
    });
  });
}
