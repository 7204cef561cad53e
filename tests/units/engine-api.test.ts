/** `latent-lens/engine` in Node, as a program uses it. */
import assert from "node:assert/strict";
import { env } from "node:process";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

import type * as Api from "../../www/engine";
import { planned, stages } from "../../www/network";
import { NETWORK_PRESETS } from "../../www/network-presets";
import { asDense } from "./networks";
import { rings } from "./rings";

const { fromIdx, Lens } = (await import(
  pathToFileURL(`${env.DIST}/engine-node.js`).href
)) as typeof Api;

/** Small, but through every stage. */
const SETTINGS = { dims: 3, epochs: 4, permutations: 2 };

let lens: Api.Lens;
before(async () => (lens = await Lens.open()));
after(() => lens.close());

/** An autoencoder of one layer each, by hand. */
function encode({ encoder: [layer] }: Api.Network, image: ArrayLike<number>): number[] {
  const { weight, bias } = asDense(layer);
  const [pixels, dims] = weight.shape;
  return Array.from({ length: dims }, (_, dim) => {
    let sum = bias[dim]!;
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      sum += image[pixel]! * weight.data[pixel * dims + dim]!;
    }
    return Math.max(0, sum);
  });
}

test("a convolutional network is trained and explained, and explained again as it is", async () => {
  const images = rings();
  const settings: Api.Settings = { ...SETTINGS, kind: "convolutional", filters: [2, 3] };
  const { report, network } = await lens.run(images, { ...settings, explain: "all" });
  assert.deepEqual([report.settings.kind, report.settings.filters], ["convolutional", [2, 3]]);
  assert.deepEqual(network.input, { image: { height: 6, width: 5, channels: 1 } });
  assert.deepEqual(
    network.encoder.map(({ kind }) => typeof kind === "object" && Object.keys(kind)[0]),
    ["convolution", "convolution", false],
  );
  assert.deepEqual(stages(network), planned(report.image, report.settings));
  const again = await lens.explain(network, images);
  assert.equal(again.report.settings.epochs, 0);
  assert.deepEqual(again.report.settings.filters, [2, 3]);
  assert.deepEqual(again.report.pixel_importance, report.pixel_importance);
  assert.deepEqual(again.report.latent_importance, report.latent_importance);
  await assert.rejects(lens.run(images, { ...settings, hidden: [4] }), {
    kind: "refused",
    message: /^A convolutional network has no hidden dense layers/,
  });
});

for (const { name, settings: texts } of NETWORK_PRESETS) {
  test(`the preset ${name} is trained and explained by its name`, async () => {
    const images = rings();
    const asked = {
      preset: name,
      epochs: 2,
      permutations: 1,
      explain: 8,
      method: "sampled",
    } as const;
    const { report, network } = await lens.run(images, asked);
    const { settings, training } = report;
    assert.equal(settings.dims, Number(texts.dims ?? 12));
    assert.equal(settings.epochs, 2, "what is said besides counts more");
    assert.equal(settings.loss, texts.loss ?? "bce");
    assert.equal(settings.variant?.variational ?? false, texts.variational === "true");
    assert.equal(settings.variant?.sparsity ?? 0, Number(texts.sparsity ?? 0));
    assert.equal(settings.variant?.noise ?? "none", texts.noise ?? "none");
    assert.deepEqual(stages(network), planned(report.image, settings), "as it is planned");
    assert.equal(network.log_variance !== undefined, texts.variational === "true");
    assert.equal(training!.held_out_loss.length, 2);
    assert.ok(training!.held_out_loss.every(Number.isFinite));
    const penalty = texts.variational ? "divergence" : texts.sparsity ? "sparsity" : undefined;
    assert.equal(training!.parts?.penalty, penalty);
    assert.deepEqual(report.pixel_importance.mean.shape, [30, settings.dims]);
  });
}

