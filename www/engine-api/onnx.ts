/**
 * An ONNX file for programs: its layers where our own cover it, and the graph as it is where they do not or where it
 * is said what of it.
 */
import type { Place } from "../engine/place";
import { free } from "../engine/workers";
import type { Failure } from "../failures";
import { checkLatents } from "../functions/functions";
import { estimate, type Work } from "../graph/estimate";
import type { Choice, Tried } from "../graph/messages";
import { networkOf } from "../graph/network";
import { GraphOpener } from "../graph/opener";
import type { Models } from "../model/package";
import { isMissing, type Network, numbersOf } from "../network";
import type { ImageShape, Matrix, Report } from "../report";
import { LensError, refusal } from "./error";
import { loadPackage } from "./load";
import type { OnnxModel } from "./onnx-model";
import type { RunResult, TrainingOptions } from "./run";
import { explain, type Subject } from "./subject";

const VALUES: Record<string, readonly string[]> = {
  half: ["encoder", "decoder"],
  graph_part: ["whole", "encoder", "decoder"],
  latents_of: ["cell", "channel"],
};
const NAMES = ["divide_at", "graph_input", "graph_output"] as const;

/** What it is called where nobody says it. */
const NAME = "model.onnx";

/** A network that can be explained, and what is told of it before. */
interface Found {
  network: Network;
  format: string;
  notes: string[];
  /** Of a graph that is run as it is. */
  tried?: Tried;
}

export async function explainOnnx<K extends keyof Report>(
  model: OnnxModel,
  subject: Subject,
  options: TrainingOptions,
): Promise<RunResult<K>> {
  check(model);
  const { engines, job, image } = subject;
  const { signal = new AbortController().signal } = options;
  const [name = NAME] = job.sources?.model?.files ?? [];
  const found = await opened(model, name, image, engines.place, signal);
  const { network, format, notes, tried } = found;
  const { latents } = model;
  checkGiven(latents, network, name);
  const dims = numbersOf(network.latent!);
  const workers = free(engines.place.cores);
  const brought = {
    network,
    source: { files: [name], format, notes },
    ...(latents && { latents }),
    ...(tried && {
      takes: (work: Pick<Work, "settings" | "images">) =>
        estimate(tried, { ...work, image, dims, workers }),
    }),
  };
  return explain<K>(brought, subject, options);
}

/** Throws a `LensError` where latents are needed, not needed, or not of this model. */
function checkGiven(latents: Matrix | undefined, { encoder, latent }: Network, name: string): void {
  const isDecoder = isMissing(encoder);
  if (isDecoder && !latents) {
    throw refusal(
      `${name} is a decoder alone: give the latents of all images as { shape: [images, dimensions], data }, or the whole model.`,
    );
  }
  if (latents && !isDecoder) {
    throw refusal(
      `${name} has an encoder, which makes the latents: leave them out, or take its decoder alone with half: "decoder".`,
    );
  }
  const dims = numbersOf(latent!);
  if (latents && latents.shape[1] !== dims) {
    throw refusal(
      `The latents have ${latents.shape[1]} columns, and the decoder takes ${dims}: give those of this model.`,
    );
  }
}

async function opened(
  model: OnnxModel,
  name: string,
  image: ImageShape,
  place: Place,
  signal: AbortSignal,
): Promise<Found> {
  const bytes = new Uint8Array(model.onnx);
  const choice = choiceOf(model);
  const isAsked = Object.values(choice).some((chosen) => chosen !== null);
  const layers = isAsked ? undefined : await layersOf(model, { name, bytes }, place);
  if (layers && "network" in layers) return layers;
  const opener = new GraphOpener(place);
  try {
    const { format } = await opener.open(bytes, () => {}, signal);
    const asked = { image, choice: { ...choice, part: choice.part ?? model.half ?? null } };
    const tried = await opener.try(asked, signal);
    const network = networkOf(new Blob([bytes]), asked.choice, tried, image);
    const said = layers ? `, which takes longer than layers of our own do: ${layers.why}` : "";
    return {
      network,
      format,
      notes: [`${name} is run as it is${said}.`, ...tried.notes],
      tried,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw refusal(`${name}: ${(error as Error).message}`, error);
  } finally {
    opener.close();
  }
}

/** Its layers, or why our own do not cover them, without a full stop. */
async function layersOf(
  { half, bottleneck }: OnnxModel,
  file: { name: string; bytes: Uint8Array },
  place: Place,
): Promise<Found | { why: string }> {
  const models = await loadPackage<Models>(place, "models", "What reads models");
  let opened;
  try {
    opened = models.open([file], { half: half ?? null, bottleneck: bottleneck ?? null });
  } catch (error) {
    const { message } = error as Error;
    // The file is named besides, and what is to be done about it does not have to be done.
    return { why: message.replace(`${file.name}: `, "").replace(/(; [^;]*)?\.$/, "") };
  }
  const { model, question } = opened;
  if (question) throw refusal(`${question.text} Say it as ${question.asks}.`);
  const { format, notes } = model.description;
  return { network: model.network, format, notes };
}

/** As graphs are told it; what is not chosen is as usual. */
function choiceOf(model: OnnxModel): Required<Choice> {
  return {
    input: model.graph_input ?? null,
    output: model.graph_output ?? null,
    latents: model.divide_at ?? null,
    planes: model.latents_of ?? null,
    part: model.graph_part ?? null,
  };
}

/** Throws a `LensError` that says what of it cannot be. */
function check(model: OnnxModel): void {
  const { onnx, half, graph_part, bottleneck, latents } = model;
  if (!(onnx instanceof Uint8Array || onnx instanceof ArrayBuffer)) {
    throw refusal("The bytes of an ONNX file must be a Uint8Array or an ArrayBuffer.");
  }
  const known = ["onnx", "latents", "bottleneck", ...NAMES, ...Object.keys(VALUES)];
  const unknown = Object.keys(model).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw refusal(`There is no ${unknown} of an ONNX file; there are ${known.join(", ")}.`);
  }
  for (const [name, values] of Object.entries(VALUES)) {
    const value = model[name as "half"];
    if (value === undefined || values.includes(value)) continue;
    throw refusal(`${name} must be ${values.join(" or ")}, and is ${String(value)}.`);
  }
  for (const name of NAMES) {
    if (model[name] === undefined || typeof model[name] === "string") continue;
    throw refusal(`${name} must be the name of a tensor, and is ${String(model[name])}.`);
  }
  if (half && graph_part) throw refusal("Say either half or graph_part of an ONNX file.");
  if (bottleneck !== undefined && !(Number.isInteger(bottleneck) && bottleneck > 0)) {
    throw refusal(`bottleneck must be a number of layers, and is ${String(bottleneck)}.`);
  }
  try {
    if (latents) checkLatents(latents);
  } catch (error) {
    throw LensError.from(error as Failure);
  }
}
