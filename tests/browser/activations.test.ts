/** The shader of activations, on a real (if software) WebGPU adapter, against their formulas. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { visit } from "./harness";

type Formula = (x: number) => number;

const logistic: Formula = (x) => 1 / (1 + Math.exp(-x));
const elu =
  (alpha: number): Formula =>
  (x) =>
    x > 0 ? x : alpha * Math.expm1(x);

/** The share of a normal distribution below `x`: Simpson's rule over its density. */
function normal(x: number): number {
  const [from, pieces] = [-9, 2000];
  const width = (Math.min(Math.max(x, from), 9) - from) / pieces;
  let sum = 0;
  for (let piece = 0; piece <= pieces; piece++) {
    const weight = piece === 0 || piece === pieces ? 1 : piece % 2 ? 4 : 2;
    sum += weight * Math.exp(-((from + piece * width) ** 2) / 2);
  }
  return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

/** By their keys, with parameters. */
const FORMULAS: [key: number, parameters: number[], formula: Formula][] = [
  [0, [], (x) => Math.max(x, 0)],
  [1, [], logistic],
  [2, [], (x) => x],
  [3, [0.25], (x) => Math.max(x, 0.25 * x)],
  [4, [0.5], elu(0.5)],
  [5, [], (x) => 1.0507009873554805 * elu(1.6732632423543772)(x)],
  [6, [], (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  [7, [], (x) => x / (1 + Math.abs(x))],
  [8, [], (x) => x * logistic(x)],
  [9, [], Math.tanh],
  [10, [6, 0, 0], (x) => Math.min(Math.max(x, 0), 6)],
  [10, [4, 0.25, 1.5], (x) => (x < 1.5 ? 0.25 * (x - 1.5) : Math.min(x, 4))],
  [11, [0.5, 2], (x) => 2 * elu(0.5)(x)],
  [12, [1.5], (x) => x * logistic(1.5 * x)],
  [13, [], (x) => x * normal(x)],
  [14, [], (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
  [15, [1 / 6], (x) => Math.min(Math.max(x + 3, 0), 6) / 6],
  [15, [0.2], (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1)],
];

const SUMS = Array.from({ length: 601 }, (_, step) => (step - 300) / 10);

/** What the shader makes of the sums. */
async function computed(sources: string[], sums: number[]): Promise<number[][]> {
  // As the specification numbers them.
  const [MAP_READ, COPY_SRC, COPY_DST, STORAGE] = [1, 4, 8, 128];
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter!.requestDevice();
  const size = 4 * sums.length;
  const results: number[][] = [];
  for (const code of sources) {
    const compute = { module: device.createShaderModule({ code }) };
    const pipeline = device.createComputePipeline({ layout: "auto", compute });
    const buffer = device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
    device.queue.writeBuffer(buffer, 0, new Float32Array(sums));
    const back = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    const layout = pipeline.getBindGroupLayout(0);
    const entries = [{ binding: 0, resource: { buffer } }];
    pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
    pass.dispatchWorkgroups(sums.length);
    pass.end();
    encoder.copyBufferToBuffer(buffer, 0, back, 0, size);
    device.queue.submit([encoder.finish()]);
    await back.mapAsync(MAP_READ);
    results.push([...new Float32Array(back.getMappedRange())]);
  }
  return results;
}

test("activations on a graphics card are their formulas", async () => {
  const shader = readFileSync("src/gpu/activation.wgsl", "utf8");
  const cases = [...shader.matchAll(/case (\d+)u:/g)].map(([, key]) => Number(key));
  const listed = new Set(FORMULAS.map(([key]) => key).filter((key) => key !== 2));
  assert.deepEqual(
    new Set(cases),
    listed,
    "a formula for every case; what is linear has none of its own",
  );
  const sources = FORMULAS.map(([key, parameters]) => {
    const number = (at: number) => `${Math.fround(parameters[at] ?? 0)}f`;
    return `const ACTIVATION = ${key}u;
      const PARAMETER = ${number(0)};
      const PARAMETER_2 = ${number(1)};
      const PARAMETER_3 = ${number(2)};
      ${shader}
      @group(0) @binding(0) var<storage, read_write> values: array<f32>;
      @compute @workgroup_size(1)
      fn main(@builtin(workgroup_id) at: vec3u) { values[at.x] = activate(values[at.x]); }`;
  });
  let results: number[][] = [];
  await visit({ webgpu: "software", query: "" }, async (page) => {
    const inPage = `(${computed.toString()})(${JSON.stringify(sources)}, ${JSON.stringify(SUMS)})`;
    results = await page.evaluate<number[][]>(inPage);
  });
  for (const [at, [key, , formula]] of FORMULAS.entries()) {
    for (const [place, x] of SUMS.entries()) {
      const [found, expected] = [results[at]![place]!, formula(x)];
      const allowed = 2e-6 * Math.max(Math.abs(expected), 1);
      assert.ok(Math.abs(found - expected) <= allowed, `${key} at ${x}: ${found}, ${expected}`);
    }
  }
});
