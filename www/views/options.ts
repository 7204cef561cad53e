/** What charts are drawn with, as the settings have it. */
import type { Shading } from "../parts/shading";
import type { ImageShape } from "../report";
import type { Values } from "../settings";
import type { ChartOptions } from "../view";
import type { Form } from "./features";

/** What settings alone do not say. */
export interface Drawn {
  /** Row of the class that is explained. */
  row: number;
  dims: number;
  image: ImageShape;
  epochs: number;
  shading: Shading;
  /** What rows of numbers are drawn as. */
  form: Form;
  /** Whether each channel has maps of its own. */
  each: boolean;
}

export function chartOptions(
  values: Values,
  { row, dims, image, epochs, shading, form, each }: Drawn,
): ChartOptions {
  return {
    class: row,
    dims,
    image,
    metric: values.metric,
    sort: values.sort,
    filter_empty: values["filter-empty"],
    top: values.top && Math.min(values.top, dims),
    rotate: Number(values.rotate) as ChartOptions["rotate"],
    flip_horizontal: values["flip-horizontal"],
    flip_vertical: values["flip-vertical"],
    palette: values.palette,
    scale: values.scale,
    threshold: values.threshold,
    // The package of the first figure knows the paper's alone.
    ...(values.maps !== "permutation" && { maps: values.maps }),
    ...(values.unit !== "paper" && { unit: values.unit }),
    ...(values.errors !== "repeats" && { errors: values.errors }),
    ...(form !== "image" && { form }),
    ...(form === "table" && values["top-columns"] && { top_columns: values["top-columns"] }),
    images: shading,
    ...(each && { channel: Math.min(values.channel, image.channels) - 1 }),
    epochs,
    loss: values.loss,
  };
}
