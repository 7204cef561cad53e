/** Dense layers with weights by a rule, and the functions that calculate what they do. */
import type { Dense } from "../../www/network";

export function dense(inputs: number, outputs: number, activation: "relu" | "sigmoid"): Dense {
  const drawn = (at: number) => Math.sin(12.9898 * (at + 1));
  const data = Float32Array.from({ length: inputs * outputs }, (_, at) => drawn(at));
  const bias = Float32Array.from({ length: outputs }, (_, at) => drawn(at) / 4);
  return { weight: { shape: [inputs, outputs], data }, bias, activation };
}

/** A product of matrices, as a program would write it. */
export function asFunction({ weight, bias, activation }: Dense) {
  const [inputs, outputs] = weight.shape;
  const act = (sum: number) =>
    activation === "relu" ? Math.max(0, sum) : 1 / (1 + Math.exp(-sum));
  return (rows: Float32Array, count: number) =>
    Float32Array.from({ length: count * outputs }, (_, at) => {
      const [row, output] = [Math.floor(at / outputs), at % outputs];
      let sum = bias[output]!;
      for (let input = 0; input < inputs; input += 1) {
        sum += rows[row * inputs + input]! * weight.data[input * outputs + output]!;
      }
      return act(sum);
    });
}
