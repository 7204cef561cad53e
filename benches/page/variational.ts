/** A dense variational autoencoder trained with TensorFlow.js, as its users write it. */
import * as tf from "@tensorflow/tfjs-core";

import { descend, type Weights, weights } from "./descent";
import type { Split } from "./images";

/**
 * pixels – hidden – dims – hidden – pixels; the loss is the cross-entropy summed over pixels and the summed
 * divergence, both of an image; told per pixel.
 */
export async function trainVariational(
  split: Split,
  hidden: number,
  dims: number,
  epochs: number,
): Promise<{ ends: number[]; losses: number[] }> {
  const { pixels } = split.training;
  const encoder = weights(pixels, hidden);
  const [mean, logVariance] = [weights(hidden, dims), weights(hidden, dims)];
  const [decoder, output] = [weights(dims, hidden), weights(hidden, pixels)];
  const dense = (a: tf.Tensor2D, layer: Weights, activation: "linear" | "relu") =>
    tf.fused.matMul({ a, ...layer, activation }) as tf.Tensor2D;

  const { ends, losses } = await descend(split, epochs, (images) => {
    const seen = dense(images, encoder, "relu");
    const means = dense(seen, mean, "linear");
    const spreads = dense(seen, logVariance, "linear");
    const noise = tf.randomNormal<tf.Rank.R2>(means.shape);
    const latents = tf.add<tf.Tensor2D>(means, tf.mul(tf.exp(tf.mul(spreads, 0.5)), noise));
    const logits = dense(dense(latents, decoder, "relu"), output, "linear");
    const entropy = tf.mul(tf.losses.sigmoidCrossEntropy(images, logits), pixels);
    const parts = tf.sub(tf.add(1, spreads), tf.add(tf.square(means), tf.exp(spreads)));
    const divergence = tf.mul(tf.mean(tf.sum(parts, 1)), -0.5);
    return tf.add<tf.Scalar>(entropy, divergence);
  });
  tf.dispose([encoder, mean, logVariance, decoder, output].flatMap(({ b, bias }) => [b, bias]));
  return { ends, losses: losses.map((loss) => loss / pixels) };
}
