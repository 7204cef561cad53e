/** A model of functions, tried and ready to be explained: fetched only where somebody gives one. */
import { estimate, type Estimate, type Work } from "../graph/estimate";
import { type Network, numbersOf } from "../network";
import type { ImageShape, Matrix, ModelSource } from "../report";
import { answers } from "./answers";
import { Functions } from "./functions";
import type { Ask, ModelFunctions } from "./messages";
import { networkOf } from "./network";
import { tryFunctions } from "./trial";

/** What it is called where nobody says it. */
const NAME = "functions";

export interface TriedModel {
  network: Network;
  source: ModelSource;
  /** Answers what the engine asks. */
  ask: Ask;
  /** Those of all images, in their order, where there is no function for them. */
  latents?: Matrix;
  /** What it will take, as the first batches have shown. */
  takes(work: Pick<Work, "settings" | "images">): Estimate;
}

/** Calls the functions for the first time, for images of that shape. Rejects as `tryFunctions` does. */
export async function tryModel(
  model: ModelFunctions,
  image: ImageShape,
  signal?: AbortSignal,
  patience_ms?: number,
): Promise<TriedModel> {
  const functions = new Functions(model, patience_ms);
  const tried = await tryFunctions(functions, image, signal);
  const { encode_ms = 0, decode_ms = 0, encoder } = tried;
  return {
    network: networkOf(tried, image, model.encode !== undefined),
    source: {
      files: [model.name ?? NAME],
      format: "given by the page as functions",
      notes: [
        "What needs the layers of a network is left out: smaller networks, second opinions and other formats.",
        "How much the functions compute for an image is not known: whether importance is exact or sampled is decided as if it were a million multiply-adds.",
      ],
    },
    ...(model.latents && { latents: model.latents }),
    ask: answers(functions, { encode: encode_ms, decode: decode_ms }),
    takes: (work) => estimate(tried, { ...work, image, dims: numbersOf(encoder!.output) }),
  };
}
