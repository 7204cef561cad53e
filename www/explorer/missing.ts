/** What the settings ask for and what is shown does not have: said beside the figure. */
import { type KnownClass, labelOf } from "../classes";
import { integer } from "../format";
import { NOUNS } from "../nouns";
import type { DataForm } from "../report";
import type { Values } from "../settings";

/** What there is. */
export interface There {
  /** Those that can be explained, and those that could be chosen; none while that is not known. */
  classes: readonly KnownClass[];
  others: readonly KnownClass[];
  dims: number;
  /** What is explained. */
  form: DataForm;
  /** Of a pixel. */
  channels: number;
  /** How many epochs were trained, once they are measured. */
  epochs: number | undefined;
  /** Whether any of them but the last is known, or about to be. */
  kept: boolean;
  /** How many images are explained, once they are. */
  explained: number | undefined;
  /** Whether other methods were asked; undefined where nothing was measured yet. */
  opinions: boolean | undefined;
  /** Whether errors over images were measured; undefined as above. */
  errors: boolean | undefined;
  /** Whether an image, as the setting names it, is one of them. */
  has(image: string): boolean;
}

type Asked = Pick<
  Values,
  "explain-class" | "channel" | "dimension" | "epoch" | "image" | "maps" | "errors"
>;

export function missing(asked: Asked, there: There): string[] {
  const { "explain-class": name, channel, dimension, image } = asked;
  const { classes, others, dims, channels, epochs, kept, explained, opinions } = there;
  const [row, rows] = NOUNS[there.form];
  const sentences: string[] = [];
  const unknown = (known: readonly KnownClass[]) => labelOf(name, known) === undefined;
  // A class that is there and not among those that are explained may be chosen yet.
  if (name && classes.length && unknown(classes) && unknown(others)) {
    const names = classes.map((each) => each.name).join(", ");
    sentences.push(`There is no class ${name}; the classes are ${names}.`);
  }
  if (dimension !== null && dimension > dims) {
    sentences.push(`There is no dimension ${integer(dimension)}; there are ${integer(dims)}.`);
  }
  const { epoch } = asked;
  if (epoch !== null && epochs !== undefined && epoch > epochs) {
    sentences.push(
      epochs === 0
        ? "There are no epochs to be shown: the network was not trained here."
        : `There is no epoch ${integer(epoch)}; there are ${integer(epochs)}.`,
    );
  } else if (epoch !== null && epochs !== undefined && epoch < epochs && !kept) {
    sentences.push("Of this run no epoch is known but the last, which is shown.");
  }
  if (channel > 1 && channel > channels) {
    sentences.push(`There is no channel ${integer(channel)}; a pixel has ${integer(channels)}.`);
  }
  if (image !== null && explained !== undefined && !there.has(image)) {
    sentences.push(
      `There is no ${row} ${image} among the ${integer(explained)} that are explained.`,
    );
  }
  if (asked.maps !== "permutation" && opinions === false) {
    sentences.push("Other maps than by permutation need second opinions: switch them on.");
  }
  if (asked.errors === "images" && there.errors === false) {
    sentences.push(`Errors over ${rows} are to be measured: switch them on where it says how.`);
  }
  return sentences;
}
