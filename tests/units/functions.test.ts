/** Models as functions: what is checked of what they give, and, in Node, the numbers of the same model as layers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import "@tensorflow/tfjs-backend-cpu";
import * as core from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";

import { answers } from "../../www/functions/answers";
import { Functions } from "../../www/functions/functions";
import { Gate } from "../../www/functions/gate";
import type { HalfFunction, ModelFunctions } from "../../www/functions/messages";
import { tryFunctions } from "../../www/functions/trial";
import type * as Api from "../../www/engine";
import { dense, asFunction } from "./layers";
import { rings } from "./rings";

const { Lens, LensError } = (await import(
  pathToFileURL(`${env.DIST}/engine-node.js`).href
)) as typeof Api;

/** What stands in `docs/embedding.md` for a library, run with what it imports: the model that it gives the element. */
async function told(library: string, around: Record<string, unknown>): Promise<OfEncoder> {
  const section = readFileSync("docs/embedding.md", "utf8").split("### A model as functions")[1]!;
  const blocks = [...section.matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block!);
  const program = blocks.find((block) => block.includes(library))!.replace(/^import .*$/m, "");
  const element: { model?: OfEncoder } = {};
  const all = { ...around, document: { querySelector: () => element } };
  const run = new AsyncFunction(...Object.keys(all), program);
  await run(...Object.values(all));
  return element.model!;
}

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => (...values: unknown[]) => Promise<void>;

type OfEncoder = ModelFunctions & { encode: HalfFunction };

let lens: Api.Lens;
before(async () => (lens = await Lens.open()));
after(() => lens.close());

/** Of the images that `rings` makes. */
const PIXELS = 30;
const ENCODER = dense(PIXELS, 3, "relu");
const DECODER = dense(3, PIXELS, "sigmoid");
const ENCODE = asFunction(ENCODER);
const DECODE = asFunction(DECODER);

/** The largest difference, as a share of the largest number. */
function distance(found: Api.Matrix, expected: Api.Matrix): number {
  assert.deepEqual(found.shape, expected.shape);
  const largest = expected.data.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const differences = expected.data.map((each, at) => Math.abs(each - found.data[at]!));
  return differences.reduce((most, each) => Math.max(most, each), 0) / largest;
}

test("functions, waited for or not, give the numbers of the same network as layers", async () => {
  const images = rings();
  const network = { encoder: [ENCODER], decoder: [DECODER] };
  for (const settings of [
    { method: "exact" },
    { method: "sampled", permutations: 2 },
  ] as Api.Settings[]) {
    const heard: Api.TimeEstimate[] = [];
    const model = {
      encode: ENCODE,
      decode: async (latents: Float32Array, count: number) => Array.from(DECODE(latents, count)),
      name: "mine",
    };
    const options = { onEstimate: (estimate: Api.TimeEstimate) => heard.push(estimate) };
    const { report: found, network: told } = await lens.explain(model, images, settings, options);
    const { report } = await lens.explain(network, images, settings);
    assert.equal(found.pixel_importance.method, report.pixel_importance.method);
    assert.ok(distance(found.pixel_importance.mean, report.pixel_importance.mean) < 1e-5);
    assert.ok(distance(found.direction.slope, report.direction.slope) < 1e-5);
    assert.deepEqual(found.direction.sign, report.direction.sign);
    assert.ok(distance(found.latent_importance!.mean, report.latent_importance.mean) < 1e-5);
    assert.ok(distance(found.samples!.reconstructions, report.samples.reconstructions) < 1e-5);
    assert.deepEqual(found.model!.files, ["mine"]);
    assert.equal(found.model!.format, "given by the page as functions");
    assert.match(heard[0]!.sentence, /^An image takes .* ms to encode and .* ms to decode on this/);
    // It says what it was, and can be sent elsewhere.
    assert.deepEqual(structuredClone(told), told);
    await assert.rejects(lens.explain(told, images), {
      kind: "refused",
      message: /^The function encode is not part of this network: bring its model again\.$/,
    });
  }
});

test("a function encode alone gives pixel importance, and no latent importance", async () => {
  const { report } = await lens.explain({ encode: ENCODE }, rings());
  assert.equal(report.pixel_importance.mean.shape[1], 3);
  assert.equal(report.latent_importance, undefined);
  assert.equal(report.model!.part, "encoder");
});

