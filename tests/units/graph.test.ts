/**
 * The wasm package of ONNX graphs, against what ONNX Runtime makes of the same images. `cargo xtask test units` says in
 * the environment where the site with the package is.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import type { GraphModule } from "../../www/graph/messages";

const DIST = env.DIST;
if (!DIST) throw new Error("DIST is not set: run the tests with `cargo xtask test units`");

const { Graph, ...module } = (await import(
  pathToFileURL(join(DIST, "graph.js")).href
)) as GraphModule;
await module.default({ module_or_path: new Uint8Array(readFileSync(join(DIST, "graph_bg.wasm"))) });

interface Recorded {
  name: string;
  /** The tensor that holds the latents. */
  bottleneck: string;
  part?: "encoder";
  tolerance?: number;
  latents: number[][];
  reconstructions: number[][] | null;
}

const FIXTURES = "tests/models/fixtures";
const IMAGE = { height: 6, width: 6, channels: 2 };
const { images, graphs } = JSON.parse(readFileSync(`${FIXTURES}/graphs.json`, "utf8")) as {
  images: number[][];
  graphs: Recorded[];
};

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(`${FIXTURES}/graphs/${name}.onnx`));
}

function assertNear(found: Float32Array, expected: number[][], tolerance: number, what: string) {
  const numbers = expected.flat();
  assert.equal(found.length, numbers.length, what);
  for (const [at, number] of numbers.entries()) {
    assert.ok(Math.abs(found[at]! - number) <= tolerance, `${what}: ${found[at]} is not ${number}`);
  }
}

test("every recorded graph encodes and decodes as ONNX Runtime does", () => {
  for (const { name, latents, reconstructions, part, tolerance = 1e-4 } of graphs) {
    const graph = new Graph(fixture(name));
    const halves = graph.halves(IMAGE, {});
    const count = latents.length;
    const given = Float32Array.from(images.slice(0, count).flat());
    const found = halves.encode(given, count);
    assertNear(found, latents, tolerance, `latents of ${name}`);
    const { decoder } = halves.description();
    assert.equal(decoder === undefined, part === "encoder" || !reconstructions, name);
    if (decoder && reconstructions) {
      const made = halves.decode(found, count);
      assertNear(made, reconstructions, tolerance, `reconstructions of ${name}`);
    }
    halves.free();
    graph.free();
  }
});

test("a graph says what it takes, gives and can be divided at", () => {
  const graph = new Graph(fixture("layer-norm"));
  const { format, inputs, outputs, cuts, proposal } = graph.description();
  assert.equal(format, "ONNX, opset 16");
  assert.deepEqual(
    inputs.map(({ shape }) => shape.slice(1)),
    [[2, 6, 6]],
  );
  assert.equal(outputs.length, 1);
  assert.equal(proposal.latents, "z");
  assert.equal(proposal.part, "whole");
  const bottleneck = cuts.find(({ name }) => name === "z");
  assert.equal(bottleneck?.elements, 3);
  assert.deepEqual(
    graph.cuts(IMAGE, {}).map(({ name }) => name),
    cuts.map(({ name }) => name),
  );
  const other = cuts.find(({ name, elements }) => name !== "z" && elements !== null)!;
  const halves = graph.halves(IMAGE, { latents: other.name });
  const found = halves.encode(Float32Array.from(images[0]!), 1);
  assert.equal(found.length, other.elements);
});

test("feature maps are dimensions by cell, and of an encoder alone by channel", () => {
  const graph = new Graph(fixture("spatial"));
  const [given, count] = [Float32Array.from(images.slice(0, 2).flat()), 2];
  const choice = { part: "encoder", latents: "maps" } as const;
  const cells = graph.halves(IMAGE, choice);
  const shape = cells.description().encoder!.output;
  assert.ok("planes" in shape);
  const { height, width, channels } = shape.planes;
  const channel = graph.halves(IMAGE, { ...choice, planes: "channel" });
  assert.deepEqual(channel.description().encoder!.output, { numbers: channels });
  const [of, means] = [cells.encode(given, count), channel.encode(given, count)];
  const size = height * width;
  for (const [at, mean] of means.entries()) {
    const own = of.slice(at * size, (at + 1) * size);
    assert.ok(Math.abs(own.reduce((sum, each) => sum + each, 0) / size - mean) < 1e-5);
  }
});

test("what a U-Net carries round its latents is kept from the images that it is given", () => {
  const graph = new Graph(fixture("unet"));
  assert.equal(graph.halves(IMAGE, {}).description().decoder, undefined);
  const halves = graph.halves(IMAGE, { part: "whole" });
  assert.equal(halves.description().waits, true);
  const given = Float32Array.from(images.flat());
  const latents = halves.encode(given, images.length);
  assert.throws(() => halves.decode(latents, images.length));
  halves.know(given, images.length);
  assert.equal(halves.description().waits, false);
  assert.equal(halves.decode(latents, images.length).length, given.length);
});

test("what cannot be used is refused with a sentence", () => {
  const bytes = fixture("gelu");
  const sentence = /^[A-Z].*\.$/;
  assert.throws(() => new Graph(bytes.subarray(0, bytes.length / 2)), { message: sentence });
  assert.throws(() => new Graph(new Uint8Array(100)), { message: sentence });
  const graph = new Graph(bytes);
  assert.throws(() => graph.halves({ height: 5, width: 5, channels: 1 }, {}), {
    message: /bring the images it was trained on/,
  });
  assert.throws(() => graph.halves(IMAGE, { latents: "nowhere" }), { message: /"nowhere"/ });
  const halves = graph.halves(IMAGE, {});
  assert.throws(() => halves.encode(new Float32Array(7), 2), { message: sentence });
  assert.throws(() => halves.encode(new Float32Array(8), 2), { message: /takes 72 numbers a row/ });
});
