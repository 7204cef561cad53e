/** A convolutional autoencoder trained with TensorFlow.js, as its users write it. */
import * as layers from "@tensorflow/tfjs-layers";
import * as tf from "@tensorflow/tfjs-core";

import { BATCH_SIZE } from "./descent";
import type { Pixels, Split } from "./images";

const SIDE = 28;
/** Of every convolution: a window of 3 x 3 that moves by two pixels. */
const MOVES = { kernelSize: 3, strides: 2, padding: "same", activation: "relu" } as const;

function model(filters: [number, number], dims: number): layers.Sequential {
  const { conv2d, conv2dTranspose, dense, flatten, reshape } = layers.layers;
  const last = [SIDE / 4, SIDE / 4, filters[1]];
  return layers.sequential({
    layers: [
      conv2d({ ...MOVES, filters: filters[0], inputShape: [SIDE, SIDE, 1] }),
      conv2d({ ...MOVES, filters: filters[1] }),
      flatten(),
      dense({ units: dims, activation: "relu" }),
      dense({ units: last.reduce((product, each) => product * each), activation: "relu" }),
      reshape({ targetShape: last }),
      conv2dTranspose({ ...MOVES, filters: filters[0] }),
      conv2dTranspose({ ...MOVES, filters: 1, activation: "sigmoid" }),
    ],
  });
}

/** When each epoch ended, the beginning first, and the loss of the held-out images after it. */
export async function fitConvolution(
  { training, held_out }: Split,
  filters: [number, number],
  dims: number,
  epochs: number,
): Promise<{ ends: number[]; losses: number[] }> {
  const images = ({ data, count }: Pixels) => tf.tensor4d(data, [count, SIDE, SIDE, 1]);
  const [x, v] = [images(training), images(held_out)];
  const network = model(filters, dims);
  network.compile({ optimizer: tf.train.adam(1e-3), loss: "binaryCrossentropy" });
  const ends = [performance.now()];
  const { history } = await network.fit(x, x, {
    batchSize: BATCH_SIZE,
    epochs,
    shuffle: true,
    validationData: [v, v],
    verbose: 0,
    yieldEvery: "never",
    callbacks: { onEpochEnd: () => void ends.push(performance.now()) },
  });
  network.dispose();
  return { ends, losses: history["val_loss"] as number[] };
}