test("a function decode and latents that were made elsewhere give latent importance", async () => {
  const images = rings();
  const pixels = Float32Array.from(images.pixels, (byte) => byte / 255);
  const latents = { shape: [40, 3], data: ENCODE(pixels, 40) } as Api.Matrix;
  const of = (latents: Api.Matrix, images: Api.Images = rings()) =>
    lens.explain({ decode: DECODE, latents }, images);
  const { report } = await of(latents);
  const layers = await lens.explain({ encoder: [ENCODER], decoder: [DECODER] }, images);
  const { latent_importance, direction } = layers.report;
  assert.ok(distance(report.latent_importance!.mean, latent_importance.mean) < 1e-5);
  assert.ok(distance(report.direction.slope, direction.slope) < 1e-5);
  assert.equal(report.pixel_importance, undefined);
  assert.equal(report.model!.part, "decoder");

  const fewer = { shape: [39, 3], data: latents.data.slice(3) } as Api.Matrix;
  await assert.rejects(of(fewer), { message: /^There are 39 rows of latents and 40 images: give/ });
  await assert.rejects(of({ shape: [40, 2], data: latents.data }), {
    message: /^The latents of a model must be \{ shape: \[images, dimensions\], data \}/,
  });
  const test = { pixels: images.pixels, labels: images.labels };
  await assert.rejects(of(latents, { ...images, test }), {
    message: /in one array and without a t/,
  });
  const both = lens.explain({ encode: ENCODE, decode: DECODE, latents }, images);
  await assert.rejects(both, {
    message: /^The model has both a function encode and latents: give/,
  });
});