test("what a preset or a variant is not is refused", async () => {
  const images = rings();
  const run = (settings: object) => lens.train(images, settings);
  await assert.rejects(run({ preset: "keras" }), {
    kind: "refused",
    message: /^Preset must be one of keras-simple, .*paper\.$/,
  });
  await assert.rejects(run({ variant: { variance: 1 } }), {
    kind: "refused",
    message: /^There is no setting of variant variance; there are variational, beta, /,
  });
  await assert.rejects(run({ variant: { noise: "salt" } }), {
    kind: "refused",
    message: /^Noise on images must be one of none, gaussian, masking\.$/,
  });
  await assert.rejects(run({ variant: { output: "linear" } }), {
    kind: "refused",
    message: /^Cross-entropy needs reconstructions from 0 to 1/,
  });
  // A part of it leaves the rest as the preset has it.
  const { report } = await lens.train(images, {
    preset: "keras-variational",
    epochs: 1,
    variant: { beta: 4 },
  });
  assert.deepEqual(
    [report.settings.variant?.variational, report.settings.variant?.beta],
    [true, 4],
  );
});

test("convolutional networks of other kinds are trained, and told again of a network", async () => {
  const images = rings();
  const settings: Api.Settings = {
    ...SETTINGS,
    kind: "convolutional",
    filters: [2, 3],
    explain: "all",
  };
  const variational = { variational: true, beta: 0.5 };
  const { report, network } = await lens.run(images, { ...settings, variant: variational });
  assert.equal(network.log_variance!.after, network.encoder.length - 1);
  const { training_loss: losses, parts } = report.training!;
  assert.equal(parts!.penalty, "divergence");
  // The loss is one of whole images, here of every number of their 30.
  for (const [epoch, loss] of losses.entries()) {
    const penalty = (0.5 / 30) * parts!.training_penalty[epoch]!;
    assert.ok(parts!.training_penalty[epoch]! >= 0);
    const sum = parts!.training_reconstruction[epoch]! + penalty;
    assert.ok(Math.abs(loss - sum) < 1e-6, `${loss} is not ${sum}`);
  }
  assert.equal(losses.length, SETTINGS.epochs);
  const again = await lens.explain(network, images);
  assert.ok(again.report.settings.variant?.variational);
  assert.deepEqual(again.report.pixel_importance, report.pixel_importance);

  const pooling = { downsampling: "pooling", noise: "masking", noise_level: 0.2 } as const;
  const pooled = await lens.run(images, { ...settings, variant: pooling });
  assert.deepEqual(stages(pooled.network), planned(report.image, pooled.report.settings));
  const [first, last] = [0, -1].map((at) => pooled.report.training!.held_out_loss.at(at)!);
  assert.ok(last! < first!, `${last} is not below ${first}`);
  const told = await lens.explain(pooled.network, images);
  assert.equal(told.report.settings.variant?.downsampling, "pooling");
  assert.deepEqual(told.report.latent_importance, pooled.report.latent_importance);
});

test("a run that is watched says how its maps came about, and finds what it finds without", async () => {
  const images = rings();
  const settings = { ...SETTINGS, explain: "all" as const };
  const { report, network, history = [] } = await lens.run(images, settings, { history: true });
  assert.deepEqual(
    history.map(({ epoch }) => epoch),
    [0, 1, 2, 3, 4],
  );
  const last = history.at(-1)!;
  assert.deepEqual(last.network, network);
  assert.deepEqual(last.pixel_importance, report.pixel_importance);
  const { emergence, ...others } = report;
  assert.deepEqual(emergence!.epochs, [0, 1, 2, 3, 4]);
  assert.equal(emergence!.emerged.length, SETTINGS.dims);
  for (const [at, { latent_importance: found }] of history.entries()) {
    const rows = emergence!.latent_importance[at]!;
    assert.deepEqual(Float32Array.from(rows.flat()), found.mean.data);
  }
  // The map of an active dimension is like itself in the end.
  for (const rho of emergence!.similarity.at(-1)!) assert.ok(rho === null || rho > 1 - 1e-6);
  const plain = await lens.run(images, settings);
  assert.deepEqual(others, plain.report);
  assert.deepEqual(network, plain.network);
  assert.equal(plain.history, undefined);

  // Networks of epochs are what others can explain.
  const { network: first, latents } = history[0]!;
  const again = await lens.explain(first, images);
  assert.deepEqual(again.report.encoded.latents, latents);
  assert.deepEqual(again.report.pixel_importance.mean, history[0]!.pixel_importance.mean);
});

