/**
 * What a feature is called, and what maps are drawn as: an image's pixels, a signal's time steps, or the columns
 * of a table.
 */
import { FEATURES, say } from "../nouns";
import type { ImageShape, ImageSource, Report } from "../report";
import type { ChartOptions, PixelFacts } from "../view";
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

/** What one number of a row is called, and what several are. */
export function featureNames({
  words,
  options,
}: Pick<Scene, "words" | "options">): [one: string, several: string] {
  return words?.features ?? FEATURES[options.form ?? "image"];
}

/** The name of one number of a row, of a report alone. */
export function featureOf({ data, image }: Partial<Report>): string {
  return FEATURES[image ? formOf(data, image) : "image"][0];
}

/** A sentence about images and pixels, of what is shown as it is called; names that people gave stay as they are. */
export function spoken({ options, report, names = [] }: Spoken, sentence: string): string {
  const { data, image, model } = report ?? {};
  const form = options?.form ?? (image ? formOf(data, image) : "image");
  const files = [...(data?.files ?? []), ...(model?.files ?? [])];
  return say(form, sentence, [...names, data?.name ?? "", ...files, ...(data?.columns ?? [])]);
}

/** What says what rows are, and which names people gave. */
export interface Spoken {
  options?: Pick<ChartOptions, "form">;
  report?: Partial<Report> | undefined;
  names?: readonly string[];
}

/** How many columns a map shows of a dimension that is looked at by itself. */
const ALONE = 12;

/** Of one dimension there is room for more columns than of all. */
export function ofOne(options: ChartOptions, dim: number): ChartOptions {
  const { form, top_columns } = options;
  return { ...options, dim, ...(form === "table" && { top_columns: top_columns ?? ALONE }) };
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
