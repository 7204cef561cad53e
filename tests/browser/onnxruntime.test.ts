/** The program of `docs/embedding.md` that brings ONNX Runtime Web by a function, on its WebGPU back end. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { Page } from "playwright-core";

import type * as Api from "../../www/engine";
import { opening } from "./elsewhere";
import { needed } from "./harness";
import { Lens, type Report } from "./lens";

const RUNTIME = "node_modules/onnxruntime-web/dist";

const [, program] = readFileSync("docs/embedding.md", "utf8").match(
  /```js\n(import \* as ort from "onnxruntime-web\/webgpu";.*?)```/s,
)!;

/** Few pixels differ between the images, as a software adapter is slow. */
function pixels(): Float32Array {
  return Float32Array.from({ length: 6 * 784 }, (_, at) => {
    const [image, pixel] = [Math.floor(at / 784), at % 784];
    return pixel % 200 === 90 ? ((image * image + pixel) % 11) / 10 : (pixel % 7) / 7;
  });
}

const SCRIPT = `
  const data = (${pixels.toString()})();
  document.querySelector("latent-lens").images = { data, shape: [6, 28, 28] };
`;

test("the program with ONNX Runtime Web runs on WebGPU, and gives what our own layers give", async () => {
  const encoder = readFileSync("tests/models/fixtures/graphs/convolutions.onnx");
  const before = async (page: Page) => {
    await page.route("**/ort/*", (route) => {
      const name = new URL(route.request().url()).pathname.split("/").at(-1)!;
      return route.fulfill({ path: `${RUNTIME}/${name}` });
    });
    await page.route("**/encoder.onnx", (route) => route.fulfill({ body: encoder }));
    await page.addInitScript(() => {
      const pipelines = { count: 0 };
      Object.assign(window, { pipelines });
      const { prototype } = GPUDevice;
      for (const name of ["createComputePipeline", "createComputePipelineAsync"] as const) {
        const own = prototype[name] as (...asked: unknown[]) => unknown;
        Object.assign(prototype, {
          [name](this: GPUDevice, ...asked: unknown[]) {
            pipelines.count += 1;
            return own.apply(this, asked);
          },
        });
      }
    });
  };
  // As the docs say of a graph that takes channels, height and width.
  const text = program!
    .replace("onnxruntime-web/webgpu", "./ort/ort.webgpu.bundle.min.mjs")
    .replace("[count, 784]", "[count, 1, 28, 28]");
  const body = `<latent-lens method="exact"></latent-lens><script>${SCRIPT}</script>
    <script type="module">${text}</script>`;
  const use = async (page: Page) => {
    const lens = new Lens(page);
    const run = () =>
      page.evaluate(async () => {
        const element = document.querySelector("latent-lens") as unknown as {
          model: unknown;
          run(): Promise<Report>;
        };
        const report = await element.run();
        const { mean } = report.pixel_importance;
        return { model: report.model!, mean: { shape: mean.shape, data: [...mean.data] } };
      });
    await lens.status.getByText(/An image takes .+ to encode on this machine/).waitFor();
    const found = await run();
    assert.deepEqual(found.model.files, ["encoder.onnx"]);
    const count = () =>
      page.evaluate(() => (window as unknown as { pipelines: { count: number } }).pipelines.count);
    assert.ok((await count()) > 0, "nothing was calculated on WebGPU");

    const { Lens: Engine } = (await import(`${needed("DIST")}/engine-node.js`)) as typeof Api;
    const own = await Engine.open();
    const model = { onnx: new Uint8Array(encoder), half: "encoder" } as const;
    const images = { pixels: pixels(), height: 28, width: 28 };
    const { report } = await own.explain(model, images, { method: "exact" });
    own.close();
    const expected = report.pixel_importance;
    assert.doesNotMatch(report.model!.notes.join(" "), /run as it is/);
    assert.deepEqual(found.mean.shape, expected.mean.shape);
    const largest = Math.max(...expected.mean.data);
    const off = Math.max(
      ...Array.from(expected.mean.data, (number, at) => Math.abs(number - found.mean.data[at]!)),
    );
    assert.ok(largest > 0 && off <= 1e-3 * largest, `${off} of ${largest}`);
  };
  await opening(body, use, { before, webgpu: "software" });
});