test("what a function does wrong is said in a sentence with its name and the rows it was given", async () => {
  const images = rings();
  const wrong = async (encode: unknown, decode: unknown = DECODE) => {
    const model = { encode, decode } as OfEncoder;
    const error = await lens.explain(model, images).catch((error: unknown) => error);
    assert.ok(error instanceof LensError);
    assert.equal(error.kind, "refused");
    assert.match(error.message, /^[A-Z][^.]*.*[^.]\.$/);
    return error.message;
  };
  const failing = () => {
    throw new Error("no backend.");
  };
  assert.match(await wrong(failing), /^The function encode failed when it was given 1 row \(no ba/);
  assert.match(await wrong(() => Promise.reject("lost")), /1 row \(lost\): correct what it says/);
  assert.match(
    await wrong(() => undefined),
    /encode was given 1 row and gave nothing: give a Float/,
  );
  assert.match(
    await wrong(() => new Map()),
    /gave an object of the class Map: give a Float32Array/,
  );
  assert.match(
    await wrong(() => [[1, 2]]),
    /gave a list of what are no numbers: give a Float32Array/,
  );
  assert.match(
    await wrong(() => new Float32Array(0)),
    /gave 0 numbers, which is not as many for each/,
  );
  const first: HalfFunction = (rows) => ENCODE(rows.slice(0, PIXELS), 1);
  assert.match(
    await wrong(first),
    /^The function encode was given \d+ rows and gave 3 numbers, inst/,
  );
  assert.match(
    await wrong(ENCODE, () => new Float32Array(29)),
    /^The function decode was given 1 row and gave 29 numbers, instead of 30: give the reconstructions/,
  );
  const infinite: HalfFunction = (_, count) => new Float32Array(3 * count).fill(1 / 0);
  assert.match(
    await wrong(infinite),
    /^The function encode gave Infinity for row 1 of 1: check that/,
  );
  const drawn: HalfFunction = (_, count) => Float32Array.from({ length: 3 * count }, Math.random);
  assert.match(
    await wrong(drawn),
    /gave other numbers for the same row when it was given a second/,
  );
  const batch: HalfFunction = (_, count) => new Float32Array(3 * count).fill(count);
  assert.match(
    await wrong(batch),
    /for the same row when it was given with \d+ others beside it: a/,
  );
  assert.match(
    await wrong(undefined),
    /^The model has a function decode and none that is called enc/,
  );
  assert.match(
    await wrong("model.onnx"),
    /^What the model has as encode is no function: it should/,
  );
  await assert.rejects(lens.explain({ encode: ENCODE, shape: [6, 6] }, images), {
    message:
      /^The function encode takes images of 6 × 6, and these are of 6 × 5: give images of it/,
  });
  // In the midst of a run.
  let rows = 0;
  const tires: HalfFunction = (given, count) => {
    const made = ENCODE(given, count);
    if ((rows += count) > 200) made[4] = NaN;
    return made;
  };
  assert.match(
    await wrong(tires),
    /^The function encode gave NaN for row 2 of \d+: check that imag/,
  );
});

test("a function that never answers ends with a sentence, or with the signal", async () => {
  const never = new Functions({ encode: () => new Promise(() => {}) }, 30);
  await assert.rejects(tryFunctions(never, { height: 6, width: 5, channels: 1 }), {
    detail: /^The function encode has not answered within 0\.03 s for 1 row: its promise is neve/,
  });
  const controller = new AbortController();
  const encode: HalfFunction = () => {
    setTimeout(() => controller.abort(), 10);
    return new Promise(() => {});
  };
  const { signal } = controller;
  await assert.rejects(lens.explain({ encode }, rings(), {}, { signal }), { name: "AbortError" });

  // One that stops in the midst of a run is given up at once, and the next run is not kept waiting.
  const middle = new AbortController();
  let calls = 0;
  const stops: HalfFunction = (rows, count) => {
    if (++calls < 6) return ENCODE(rows, count);
    setTimeout(() => middle.abort(), 10);
    return new Promise(() => {});
  };
  const from = performance.now();
  const running = lens.explain({ encode: stops }, rings(), {}, { signal: middle.signal });
  await assert.rejects(running, { name: "AbortError" });
  const { report } = await lens.explain({ encode: ENCODE }, rings());
  assert.ok(report.pixel_importance.mean.data.length > 0);
  assert.ok(performance.now() - from < 1500);
});

test("functions may write into their rows and keep the array they give", async () => {
  const kept = new Float32Array(3 * 1024);
  const encode: HalfFunction = (rows, count) => {
    kept.set(ENCODE(rows, count));
    rows.fill(NaN);
    return kept.subarray(0, 3 * count);
  };
  const [careless, careful] = await Promise.all(
    [encode, ENCODE].map((encode) => lens.explain({ encode }, rings())),
  );
  assert.deepEqual(careless!.report.pixel_importance, careful!.report.pixel_importance);
});

test("batches are short, and none is begun in a pause", async () => {
  let time = 0;
  const counts: number[] = [];
  const encode: HalfFunction = (rows, count) => {
    counts.push(count);
    time += 5 * count;
    return rows.slice(0, count);
  };
  const ask = answers(new Functions({ encode }), { encode: 10, decode: 0 }, () => time);
  const gate = new Gate();
  const rows = Float32Array.from({ length: 50 }, (_, at) => at);
  const asked = { half: "encode", rows, count: 25 } as const;
  gate.pause();
  const made = ask(asked, gate.pass);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(counts, []);
  gate.resume();
  assert.equal((await made).length, 25);
  assert.deepEqual(counts, [5, 10, 10]);

  gate.close(new Error("over"));
  await assert.rejects(ask(asked, gate.pass), { message: "over" });
  assert.equal(counts.length, 3);
});

test("functions that run elsewhere are given as many rows as are worth the way there", async () => {
  let time = 0;
  let counts: number[] = [];
  const encode: HalfFunction = (rows, count) => {
    counts.push(count);
    time += 400 + count;
    return rows.slice(0, count);
  };
  const functions = new Functions({ encode, batch: 8 });
  const now = () => time;
  const tried = await tryFunctions(functions, { height: 1, width: 1, channels: 1 }, undefined, now);
  // From what a row takes in a batch of these it is said what all take.
  assert.deepEqual(counts, [1, 1, 8, 19, 45, 101, 201, 201]);
  assert.equal(tried.encode_ms, (400 + 201) / 201);

  counts = [];
  const ask = answers(functions, { encode: tried.encode_ms!, decode: 0 }, now);
  const rows = Float32Array.from({ length: 1024 }, (_, at) => at);
  const asked = { half: "encode", rows, count: 1024 } as const;
  assert.deepEqual(await ask(asked, async () => {}), rows);
  assert.deepEqual(counts, [334, 455, 235]);
});

test("the programs of the docs give the numbers of the same layers", async () => {
  const [encoder, decoder] = [dense(784, 12, "relu"), dense(12, 784, "sigmoid")];
  const pixels = Float32Array.from({ length: 8 * 784 }, (_, at) => ((at * at) % 101) / 100);
  const images: Api.Images = { pixels, height: 28, width: 28 };
  const settings: Api.Settings = { method: "sampled", permutations: 1 };
  const network = { encoder: [encoder], decoder: [decoder] };
  const { report } = await lens.explain(network, images, settings);

  /** A model of one layer, as TensorFlow.js has it. */
  const load = ({ weight, bias, activation }: typeof encoder) => {
    const [inputs, units] = weight.shape;
    const isEncoder = inputs === 784;
    const layer = layers.layers.dense({
      units,
      activation: activation as "relu",
      ...(!isEncoder && { inputShape: [inputs] }),
    });
    const model = layers.sequential();
    if (isEncoder) model.add(layers.layers.flatten({ inputShape: [28, 28, 1] }));
    model.add(layer);
    if (!isEncoder) model.add(layers.layers.reshape({ targetShape: [28, 28, 1] }));
    layer.setWeights([core.tensor(weight.data, weight.shape), core.tensor(bias)]);
    return model;
  };
  const loadLayersModel = async (address: string) =>
    load(address.startsWith("encoder") ? encoder : decoder);
  const model = await told("@tensorflow/tfjs", { tf: { ...core, ...layers, loadLayersModel } });
  const before = core.memory().numTensors;
  const { report: found } = await lens.explain(model, images, settings);
  assert.equal(core.memory().numTensors, before);
  assert.ok(distance(found.pixel_importance.mean, report.pixel_importance.mean) < 1e-5);
  assert.ok(distance(found.latent_importance!.mean, report.latent_importance.mean) < 1e-5);
});
