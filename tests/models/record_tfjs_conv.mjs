// Convolutional autoencoders saved by TensorFlow.js, with what it makes of some images: rows have the
// channels of a pixel side by side, latents that are feature maps are recorded channel by channel.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {
  input,
  layers as of,
  model as functional,
  sequential,
  version_layers,
} from "@tensorflow/tfjs-layers";

const FIXTURES = join(import.meta.dirname, "fixtures");
const { images } = JSON.parse(readFileSync(join(FIXTURES, "keras-conv.json"), "utf8"));
const models = [];

/** Weights in [-0.5, 0.5) from a small generator of their own, the same in every run. */
let state = 9;
function draw() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32 - 0.5;
}

function shaken(model) {
  const drawn = model.weights.map(({ name, shape }) => {
    const size = shape.reduce((all, axis) => all * axis, 1);
    const values = Float32Array.from({ length: size }, draw);
    return tf.tensor(name.includes("variance") ? values.map((value) => value + 1) : values, shape);
  });
  model.setWeights(drawn);
  return model;
}

async function add(name, encoder, decoder, shape, maps = false) {
  shaken(encoder);
  shaken(decoder);
  const start = input({ shape });
  const whole = functional({ inputs: start, outputs: decoder.apply(encoder.apply(start)) });
  const folder = join(FIXTURES, "tfjs-conv", name);
  mkdirSync(folder, { recursive: true });
  await whole.save(
    tf.io.withSaveHandler(
      async ({ weightSpecs, weightData, modelTopology, format, generatedBy, convertedBy }) => {
        writeFileSync(
          join(folder, "weights.bin"),
          new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
        );
        const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
        const json = { modelTopology, format, generatedBy, convertedBy, weightsManifest };
        writeFileSync(join(folder, "model.json"), JSON.stringify(json));
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      },
    ),
  );
  const given = tf.reshape(tf.tensor2d(images), [-1, ...shape]);
  const found = encoder.predict(given);
  const drawn = decoder.predict(found);
  const rows = (tensor) => tf.reshape(tensor, [images.length, -1]).arraySync();
  models.push({
    name: `tfjs conv ${name}`,
    files: ["model.json", "weights.bin"].map((file) => `tfjs-conv/${name}/${file}`),
    latents: rows(maps ? tf.transpose(found, [0, 3, 1, 2]) : found),
    reconstructions: rows(drawn),
  });
}

await add(
  "blocks",
  sequential({
    name: "encoder",
    layers: [
      of.conv2d({
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: "same",
        activation: "relu",
        inputShape: [6, 5, 2],
      }),
      of.batchNormalization(),
      of.depthwiseConv2d({ kernelSize: 2, padding: "same", depthMultiplier: 2 }),
      of.flatten(),
      of.dense({ units: 3, activation: "softmax" }),
    ],
  }),
  sequential({
    name: "decoder",
    layers: [
      of.dense({ units: 27, activation: "elu", inputShape: [3] }),
      of.reshape({ targetShape: [3, 3, 3] }),
      of.conv2dTranspose({
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: "same",
        activation: "relu",
      }),
      of.layerNormalization(),
      of.separableConv2d({ filters: 2, kernelSize: [1, 2], activation: "sigmoid" }),
    ],
  }),
  [6, 5, 2],
);
await add(
  "maps",
  sequential({
    name: "encoder",
    layers: [
      of.conv2d({
        filters: 3,
        kernelSize: 3,
        padding: "same",
        activation: "tanh",
        inputShape: [6, 5, 2],
      }),
      of.maxPooling2d({ poolSize: 2, padding: "same" }),
      of.averagePooling2d({ poolSize: [2, 1], strides: 2 }),
    ],
  }),
  sequential({
    name: "decoder",
    layers: [
      of.conv2d({ filters: 4, kernelSize: 1, activation: "relu", inputShape: [1, 2, 3] }),
      of.upSampling2d({ size: [6, 3] }),
      of.zeroPadding2d({
        padding: [
          [0, 0],
          [1, 0],
        ],
      }),
      of.cropping2D({
        cropping: [
          [0, 0],
          [1, 1],
        ],
      }),
      of.conv2d({ filters: 2, kernelSize: 3, padding: "same" }),
    ],
  }),
  [6, 5, 2],
  true,
);
await add(
  "signals",
  sequential({
    name: "encoder",
    layers: [
      of.conv1d({
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: "same",
        activation: "relu",
        inputShape: [30, 2],
      }),
      of.maxPooling1d({ poolSize: 3 }),
      of.globalAveragePooling1d(),
      of.dense({ units: 2 }),
    ],
  }),
  sequential({
    name: "decoder",
    layers: [
      of.dense({ units: 90, activation: "relu", inputShape: [2] }),
      of.reshape({ targetShape: [30, 3] }),
      of.conv1d({ filters: 2, kernelSize: 2, padding: "same", dilationRate: 2 }),
    ],
  }),
  [30, 2],
);

const versions = { "tfjs-core": tf.version_core, "tfjs-layers": version_layers };
writeFileSync(
  join(FIXTURES, "tfjs-conv.json"),
  JSON.stringify({ versions, images, models }) + "\n",
);
