/**
 * ONNX files in `latent-lens/engine` in Node: by our own layers, as graphs that are run as they are, and half a model;
 * against V, S and IE by their definitions, by a loop that asks ONNX Runtime.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import type * as Api from "../../www/engine";

const { Lens } = (await import(pathToFileURL(`${env.DIST}/engine-node.js`).href)) as typeof Api;

const FIXTURES = "tests/models/fixtures";
const parsed = (file: string) => JSON.parse(readFileSync(`${FIXTURES}/${file}`, "utf8")) as unknown;
const { images: rows } = parsed("graphs.json") as { images: number[][] };
const { graphs: measured } = parsed("graphs-literal.json") as {
  graphs: { name: string; v: number[][]; slope: number[][]; ie: number[][] }[];
};
const DIGITS = 1e-4;

const images: Api.Images = {
  pixels: Float32Array.from(rows.flat()),
  height: 6,
  width: 6,
  channels: 2,
  labels: [0, 0, 0, 0, 1, 1, 1, 1],
};
const EXACT: Api.Settings = { method: "exact" };

let lens: Api.Lens;
before(async () => (lens = await Lens.open()));
after(() => lens.close());

function file(name: string): Uint8Array {
  return new Uint8Array(readFileSync(`${FIXTURES}/graphs/${name}.onnx`));
}

function near({ shape, data }: Api.Matrix, expected: number[][], what: string): void {
  assert.deepEqual(shape, [expected.length, expected[0]!.length], what);
  const numbers = expected.flat();
  const largest = Math.max(...numbers.map(Math.abs));
  const off = Math.max(...numbers.map((number, at) => Math.abs(number - data[at]!)));
  assert.ok(
    off <= DIGITS * largest,
    `${what} is off by ${off}, its largest number being ${largest}`,
  );
}

test("a graph that no layers of our own cover is run as it is, and gives what the definitions say", async () => {
  for (const { name, v, slope, ie } of measured) {
    let said = "";
    const onEstimate = ({ sentence }: Api.TimeEstimate) => (said = sentence);
    const options = { model: `${name}.onnx`, onEstimate };
    const { report, network } = await lens.explain({ onnx: file(name) }, images, EXACT, options);
    near(report.pixel_importance.mean, v, `V of ${name}`);
    near(report.direction.slope, slope, `slopes of ${name}`);
    near(report.latent_importance!.mean, ie, `IE of ${name}`);
    assert.match(said, /^An image takes .+ to encode and .+ to decode on this machine\. .+ in /);
    const { files, format, notes } = report.model!;
    assert.deepEqual([files, report.settings.dims], [[`${name}.onnx`], 3]);
    assert.match(format, /^ONNX, opset \d+$/);
    assert.match(notes[0]!, /^\w+\.onnx is run as it is, .+ joins several branches/);
    assert.match(notes.join(" "), /divided at "z"/);
    // What was opened once can be explained again as it is.
    const again = await lens.explain(network, images, EXACT);
    assert.deepEqual(again.report.pixel_importance, report.pixel_importance);
  }
});

test("a graph is divided where it is said, and dimensions are what it is said they are", async () => {
  const onnx = file("unet");
  const encoder = await lens.explain({ onnx }, images, EXACT);
  assert.deepEqual(encoder.report.pixel_importance.mean.shape, [36, 9]);
  assert.equal(encoder.report.latent_importance, undefined);
  assert.match(
    encoder.report.model!.notes.join(" "),
    /its encoder is explained, without a decoder/,
  );

  const whole = { onnx, graph_part: "whole", divide_at: "bottom" } as const;
  const { report } = await lens.explain(whole, images, EXACT);
  assert.deepEqual(report.pixel_importance.mean, encoder.report.pixel_importance.mean);
  assert.deepEqual(report.latent_importance!.mean.shape, [2, 9]);
  assert.match(report.model!.notes[0]!, /^model\.onnx is run as it is\.$/);

  const channels = { onnx, graph_part: "encoder", latents_of: "channel" } as const;
  const { report: means } = await lens.explain(channels, images, EXACT);
  assert.equal(means.settings.dims, 1);

  const other = {
    onnx: file("outputs"),
    graph_part: "encoder",
    graph_output: "log_variance",
  } as const;
  const { report: spread } = await lens.explain(other, images, EXACT);
  const { report: usual } = await lens.explain({ onnx: file("outputs") }, images, EXACT);
  assert.notDeepEqual(spread.encoded.latents, usual.encoded.latents);
});

test("what our own layers cover is explained by them, and a half of it where that is said", async () => {
  const onnx = file("fixed-batch");
  const { report } = await lens.explain({ onnx }, images, EXACT);
  assert.doesNotMatch(report.model!.notes.join(" "), /run as it is/);
  const asGraph = await lens.explain({ onnx, divide_at: "z" }, images, EXACT);
  assert.match(asGraph.report.model!.notes[0]!, /run as it is/);
  near(asGraph.report.pixel_importance.mean, matrixRows(report.pixel_importance.mean), "V");
  near(asGraph.report.latent_importance!.mean, matrixRows(report.latent_importance!.mean), "IE");

  const { report: half } = await lens.explain({ onnx, half: "encoder" }, images, EXACT);
  assert.deepEqual(half.pixel_importance, report.pixel_importance);
  assert.equal(half.latent_importance, undefined);
  const { latents } = report.encoded;
  const { report: other } = await lens.explain({ onnx, half: "decoder", latents }, images, EXACT);
  assert.deepEqual(other.latent_importance, report.latent_importance);
  assert.deepEqual(other.direction, report.direction);
  assert.ok(!("pixel_importance" in other));
});

test("a decoder alone gives with latents of one's own what it gives with its encoder", async () => {
  for (const { name, slope, ie } of measured) {
    const { report: whole } = await lens.explain({ onnx: file(name) }, images, EXACT);
    const { latents } = whole.encoded;
    const decoder = { onnx: file(`${name}-decoder`), latents };
    const { report } = await lens.explain(decoder, images, EXACT);
    near(report.latent_importance!.mean, ie, `IE of the decoder of ${name}`);
    near(report.direction.slope, slope, `slopes of ${name}`);
    assert.ok(!("pixel_importance" in report));
    assert.match(report.model!.notes.join(" "), /joins several branches|run as it is/);
  }
});

test("what cannot be used is refused with a sentence, and the lens goes on", async () => {
  const refused = (model: object, message: RegExp, of = images) =>
    assert.rejects(lens.explain(model as Api.OnnxModel & { latents?: undefined }, of, EXACT), {
      name: "LensError",
      kind: "refused",
      message,
    });
  const onnx = file("resnet");
  await refused({ onnx: "resnet.onnx" }, /^The bytes of an ONNX file must be a Uint8Array/);
  await refused({ onnx, part: "encoder" }, /^There is no part of an ONNX file; there are onnx,/);
  await refused({ onnx, graph_part: "half" }, /^graph_part must be whole or encoder or decoder/);
  await refused({ onnx, divide_at: 3 }, /^divide_at must be the name of a tensor, and is 3\.$/);
  await refused({ onnx, half: "encoder", graph_part: "encoder" }, /^Say either half or graph_part/);
  await refused({ onnx, divide_at: "nowhere" }, /^model\.onnx: .+ no tensor "nowhere"/);
  await refused({ onnx, graph_input: "nothing" }, /no input "nothing": choose from images\.$/);
  await refused({ onnx, latents_of: "channel" }, /choose latents by cell, or the encoder alone\.$/);
  await refused({ onnx: onnx.subarray(0, 300) }, /^model\.onnx: The structure of the ONNX file/);
  await refused({ onnx: file("resnet-decoder") }, /is a decoder alone: give the latents of all/);
  const latents = { shape: [8, 3] as const, data: new Float32Array(24) };
  await refused({ onnx, latents }, /^model\.onnx has an encoder, which makes the latents/);
  const wide = { shape: [8, 4], data: new Float32Array(32) };
  await refused({ onnx: file("resnet-decoder"), latents: wide }, /have 4 columns, .+ takes 3:/);
  const few = { shape: [7, 3], data: new Float32Array(21) };
  await refused(
    { onnx: file("resnet-decoder"), latents: few },
    /^There are 7 rows of latents and 8/,
  );
  const none = { shape: [8, 3], data: [1, 2] };
  await refused({ onnx: file("resnet-decoder"), latents: none }, /^The latents of a model must be/);
  const larger = { ...images, height: 8, width: 8, pixels: new Float32Array(8 * 128) };
  await refused({ onnx: file("attention") }, /^model\.onnx: .+ 8 × 8/, larger);
  const aborted = new AbortController();
  aborted.abort(new Error("enough"));
  const options = { signal: aborted.signal };
  await assert.rejects(lens.explain({ onnx }, images, EXACT, options), { message: "enough" });
  assert.ok((await lens.explain({ onnx }, images, EXACT)).report.latent_importance);
});

function matrixRows({ shape: [rows, columns], data }: Api.Matrix): number[][] {
  return Array.from({ length: rows }, (_, row) => [
    ...data.subarray(row * columns, (row + 1) * columns),
  ]);
}
