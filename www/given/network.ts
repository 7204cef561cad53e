/** A network that a page gives as values, checked: fetched only where a page gives one. */
import "../shared";
import { refusal } from "../engine-api/error";
import { integer } from "../format";
import { ACTIVATIONS } from "../model/activations";
import type { Brought } from "../model/panel";
import { described } from "../model/session";
import { type Activation, type Dense, type General, isDense, type Network } from "../network";
import type { Layer, Matrix } from "../report";

/** An autoencoder, as the engine's own results have it. */
export interface OwnModel extends Network {
  /** What people call it. */
  name?: string;
}

/** Throws an error with a sentence where it cannot be used. */
export function readModel({ name = "autoencoder", ...network }: OwnModel): Brought {
  const { encoder, decoder } = network;
  if (!isHalf(encoder) || !isHalf(decoder)) {
    throw refusal(
      "A model must be { encoder, decoder }, each a list of at least one layer with weight, bias and activation.",
    );
  }
  if (isDense(network)) checkDense(encoder as Dense[], decoder as Dense[]);
  else checkGeneral(network);
  const source = { files: [name], format: "given by the page", notes: [] };
  return described(source, network, false);
}

function isHalf(layers: unknown): layers is Layer[] {
  return Array.isArray(layers) && layers.length > 0;
}

function checkDense(encoder: Dense[], decoder: Dense[]): void {
  const latents = check(encoder, "encoder");
  const outputs = check(decoder, "decoder");
  const [pixels, taken] = [encoder, decoder].map(([first]) => first!.weight.shape[0]);
  if (taken !== latents) {
    throw refusal(`The encoder gives ${latents} latents, and the decoder takes ${taken}.`);
  }
  if (outputs !== pixels) {
    throw refusal(`The encoder takes ${pixels} pixels, and the decoder gives ${outputs}.`);
  }
}

/** That its numbers are numbers; what its layers take and give the engine knows, and says. */
function checkGeneral({ input, encoder, decoder }: Network): void {
  if (!input) {
    throw refusal(
      "A model whose layers are not all dense says what it takes, such as input: { image: { height: 28, width: 28, channels: 1 } }.",
    );
  }
  const halves = { encoder, decoder };
  for (const [half, layers] of Object.entries(halves)) {
    for (const [at, layer] of layers.entries()) {
      const which = `Layer ${at + 1} of the ${half}`;
      if (layer.black_box) continue;
      if (layer.kind === undefined) checkNumbersOf(layer, which);
      else checkWeights(layer, which);
    }
  }
}

function checkWeights({ weights, activation }: General, which: string): void {
  if (!Array.isArray(weights)) throw refusal(`${which}: weights must be a list of matrices.`);
  for (const weight of weights) checkMatrix(weight, `${which}: a weight`);
  checkActivation(activation, which);
}

/** Checks layers that follow each other, and gives how many numbers the last one has. */
function check(layers: Dense[], half: string): number {
  let before: number | undefined;
  for (const [at, layer] of layers.entries()) {
    const which = `Layer ${at + 1} of the ${half}`;
    checkNumbersOf(layer, which);
    const [inputs, outputs] = layer.weight.shape;
    if (before !== undefined && inputs !== before) {
      throw refusal(`${which} takes ${inputs} numbers, and the one before gives ${before}.`);
    }
    before = outputs;
  }
  return before!;
}

function checkNumbersOf({ weight, bias, activation }: Dense, which: string): void {
  checkMatrix(weight, `${which}: the weight`);
  checkNumbers(bias, weight.shape[1], `${which}: the bias`);
  checkActivation(activation, which);
}

function checkMatrix(matrix: Matrix, what: string): void {
  const [inputs, outputs] = matrix?.shape ?? [];
  if (![inputs, outputs].every((side) => Number.isInteger(side) && side! > 0)) {
    throw refusal(`${what} must have a shape of [inputs, outputs].`);
  }
  checkNumbers(matrix.data, inputs! * outputs!, `${what}’s data`);
}

function checkNumbers(values: unknown, count: number, what: string): void {
  if (!(values instanceof Float32Array) || values.length !== count) {
    throw refusal(`${what} must be a Float32Array of ${integer(count)} numbers.`);
  }
  if (!values.every(Number.isFinite)) throw refusal(`${what} must be finite numbers throughout.`);
}

function checkActivation(activation: Activation, which: string): void {
  const written = typeof activation === "string" ? { [activation]: {} } : (activation ?? {});
  const [name = "", ...others] = Object.keys(written);
  const usual = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (!usual || others.length) {
    const names = Object.keys(ACTIVATIONS).join(", ");
    throw refusal(`${which}: the activation must be one of ${names}.`);
  }
  const parameters = Object.keys(usual);
  if (!parameters.every((parameter) => Number.isFinite(written[name]?.[parameter]))) {
    const example = parameters.map((parameter) => `${parameter}: 1`).join(", ");
    throw refusal(
      `${which}: the activation ${name} is written with its numbers, as { "${name}": { ${example} } }.`,
    );
  }
}
