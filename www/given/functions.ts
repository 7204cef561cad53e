/** A model that a page gives as functions, tried: fetched only where a page gives one. */
import "../shared";
import { refusal } from "../engine-api/error";
import { latentsOf } from "../functions/latents";
import type { ModelFunctions } from "../functions/messages";
import { tryModel } from "../functions/model";
import type { Brought } from "../model/panel";
import { described } from "../model/session";
import type { ImageShape } from "../report";

/** Rejects with an error with a sentence where it cannot be used: the functions are called. */
export async function readFunctions(model: ModelFunctions): Promise<Brought> {
  const tried = await tryModel(model, imageOf(model.shape));
  const { network, source, ask, takes, latents } = tried;
  const brought = described(source, network, false);
  const { description } = brought;
  // A half that is missing is no layer.
  const layers = description.layers.slice(model.encode ? 0 : 1, model.decode ? 2 : 1);
  const encoder_layers = model.encode ? 1 : 0;
  return {
    ...brought,
    description: { ...description, layers, encoder_layers },
    ask,
    takes,
    ...(latents && {
      latents: (images, { classes }) =>
        latentsOf(
          latents,
          images,
          classes.reduce((sum, { count }) => sum + count, 0),
        ),
    }),
  };
}

function imageOf(shape: unknown): ImageShape {
  const known =
    Array.isArray(shape) &&
    (shape.length === 2 || shape.length === 3) &&
    shape.every((side) => Number.isInteger(side) && side > 0);
  if (!known) {
    const found = Array.isArray(shape) ? `[${shape.join(", ")}]` : String(shape);
    throw refusal(
      `The shape that a model of functions takes must be [height, width], such as [28, 28], with the channels last where there are any, and is ${found}.`,
    );
  }
  const [height, width, channels = 1] = shape as [number, number, number?];
  return { height, width, channels };
}
