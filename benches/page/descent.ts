/** Training with an optimiser of TensorFlow.js on a loss that one writes, as its users do. */
import * as layers from "@tensorflow/tfjs-layers";
import * as tf from "@tensorflow/tfjs-core";

import type { Pixels, Split } from "./images";

export const BATCH_SIZE = 256;

/** A dense layer's weights and biases, as Keras begins them. */
export interface Weights {
  b: tf.Variable<tf.Rank.R2>;
  bias: tf.Variable<tf.Rank.R1>;
}

export function weights(inputs: number, units: number): Weights {
  const glorot = layers.initializers.glorotUniform({ seed: 1 });
  return {
    b: tf.variable(glorot.apply([inputs, units]) as tf.Tensor2D),
    bias: tf.variable(tf.zeros([units]) as tf.Tensor1D),
  };
}

/** Makes `loss` small by Adam; when each epoch ended, the beginning first, and the loss of the held-out images after it. */
export async function descend(
  { training, held_out }: Split,
  epochs: number,
  loss: (images: tf.Tensor2D) => tf.Scalar,
): Promise<{ ends: number[]; losses: number[] }> {
  const [x, v] = [tensor(training), tensor(held_out)];
  const optimizer = tf.train.adam(1e-3);
  const order = Int32Array.from({ length: training.count }, (_, image) => image);
  const ends = [performance.now()];
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    tf.util.shuffle(order);
    for (let first = 0; first < training.count; first += BATCH_SIZE) {
      tf.tidy(() => {
        const batch = tf.gather(x, tf.tensor1d(order.slice(first, first + BATCH_SIZE), "int32"));
        optimizer.minimize(() => loss(batch));
      });
    }
    const held = tf.tidy(() => loss(v));
    losses.push((await held.data())[0]!);
    ends.push(performance.now());
  }
  optimizer.dispose();
  return { ends, losses };
}

export function tensor({ count, pixels, data }: Pixels): tf.Tensor2D {
  return tf.tensor2d(data, [count, pixels]);
}