test("a run gives everything, and importance is what it is defined as", async () => {
  const images = rings();
  const size = images.height * images.width;
  const { report, network } = await lens.run(images, { ...SETTINGS, method: "exact" });
  assert.deepEqual(report.image, { height: 6, width: 5, channels: 1 });
  assert.deepEqual(report.settings, { ...report.settings, ...SETTINGS, classes: [2, 7], seed: 1 });
  assert.deepEqual(
    report.classes.map(({ label, name }) => [label, name]),
    [
      [2, "disc"],
      [7, "7"],
    ],
  );
  assert.equal(report.training!.held_out_loss.length, 4);
  assert.ok(report.training!.held_out_loss[3]! < report.training!.held_out_loss[0]!);
  assert.deepEqual(report.direction.sign.shape, [size, 3]);
  assert.deepEqual(report.latent_importance.mean.shape, [2, 3]);
  assert.deepEqual(report.samples.reconstructions.shape, [report.samples.labels.length, size]);

  assert.deepEqual(
    { ...report.data, range: [] },
    {
      name: "",
      files: ["images"],
      count: 40,
      test_set: false,
      handling: [],
      columns: null,
      reading: "",
      form: "image",
      pixels: "light",
      range: [],
    },
  );
  assert.equal(report.model, undefined);

  // Which images were held out the report says: by class and place in it, and by place among all.
  const { labels, positions, place, latents } = report.encoded;
  const heldOut = labels.map((label, at) => {
    const places = images.labels.flatMap((each, image) => (each === label ? [image] : []));
    const image = places[positions[at]!]!;
    assert.equal(place[at], image);
    return Float32Array.from(
      images.pixels.subarray(image * size, (image + 1) * size),
      (byte) => byte / 255,
    );
  });
  const codes = heldOut.map((image) => encode(network, image));
  assert.ok(codes.flat().every((code, at) => Math.abs(code - latents.data[at]!) < 1e-5));

  // V by its definition: every image with the value of every other one in the pixel's place.
  const { mean, method, std_error } = report.pixel_importance;
  assert.equal(method, "exact");
  assert.ok(std_error?.data.every((error) => error === 0));
  const largest = Math.max(...mean.data);
  assert.ok(largest > 0);
  for (let pixel = 0; pixel < size; pixel += 1) {
    const sums = [0, 0, 0];
    for (const [at, image] of heldOut.entries()) {
      for (const other of heldOut) {
        const shuffled = Float32Array.from(image);
        shuffled[pixel] = other[pixel]!;
        encode(network, shuffled).forEach((code, dim) => {
          sums[dim]! += (code - codes[at]![dim]!) ** 2;
        });
      }
    }
    for (const [dim, sum] of sums.entries()) {
      const expected = sum / heldOut.length ** 2;
      const found = mean.data[pixel * 3 + dim]!;
      assert.ok(Math.abs(found - expected) < 1e-4 * largest, `V[${pixel}, ${dim}]: ${found}`);
    }
  }
});

