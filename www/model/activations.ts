/** What a layer may do to its sums, by the names that the engine knows, and the usual numbers of each. */
export const ACTIVATIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  linear: {},
  relu: {},
  "leaky-relu": { slope: 0.01 },
  "clipped-relu": { max: 6, slope: 0, threshold: 0 },
  elu: { alpha: 1 },
  selu: {},
  "scaled-elu": { alpha: 1.6732632, scale: 1.050701 },
  gelu: {},
  "gelu-tanh": {},
  silu: {},
  swish: { beta: 1.702 },
  softplus: {},
  softsign: {},
  tanh: {},
  sigmoid: {},
  "hard-sigmoid": { slope: 1 / 6 },
};
