/** What is chosen before a run: images and network, each behind a button that says it in one line. */
import type { Dataset } from "../data/dataset";
import { integer } from "../format";
import { type Half, type Network, planned, stages, stageText } from "../network";
import { say } from "../nouns";
import { Fold, oneAtATime } from "../parts/fold";
import type { ImageShape } from "../report";
import {
  NAMES,
  type Refusals,
  runSettings,
  type Section,
  sectionOf,
  summarise,
  type Values,
} from "../settings";

/** Lists of names end after so many letters. */
const LETTERS = 40;

/** What stands behind the button of the network. */
const NETWORK: Section[] = ["network", "regularisation", "more"];

export interface Chosen {
  values: Values;
  refusals: Refusals;
  /** The images that are open, once they are there. */
  dataset: Dataset | undefined;
  image: ImageShape;
  /** A model that was brought, which is not trained here. */
  brought: { name: string; network: Network } | undefined;
}

export class Setup {
  readonly images = new Fold("images", "Images");
  readonly network = new Fold("network", "Network");
  /** What was refused when last looked. */
  #refused = "";

  constructor() {
    oneAtATime([this.images, this.network]);
  }

  show(chosen: Chosen): void {
    const form = chosen.dataset?.source.form ?? "image";
    const own = chosen.dataset?.classes.map((each) => each.name) ?? [];
    const names = [chosen.dataset?.credit.name, chosen.brought?.name, ...own].filter(isGiven);
    this.images.name(say(form, "Images"));
    const folds: [Fold, Section[], string][] = [
      [this.images, ["images"], imagesLine(chosen)],
      [this.network, NETWORK, networkLine(chosen)],
    ];
    const refused = NAMES.filter((name) => chosen.refusals[name]);
    for (const [fold, sections, line] of folds) {
      const name = refused.find((name) => sections.includes(sectionOf(name)));
      fold.say(say(form, name ? chosen.refusals[name]! : line, names), name !== undefined);
      // What is refused on arrival, from a link say, must not hide.
      if (name && `${refused}` !== this.#refused) fold.open = true;
    }
    this.#refused = `${refused}`;
  }
}

function isGiven(name: string | undefined): name is string {
  return name !== undefined && name !== "";
}

/** "MNIST digits · classes 0, 1". */
export function imagesLine({ dataset, values }: Pick<Chosen, "dataset" | "values">): string {
  const labels = values.classes;
  const names = labels.map((label) => dataset?.name(label) ?? `${label}`);
  const classes = listed(names, dataset?.classes.length ?? Infinity);
  return [dataset?.credit.name, classes, summarise(values, "images")].filter(Boolean).join(" · ");
}

/** "784 – 12 – 784 · 50 epochs", "convolutional 8 – 16 – 12 · 50 epochs". */
export function networkLine({
  values,
  image,
  brought,
}: Omit<Chosen, "refusals" | "dataset">): string {
  const told = (section: Section) => summarise(values, section, brought !== undefined);
  const layers = brought ? stages(brought.network) : planned(image, runSettings(values));
  const has = (half: Half) => !layers.missing?.includes(half);
  const encoded = has("encoder") ? layers.encoder : layers.decoder.slice(0, 1);
  const decoded = has("decoder") ? layers.decoder.slice(1) : [];
  const sizes = [...encoded, ...decoded].map(stageText);
  // Shapes would fill the line.
  const short = [...values.filters.map(integer), integer(values.dims)].join(" – ");
  const network = brought || values.kind === "dense" ? sizes.join(" – ") : `convolutional ${short}`;
  // Of a model that was trained elsewhere the settings of training tell nothing.
  const variational = brought && layers.variational && "variational";
  return [brought?.name, network, variational, ...NETWORK.map(told)].filter(Boolean).join(" · ");
}

/** As many names as fit, and how many more there are; `all`: so many there are. */
function listed(names: string[], all: number): string {
  if (all === 1) return "";
  if (names.length === all && all > 2) return `all ${integer(all)} classes`;
  let letters = 0;
  const shown = names.filter((name) => (letters += name.length + 2) <= LETTERS);
  const more = names.length - shown.length;
  if (more && shown.length < 2 && all < Infinity) return `${names.length} of ${all} classes`;
  const list = shown.join(", ");
  return `${names.length === 1 ? "class" : "classes"} ${list}${more ? ` and ${more} more` : ""}`;
}