test("training and explaining apart measures what both together do, to the last bit", async () => {
  const images = rings();
  const together = await lens.run(images, SETTINGS);
  const trained = await lens.train(images, SETTINGS);
  assert.deepEqual(trained.network, together.network);
  assert.deepEqual(trained.report.training, together.report.training);
  assert.ok(!("pixel_importance" in trained.report));
  // The network says how large it is.
  const { dims: _, ...settings } = SETTINGS;
  const heldOut = { ...settings, explain: "held-out" } as const;
  const options = { model: "rings.keras" };
  const explained = await lens.explain(trained.network, images, heldOut, options);
  const { training: _training, samples: before, settings: _settings, ...rest } = together.report;
  const { samples: after, settings: found, model, ...measured } = explained.report;
  assert.deepEqual(measured, rest);
  assert.deepEqual([found.dims, found.hidden, found.epochs], [3, [], 0]);
  assert.deepEqual(model, { files: ["rings.keras"], format: "", notes: [] });
  // Which the trainer computes as it trains, in another order.
  assert.deepEqual(after.labels, before.labels);
  const off = after.reconstructions.data.map((value, at) =>
    Math.abs(value - before.reconstructions.data[at]!),
  );
  assert.ok(Math.max(...off) < 1e-6);

  // All images, unless it is said which.
  const everything = await lens.explain(trained.network, images, settings);
  assert.deepEqual(
    everything.report.classes.map(({ explained }) => explained),
    [20, 20],
  );
  const some = await lens.explain(trained.network, images, { ...settings, explain: 10 });
  assert.equal(some.report.encoded.labels.length, 10);
});

test("a test set is explained and never trained on, under the names that its classes have", async () => {
  const images = rings();
  const labels = images.labels.map((label) => (label === 7 ? "ring, thin" : "20231000"));
  const test = { pixels: images.pixels.slice().reverse(), labels: [...labels].reverse() };
  const { report } = await lens.run(
    { ...images, labels, names: {}, name: "round", test },
    SETTINGS,
  );
  assert.deepEqual(
    report.classes.map(({ name, training, held_out, explained }) => [
      name,
      training,
      held_out,
      explained,
    ]),
    [
      ["20231000", 20, 20, 20],
      ["ring, thin", 20, 20, 20],
    ],
  );
  const { name, count, test_set } = report.data;
  assert.deepEqual([name, count, test_set], ["round", 80, true]);
  const { files, file, place, labels: found } = report.encoded;
  assert.deepEqual(files, ["round, test"]);
  assert.ok(file.every((each) => each === 0));
  const expected = [...found.keys()].map((at) => (at < 20 ? 2 * at + 1 : 2 * (at - 20)));
  assert.deepEqual(place, expected);
});

test("bytes, floats, IDX files and images in parts are the same images", async () => {
  const images = rings();
  const { height, width, labels, names } = images;
  const { report } = await lens.run(images, SETTINGS);
  const floats = Float32Array.from(images.pixels, (byte) => byte / 255);
  const count = labels.length;
  const header = (type: number, ...sizes: number[]) => {
    const bytes = Buffer.from([0, 0, type, sizes.length, ...new Array<number>(4 * sizes.length)]);
    sizes.forEach((size, at) => bytes.writeUInt32BE(size, 4 + 4 * at));
    return bytes;
  };
  const file = gzipSync(Buffer.concat([header(8, count, height, width), images.pixels]));
  const marks = Buffer.concat([header(8, count), Buffer.from(labels)]);
  const half = (count / 2) * height * width;
  for (const same of [
    { ...images, pixels: floats },
    { ...(await fromIdx(file, marks)), names },
    [
      { ...images, pixels: images.pixels.subarray(0, half), labels: labels.slice(0, count / 2) },
      { ...images, pixels: images.pixels.subarray(half), labels: labels.slice(count / 2) },
    ],
  ]) {
    const again = (await lens.run(same, SETTINGS)).report;
    assert.deepEqual(again.encoded.positions, report.encoded.positions);
    // Parts are arrays of their own, and places are in these.
    const { data, encoded } = Array.isArray(same) ? report : again;
    assert.deepEqual({ ...again, data, encoded }, report);
  }
});

