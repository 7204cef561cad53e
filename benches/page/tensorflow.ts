/**
 * A worker that does with TensorFlow.js what our engine does, as its users would write it well:
 * whole batches are encoded by fused operations, intermediate tensors are freed by `tidy`, and
 * nothing is read back before a job is done.
 */
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as layers from "@tensorflow/tfjs-layers";
import * as tf from "@tensorflow/tfjs-core";

import type { Dense, Layer, Network } from "../../www/network";
import type { ImageShape, Matrix } from "../../www/report";
import { fitConvolution } from "./convolution";
import { BATCH_SIZE, descend, tensor, weights } from "./descent";
import type { Split } from "./images";
import { trainVariational } from "./variational";

export type Backend = "cpu" | "wasm" | "webgpu";

/** What is asked of the worker. */
export type Job =
  | { type: "open"; backend: Backend }
  | { type: "load"; split: Split; network: Network }
  | { type: "stage1"; permutations: number; every: number }
  | { type: "stage1-rank-one"; permutations: number; every: number }
  | { type: "stage3"; permutations: number }
  | { type: "gradients"; steps: number; every: number }
  | { type: "train"; how: "fit" | "minimize"; dims: number; epochs: number }
  | { type: "train-variational"; hidden: number; dims: number; epochs: number }
  | { type: "train-convolution"; filters: [number, number]; dims: number; epochs: number };

export interface Answer {
  ms: number;
  /** What was computed, for comparison with ours. */
  values: number[];
}

interface Port {
  postMessage(message: Answer | { error: string }): void;
  onmessage: (event: MessageEvent<Job>) => Promise<void>;
}
const port = self as unknown as Port;

/** Images encoded at once: several permutations together where there are few images. */
const ENCODED_AT_ONCE = 1500;

let subject: { split: Split; network: Network };

