/** Layers of networks as the engine writes them, with zeros for weights. */
import assert from "node:assert/strict";

import type { Dense, General, Kind, Layer, Pair, Shape } from "../../www/network";
import type { ImageShape } from "../../www/report";

export function dense(inputs: number, outputs: number): Dense {
  const weight = {
    shape: [inputs, outputs] as [number, number],
    data: new Float32Array(inputs * outputs),
  };
  return { weight, bias: new Float32Array(outputs), activation: "relu" };
}

/** A layer that has to be dense. */
export function asDense(layer: Layer | undefined): Dense {
  assert.ok(layer && layer.kind === undefined && !layer.black_box);
  return layer;
}

export function general(kind: Kind, output: Shape): General {
  return { kind, weights: [], activation: "linear", output };
}

export function image(height: number, width: number, channels: number): { image: ImageShape } {
  return { image: { height, width, channels } };
}

export function convolution(filters: number, height: number, width: number): General {
  const both: [number, number] = [1, 1];
  const window = {
    size: both,
    stride: both,
    dilation: both,
    padding: [both, both] as [Pair, Pair],
  };
  return general({ convolution: { filters, groups: 1, window } }, image(height, width, filters));
}