test("progress goes through the stages, with a report that grows", async () => {
  const stages: string[] = [];
  const known: number[] = [];
  await lens.run(rings(), SETTINGS, {
    onProgress({ stage, done, total, elapsed_ms, report }) {
      if (stages.at(-1) !== stage) stages.push(stage);
      assert.ok(done >= 0 && done <= total && elapsed_ms >= 0);
      known.push(Object.keys(report).length);
    },
  });
  const expected = ["training", "pixel-importance", "direction", "latent-importance", "done"];
  assert.deepEqual(stages, expected);
  assert.deepEqual(
    known,
    [...known].sort((one, other) => one - other),
  );
});

test("a signal ends a run at once, also one that waits, and the lens works on", async () => {
  const [first, second] = [new AbortController(), new AbortController()];
  // Minutes, if it were not ended.
  const long = { ...SETTINGS, epochs: 2000, hidden: [1024, 1024] };
  let began: () => void;
  const beginning = new Promise<void>((resolve) => (began = resolve));
  const running = lens.run(rings(), long, { signal: first.signal, onProgress: () => began() });
  const waiting = lens.train(rings(), long, { signal: second.signal });
  await beginning;

  for (const [controller, call] of [
    [second, waiting],
    [first, running],
  ] as const) {
    controller.abort();
    // Before anything else has its turn; what the worker is busy with is not waited for.
    const later = new Promise((resolve) => setTimeout(resolve));
    await assert.rejects(Promise.race([call, later]), { name: "AbortError" });
  }
  await assert.rejects(lens.run(rings(), long, { signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
  const start = performance.now();
  assert.equal((await lens.run(rings(), SETTINGS)).report.settings.dims, 3);
  assert.ok(performance.now() - start < 30_000, "the cancelled runs no longer compute");
});

test("calls are worked on one after the other", async () => {
  const ends: number[] = [];
  const calls = [5, 3, 1].map(async (dims) => {
    const { report } = await lens.run(rings(), { ...SETTINGS, dims });
    assert.equal(report.settings.dims, dims);
    ends.push(dims);
  });
  await Promise.all(calls);
  assert.deepEqual(ends, [5, 3, 1]);
});

test("what onProgress throws ends the run", async () => {
  const stop = new Error("enough");
  const onProgress = () => {
    throw stop;
  };
  await assert.rejects(lens.run(rings(), SETTINGS, { onProgress }), stop);
});

test("what cannot be used is refused in a sentence", async () => {
  const images = rings();
  const { pixels, labels } = images;
  type Arguments = [Api.Images | Api.Images[], object?];
  const refused: [RegExp, ...Arguments][] = [
    [/^There are no images\.$/, []],
    [
      /^59 numbers are no whole number of images of 6 × 5/,
      { ...images, pixels: pixels.subarray(1, 60) },
    ],
    [/^There are 40 images and 39 labels/, { ...images, labels: labels.slice(1) }],
    [/^Labels must be texts or whole numbers .* and one is 2\.5\.$/, { ...images, labels: 2.5 }],
    [/^Images of 6 × 0 pixels cannot be/, { ...images, width: 0 }],
    [/images of 6 × 5 pixels and of 5 × 6 pixels/, [images, { ...images, height: 5, width: 6 }]],
    [/^The pixels must be bytes in a Uint8Array/, { ...images, pixels: [1, 2] as never }],
    [
      /^The values lie between 2 and 2, and a network is trained here on values from 0 to 1/,
      { ...images, pixels: new Float32Array(60).fill(2), labels: 0 },
    ],
    [/^There is no setting dim; there are classes, kind, dims,/, images, { dim: 3 }],
    [/^Latent dimensions must be a whole number, such as 12\.$/, images, { dims: 2.5 }],
    [/^Latent dimensions must be a whole number from 1 to 512\.$/, images, { dims: 0 }],
    [/^Importance must be one of auto, exact, sampled\.$/, images, { method: "guessed" }],
    [/^There is no class 3; the classes are 2, 7\.$/, images, { classes: [3] }],
  ];
  for (const [message, given, settings] of refused) {
    await assert.rejects(lens.run(given, settings), {
      name: "LensError",
      kind: "refused",
      message,
    });
  }
  // 6 copies of 2 · (512² · 1366 + 1366 · 12) weights, more than 32 bits can count, and the rest.
  const large = { height: 512, width: 512, pixels: new Uint8Array(4 * 512 ** 2), labels: 0 };
  await assert.rejects(lens.run(large, { hidden: [1366] }), {
    kind: "refused",
    message: /^This run needs about 19\.\d GB of memory and a page gets about 2\.5 GB\./,
  });
  const { network } = await lens.train(images, SETTINGS);
  const { encoder, decoder } = network;
  const layer = asDense(decoder[0]);
  const nothing = { ...layer.weight, data: layer.weight.data.map(() => NaN) };
  const broken: [RegExp, object][] = [
    [/^The encoder has no layers\.$/, { encoder: [], decoder }],
    [
      /^Layer 2 of the encoder takes 30 numbers, but is given 3\.$/,
      { encoder: [...encoder, ...encoder], decoder },
    ],
    [
      /^Layer 1 of the decoder holds a number that is/,
      { encoder, decoder: [{ ...layer, weight: nothing }] },
    ],
    [/^activation cannot be read/, { encoder, decoder: [{ ...layer, activation: "step" }] }],
    [/^encoder is not an array of layers\.$/, { encoder: 5, decoder }],
  ];
  for (const [message, unfit] of broken) {
    await assert.rejects(lens.explain(unfit as Api.Network, images), { kind: "refused", message });
  }
  const smaller = { ...images, height: 3, pixels: pixels.subarray(0, pixels.length / 2) };
  await assert.rejects(lens.explain(network, smaller), { kind: "refused", message: /30.*15/ });
});

test("files that are no IDX files are refused in a sentence", async () => {
  const message = /^This is no IDX file of images: it should start with the bytes 00 00 08 03/;
  await assert.rejects(fromIdx(Buffer.from("GIF89a")), { kind: "refused", message });
  const damaged = gzipSync("images").subarray(0, 12);
  await assert.rejects(fromIdx(damaged), { kind: "refused", message: /damaged/ });
});

test("there is no WebGPU in Node, and a lens says so", async () => {
  await assert.rejects(Lens.open({ engine: "webgpu" }), { name: "LensError", kind: "no-adapter" });
});

test("a closed lens rejects what it was doing and what comes later", async () => {
  const other = await Lens.open();
  // Minutes, if it were not ended.
  const long = { ...SETTINGS, epochs: 2000, hidden: [1024, 1024] };
  const running = other.run(rings(), long, { onProgress: () => other.close() });
  await assert.rejects(running, { kind: "closed" });
  await assert.rejects(other.train(rings()), { kind: "closed" });
});

test("workers and WebAssembly come from the folder that a program names", async () => {
  const before = Lens.assets;
  assert.equal(before, pathToFileURL(`${env.DIST}/`).href);
  Lens.assets = new URL("nowhere", before);
  assert.equal(Lens.assets, `${before}nowhere/`);
  try {
    // An engine that is here already is not fetched again: another copy of the module is asked.
    const copy = (await import(
      `${pathToFileURL(`${env.DIST}/engine-node.js`).href}?copy`
    )) as typeof Api;
    copy.Lens.assets = Lens.assets;
    await assert.rejects(copy.Lens.open(), { kind: "engine-file", message: /nowhere/ });
    copy.Lens.assets = before;
    const found = await copy.Lens.open();
    found.close();
  } finally {
    Lens.assets = before;
  }
});
