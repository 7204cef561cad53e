/** A model of functions for programs: tried, then explained like any other. */
import { Failure } from "../failures";
import type { ModelFunctions } from "../functions/messages";
import { tryModel } from "../functions/model";
import { withoutFunctions } from "../functions/network";
import { stageText } from "../network";
import type { ImageShape, Report } from "../report";
import { LensError, refusal } from "./error";
import type { RunResult, TrainingOptions } from "./run";
import { explain, type Subject } from "./subject";

export async function explainFunctions<K extends keyof Report>(
  model: ModelFunctions,
  subject: Subject,
  options: TrainingOptions,
): Promise<RunResult<K>> {
  if (model.shape) checkShape(model.shape, subject.image);
  const tried = tryModel(model, subject.image, options.signal).catch((error: unknown) => {
    throw error instanceof Failure ? LensError.from(error) : error;
  });
  const result = await explain<K>(await tried, subject, options);
  return { ...result, network: withoutFunctions(result.network) };
}

function checkShape(shape: NonNullable<ModelFunctions["shape"]>, image: ImageShape): void {
  const [height, width, channels = 1] = shape;
  const taken = { height, width, channels };
  if (stageText(taken) === stageText(image)) return;
  throw refusal(
    `The function encode takes images of ${stageText(taken)}, and these are of ${stageText(image)}: give images of its shape.`,
  );
}
