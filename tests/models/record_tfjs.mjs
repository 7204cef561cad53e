// Autoencoders saved by TensorFlow.js, with what it makes of some images.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";

const FIXTURES = join(import.meta.dirname, "fixtures");
const { images } = JSON.parse(readFileSync(join(FIXTURES, "keras.json"), "utf8"));
const pixels = images[0].length;
const models = [];

/** Weights in [-1, 1) from a small generator of their own, the same in every run. */
let state = 7;
function draw() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state / 2 ** 32) * 2 - 1;
}

function shaken(model) {
  const weights = model.getWeights();
  model.setWeights(
    weights.map((old) => tf.tensor(Float32Array.from({ length: old.size }, draw), old.shape)),
  );
  return model;
}

async function save(model, name) {
  const folder = join(FIXTURES, "tfjs", name);
  mkdirSync(folder, { recursive: true });
  await model.save(
    tf.io.withSaveHandler(async (made) => {
      const { weightSpecs, weightData, ...rest } = made;
      const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData));
      // Two shards, cut where no weight ends.
      const cut = Math.floor(bytes.length / 2) - 1;
      const paths = ["group1-shard1of2.bin", "group1-shard2of2.bin"];
      writeFileSync(join(folder, paths[0]), bytes.subarray(0, cut));
      writeFileSync(join(folder, paths[1]), bytes.subarray(cut));
      const manifest = [{ paths, weights: weightSpecs }];
      const { modelTopology, format, generatedBy, convertedBy } = rest;
      const json = { modelTopology, format, generatedBy, convertedBy, weightsManifest: manifest };
      writeFileSync(join(folder, "model.json"), JSON.stringify(json));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  return ["model.json", "group1-shard2of2.bin", "group1-shard1of2.bin"].map(
    (file) => `tfjs/${name}/${file}`,
  );
}

function record(name, files, encoder, model) {
  const input = tf.tensor2d(images);
  const latents = encoder.predict(input);
  models.push({
    name: `tfjs ${name}`,
    files,
    latents: latents.arraySync(),
    reconstructions: model.predict(input).arraySync(),
  });
}

const dense = (units, activation, more = {}) => layers.layers.dense({ units, activation, ...more });

{
  const start = layers.input({ shape: [pixels] });
  const latents = dense(3, "relu").apply(dense(6, "relu").apply(start));
  const encoder = shaken(layers.model({ inputs: start, outputs: latents, name: "encoder" }));
  const code = layers.input({ shape: [3] });
  const image = dense(pixels, "sigmoid").apply(dense(6, "relu").apply(code));
  const decoder = shaken(layers.model({ inputs: code, outputs: image, name: "decoder" }));
  const input = layers.input({ shape: [pixels] });
  const model = layers.model({ inputs: input, outputs: decoder.apply(encoder.apply(input)) });
  record("nested", await save(model, "nested"), encoder, model);
  record(
    "two models",
    [...(await save(decoder, "decoder")), ...(await save(encoder, "encoder"))],
    encoder,
    model,
  );
}
{
  const encoder = layers.sequential();
  encoder.add(dense(6, "tanh", { inputShape: [pixels] }));
  encoder.add(layers.layers.dropout({ rate: 0.2 }));
  encoder.add(dense(3, "linear"));
  encoder.add(layers.layers.leakyReLU({ alpha: 0.25 }));
  const model = layers.sequential();
  for (const layer of encoder.layers) model.add(layer);
  model.add(dense(6, "elu"));
  model.add(dense(pixels, "sigmoid", { useBias: false }));
  shaken(model);
  record("mixed", await save(model, "mixed"), encoder, model);
}

const versions = { "tfjs-core": tf.version_core, "tfjs-layers": layers.version_layers };
writeFileSync(join(FIXTURES, "tfjs.json"), JSON.stringify({ versions, images, models }) + "\n");
