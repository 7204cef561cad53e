/** A model of functions for programs: tried, then explained like any other. */
import { counts } from "../data/counts";
import type { Engines } from "../engine/engines";
import type { Job } from "../engine/messages";
import { Failure } from "../failures";
import type { ModelFunctions } from "../functions/messages";
import { latentsOf } from "../functions/latents";
import { tryModel } from "../functions/model";
import { withoutFunctions } from "../functions/network";
import { stageText } from "../network";
import type { ImageShape, Matrix, Report } from "../report";
import { LensError, refusal } from "./error";
import { follow, type RunOptions, type RunResult, type TrainingOptions } from "./run";

export interface Subject {
  engines: Engines;
  /** But for the network. */
  job: Omit<Job, "network">;
  image: ImageShape;
  onEstimate: RunOptions["onEstimate"];
}

export async function explainFunctions<K extends keyof Report>(
  model: ModelFunctions,
  { engines, job, image, onEstimate }: Subject,
  options: TrainingOptions,
): Promise<RunResult<K>> {
  if (model.shape) checkShape(model.shape, image);
  const tried = tryModel(model, image, options.signal).catch((error: unknown) => {
    throw error instanceof Failure ? LensError.from(error) : error;
  });
  const { network, source, ask, takes, latents: known } = await tried;
  const { settings, images, sources } = job;
  onEstimate?.(takes({ settings, images: explained(job) }));
  const latents = known && ordered(known, images);
  const all = {
    settings,
    images,
    network,
    sources: { ...sources, model: source },
    ...(latents && { latents }),
  };
  // What functions of JavaScript are asked is calculated on the CPU, whichever engine is open.
  const result = await follow<K>(engines, "cpu", all, "everything", options, ask);
  return { ...result, network: withoutFunctions(result.network) };
}

/** Those of the images as the engine is given them. */
export function ordered(latents: Matrix, images: Job["images"]): Matrix {
  const total = images.reduce((sum, { place }) => sum + (place?.length ?? 0), 0);
  try {
    return latentsOf(latents, images, total);
  } catch (error) {
    throw error instanceof Failure ? LensError.from(error) : error;
  }
}

function checkShape(shape: NonNullable<ModelFunctions["shape"]>, image: ImageShape): void {
  const [height, width, channels = 1] = shape;
  const taken = { height, width, channels };
  if (stageText(taken) === stageText(image)) return;
  throw refusal(
    `The function encode takes images of ${stageText(taken)}, and these are of ${stageText(image)}: give images of its shape.`,
  );
}

/** How many images are explained. */
export function explained({ images, settings }: Subject["job"]): number {
  const count = (role: string | undefined, label: number) =>
    images
      .filter((each) => each.label === label && each.role === role)
      .reduce((sum, { place }) => sum + (place?.length ?? 0), 0);
  const classes = settings.classes.map((label) => {
    const [own, test] = [
      count(undefined, label) + count("training", label),
      count("explained", label),
    ];
    const isTested = images.some(({ role }) => role !== undefined);
    return { count: own + test, ...(isTested && { explained: test }) };
  });
  return counts(classes, 0, settings, false).explained;
}