port.onmessage = async ({ data }) => {
  // Tensors that outlive their `tidy` are freed with the job.
  tf.engine().startScope();
  try {
    port.postMessage(await answer(data));
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
  tf.engine().endScope();
};

function answer(job: Job): Promise<Answer> {
  switch (job.type) {
    case "open":
      return open(job.backend);
    case "load":
      subject = job;
      return Promise.resolve({ ms: 0, values: [] });
    case "stage1":
      return stage1(job.permutations, job.every);
    case "stage1-rank-one":
      return stage1RankOne(job.permutations, job.every);
    case "stage3":
      return stage3(job.permutations);
    case "gradients":
      return gradients(job.steps, job.every);
    case "train":
      return job.how === "fit" ? fit(job.dims, job.epochs) : minimize(job.dims, job.epochs);
    case "train-variational":
      return variational(job.hidden, job.dims, job.epochs);
    case "train-convolution":
      return convolution(job.filters, job.dims, job.epochs);
  }
}

async function open(backend: Backend): Promise<Answer> {
  setWasmPaths(new URL("./", import.meta.url).href);
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js cannot use ${backend}`);
  await tf.ready();
  const simd = backend === "wasm" && (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"));
  if (backend === "wasm" && !simd) throw new Error("TensorFlow.js found no SIMD");
  return { ms: 0, values: [] };
}

/** A layer on the device: takes rows of numbers to such. */
type Step = (rows: tf.Tensor2D) => tf.Tensor2D;
type Activation = "linear" | "relu" | "sigmoid";

/** A half that takes `input`. */
function upload(half: Layer[], input?: ImageShape): Step[] {
  let image = input;
  return half.map((layer) => {
    const activation = layer.activation as Activation;
    if (layer.black_box) throw new Error("the peer has no black boxes");
    if (layer.kind === undefined) {
      const b = tf.tensor2d(layer.weight.data, layer.weight.shape);
      const bias = tf.tensor1d(layer.bias);
      return (a) => tf.fused.matMul({ a, b, bias, activation }) as tf.Tensor2D;
    }
    const { kind } = layer;
    if (typeof kind === "string" || !("convolution" in kind) || !image) {
      throw new Error("of other layers than dense ones, the peer has convolutions alone");
    }
    const { filters, window } = kind.convolution;
    const { height, width, channels } = image;
    const [kernel, biases] = layer.weights as [Matrix, Matrix];
    const filter = tf.tensor4d(kernel.data, [...window.size, channels, filters]);
    const bias = tf.tensor1d(biases.data);
    const side = (at: 0 | 1, size: number) => {
      const reach = size + window.padding[at][0] + window.padding[at][1] - window.size[at];
      return Math.floor(reach / window.stride[at]) + 1;
    };
    image = { height: side(0, height), width: side(1, width), channels: filters };
    const outputs = image.height * image.width * filters;
    return (rows) => {
      const x = tf.reshape(rows, [-1, height, width, channels]) as tf.Tensor4D;
      const pad: tf.backend_util.ExplicitPadding = [[0, 0], ...window.padding, [0, 0]];
      const strides = window.stride;
      const made = tf.fused.conv2d({ x, filter, strides, pad, bias, activation });
      return tf.reshape(made, [-1, outputs]) as tf.Tensor2D;
    };
  });
}

function through(half: Step[], input: tf.Tensor2D): tf.Tensor2D {
  return half.reduce((rows, step) => step(rows), input);
}

/** V: one encoding of all images for every permutation. Only one pixel in `every` is done. */
async function stage1(permutations: number, every: number): Promise<Answer> {
  const { count, pixels, data } = subject.split.held_out;
  const start = performance.now();
  const group = Math.max(1, Math.floor(ENCODED_AT_ONCE / count));
  const { input } = subject.network;
  const image = input && "image" in input ? input.image : undefined;
  const encoder = upload(subject.network.encoder, image);
  const latents = tf.tidy(() => through(encoder, tf.tensor2d(data, [count, pixels])));
  const dims = latents.shape[1];

  // Copies of the images, in each of which one column is permuted and then put back.
  const copies = new Float32Array(group * data.length);
  for (let copy = 0; copy < group; copy += 1) copies.set(data, copy * data.length);
  const cells = [];
  for (let pixel = 0; pixel < pixels; pixel += every) {
    for (let repeat = 0; repeat < permutations; repeat += 1) cells.push(pixel);
  }
  const order = Uint32Array.from({ length: count }, (_, image) => image);
  const changes: tf.Tensor2D[] = [];
  for (let first = 0; first < cells.length; first += group) {
    const columns = cells.slice(first, first + group);
    for (const [copy, pixel] of columns.entries()) {
      tf.util.shuffle(order);
      for (let image = 0; image < count; image += 1) {
        copies[(copy * count + image) * pixels + pixel] = data[order[image]! * pixels + pixel]!;
      }
    }
    const permuted = copies.subarray(0, columns.length * data.length);
    changes.push(
      tf.tidy(() => {
        // WebGPU reads the array later, when it already holds the next permutation.
        const values = tf.getBackend() === "webgpu" ? permuted.slice() : permuted;
        const encoded = through(encoder, tf.tensor2d(values, [columns.length * count, pixels]));
        const each: tf.Tensor3D = tf.reshape(encoded, [columns.length, count, dims]);
        return tf.mean(tf.squaredDifference(each, latents), 1) as tf.Tensor2D;
      }),
    );
    for (const [copy, pixel] of columns.entries()) {
      for (let image = 0; image < count; image += 1) {
        copies[(copy * count + image) * pixels + pixel] = data[image * pixels + pixel]!;
      }
    }
  }
  const values = await averaged(tf.concat(changes), permutations);
  return { ms: performance.now() - start, values };
}

/**
 * V with the shortcut that our engine takes: a permuted pixel changes the first layer's sums by
 * one outer product. For encoders of one layer.
 */
async function stage1RankOne(permutations: number, every: number): Promise<Answer> {
  const { count, pixels, data } = subject.split.held_out;
  const start = performance.now();
  const [layer] = subject.network.encoder as [Dense];
  const weight = tf.tensor2d(layer.weight.data, layer.weight.shape);
  const bias = tf.tensor1d(layer.bias);
  const sums = tf.tidy(() => tf.add(tf.matMul(tf.tensor2d(data, [count, pixels]), weight), bias));
  const latents = tf.relu(sums);
  const order = Uint32Array.from({ length: count }, (_, image) => image);
  const column = new Float32Array(count);
  const changes: tf.Tensor2D[] = [];
  for (let pixel = 0; pixel < pixels; pixel += every) {
    for (let image = 0; image < count; image += 1) column[image] = data[image * pixels + pixel]!;
    const deltas = new Float32Array(permutations * count);
    for (let repeat = 0; repeat < permutations; repeat += 1) {
      tf.util.shuffle(order);
      for (let image = 0; image < count; image += 1) {
        deltas[repeat * count + image] = column[order[image]!]! - column[image]!;
      }
    }
    changes.push(
      tf.tidy(() => {
        const steps = tf.mul(
          tf.tensor3d(deltas, [permutations, count, 1]),
          tf.slice(weight, [pixel, 0], [1, -1]),
        );
        const encoded = tf.relu(tf.add(steps, sums));
        return tf.mean(tf.squaredDifference(encoded, latents), 1) as tf.Tensor2D;
      }),
    );
  }
  const values = await averaged(tf.concat(changes), permutations);
  return { ms: performance.now() - start, values };
}

/** The mean over each pixel's permutations, which are neighbouring rows; the first read-back. */
async function averaged(changes: tf.Tensor2D, permutations: number): Promise<number[]> {
  const [rows, dims] = changes.shape;
  const mean = tf.tidy(() =>
    tf.mean(tf.reshape(changes, [rows / permutations, permutations, dims]), 1),
  );
  return [...(await mean.data())];
}

/** IE: for every class, several permutations decoded together. */
async function stage3(permutations: number): Promise<Answer> {
  const { held_out, classes } = subject.split;
  const start = performance.now();
  const encoder = upload(subject.network.encoder);
  const decoder = upload(subject.network.decoder);
  const { pixels } = held_out;
  const images = tf.tensor2d(held_out.data, [held_out.count, pixels]);
  const encoded = tf.tidy(() => through(encoder, images));
  const latents = await encoded.data();
  const dims = encoded.shape[1];

  const means: tf.Tensor1D[] = [];
  for (const { from, to } of classes) {
    const count = to - from;
    const mine = latents.subarray(from * dims, to * dims) as Float32Array;
    const baseline = tf.tidy(() =>
      tf.reshape(through(decoder, tf.tensor2d(mine, [count, dims])), [1, count * pixels]),
    );
    const order = Uint32Array.from({ length: count }, (_, image) => image);
    const group = Math.max(1, Math.floor(ENCODED_AT_ONCE / count));
    const cells = Array.from({ length: dims * permutations }, (_, cell) =>
      Math.floor(cell / permutations),
    );
    for (let first = 0; first < cells.length; first += group) {
      const columns = cells.slice(first, first + group);
      const permuted = new Float32Array(columns.length * mine.length);
      for (const [copy, dim] of columns.entries()) {
        permuted.set(mine, copy * mine.length);
        tf.util.shuffle(order);
        for (let image = 0; image < count; image += 1) {
          permuted[(copy * count + image) * dims + dim] = mine[order[image]! * dims + dim]!;
        }
      }
      means.push(
        tf.tidy(() => {
          const decoded = through(decoder, tf.tensor2d(permuted, [columns.length * count, dims]));
          const each = tf.reshape(decoded, [columns.length, count * pixels]);
          return tf.mean(tf.squaredDifference(each, baseline), 1) as tf.Tensor1D;
        }),
      );
    }
  }
  const mean = tf.mean(tf.reshape(tf.concat(means), [-1, permutations]), 1);
  const values = [...(await mean.data())];
  return { ms: performance.now() - start, values };
}

/**
 * Integrated gradients from 0 of one latent in `every`, through any dense layers of ReLU: the mean size of
 * the images times the mean of their gradients, latent after latent. Without fused operations, whose
 * gradients come with those of weights that nobody asks for.
 */
async function gradients(steps: number, every: number): Promise<Answer> {
  const { count, pixels, data } = subject.split.held_out;
  const start = performance.now();
  const layers = (subject.network.encoder as Dense[]).map(({ weight, bias }) => ({
    weight: tf.tensor2d(weight.data, weight.shape),
    bias: tf.tensor1d(bias),
  }));
  const encode = (images: tf.Tensor2D) =>
    layers.reduce<tf.Tensor2D>(
      (rows, { weight, bias }) => tf.relu(tf.add(tf.matMul(rows, weight), bias)),
      images,
    );
  const images = tf.tensor2d(data, [count, pixels]);
  const dims = layers.at(-1)!.bias.shape[0];
  const maps: tf.Tensor[] = [];
  for (let dim = 0; dim < dims; dim += every) {
    const slope = tf.grad((rows) =>
      tf.sum(tf.slice(encode(rows as tf.Tensor2D), [0, dim], [-1, 1])),
    );
    let total: tf.Tensor = tf.zerosLike(images);
    for (let step = 0; step < steps; step += 1) {
      const before = total;
      total = tf.tidy(() => tf.add(before, slope(tf.mul(images, (step + 0.5) / steps))));
      before.dispose();
    }
    const sum = total;
    maps.push(tf.tidy(() => tf.div(tf.mean(tf.abs(tf.mul(images, sum)), 0), steps)));
    sum.dispose();
  }
  const values = [...(await tf.stack(maps, 1).data())];
  return { ms: performance.now() - start, values };
}

/** Trains with the layers of Keras; milliseconds are those of an epoch. */
async function fit(dims: number, epochs: number): Promise<Answer> {
  const { training, held_out } = subject.split;
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: dims, activation: "relu", inputShape: [training.pixels] }),
      layers.layers.dense({ units: training.pixels, activation: "sigmoid" }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: "binaryCrossentropy" });
  const [x, v] = [training, held_out].map(tensor) as [tf.Tensor2D, tf.Tensor2D];
  const ends = [performance.now()];
  const { history } = await model.fit(x, x, {
    batchSize: BATCH_SIZE,
    epochs,
    shuffle: true,
    validationData: [v, v],
    verbose: 0,
    yieldEvery: "never",
    callbacks: { onEpochEnd: () => void ends.push(performance.now()) },
  });
  model.dispose();
  return { ms: perEpoch(ends), values: history["val_loss"] as number[] };
}

/** Trains a convolutional network with the layers of Keras; milliseconds are those of an epoch. */
async function convolution(
  filters: [number, number],
  dims: number,
  epochs: number,
): Promise<Answer> {
  const { ends, losses } = await fitConvolution(subject.split, filters, dims, epochs);
  return { ms: perEpoch(ends), values: losses };
}

/** Trains with an optimiser on a loss taken from logits; milliseconds are those of an epoch. */
async function minimize(dims: number, epochs: number): Promise<Answer> {
  const { pixels } = subject.split.training;
  const [encoder, decoder] = [weights(pixels, dims), weights(dims, pixels)];
  const { ends, losses } = await descend(subject.split, epochs, (images) => {
    const latents = tf.fused.matMul({ a: images, ...encoder, activation: "relu" });
    const logits = tf.fused.matMul({ a: latents as tf.Tensor2D, ...decoder });
    return tf.losses.sigmoidCrossEntropy(images, logits) as tf.Scalar;
  });
  tf.dispose([encoder, decoder].flatMap(({ b, bias }) => [b, bias]));
  return { ms: perEpoch(ends), values: losses };
}

/** Trains a variational network in the same way. */
async function variational(hidden: number, dims: number, epochs: number): Promise<Answer> {
  const { ends, losses } = await trainVariational(subject.split, hidden, dims, epochs);
  return { ms: perEpoch(ends), values: losses };
}

/** The first epoch warms up: shaders are compiled, code is optimised. */
function perEpoch(ends: number[]): number {
  return (ends.at(-1)! - ends[1]!) / (ends.length - 2);
}
