/**
 * What a feature is called, and what maps are drawn as: an image's pixels, a signal's time steps, or the columns
 * of a table.
 */
import type { ImageShape, ImageSource } from "../report";
import type { PixelFacts } from "../view";
import type { Picture, Scene } from "./picture";
import type { Sentence } from "./view";
import { inChannel } from "./channels";

export type Form = NonNullable<ImageSource["form"]>;

/** What rows of numbers are drawn as; the same as `Report::form` in Rust. */
export function formOf(data: ImageSource | undefined, image: ImageShape): Form {
  const { form = "image", columns } = data ?? {};
  if (image.height !== 1) return "image";
  return form === "image" && columns && image.channels === 1 ? "table" : form;
}

const NAMES: Record<Form, [one: string, several: string]> = {
  image: ["pixel", "pixels"],
  signal: ["time step", "time steps"],
  table: ["column", "columns"],
};

/** What one number of a row is called, and what several are. */
export function featureNames({ words, options }: Scene): [one: string, several: string] {
  return words?.features ?? NAMES[options.form ?? "image"];
}

/** Of what is pointed at: "row 3, column 4, red channel", "petal width". */
export function placeIn({ options }: Pick<Picture, "options">, facts: PixelFacts): string {
  const { name, row, column } = facts;
  return `${name ?? `row ${row}, column ${column}`}${inChannel(options)}`;
}

/** How maps of what is no image are to be read. */
export function drawnAs({ options, report }: Scene): Sentence {
  if (options.form === "table") {
    return "Each map has the columns as bars, the most important first: to the right where they raise the dimension, to the left where they lower it.";
  }
  if (options.form !== "signal") return false;
  return report?.data && "means" in report.data
    ? "The line above is the mean signal; the bars under it are the importance of each time step."
    : "The bars are the importance of each time step.";
}
