/** What was found in files, before anything runs, and what can be chosen otherwise. */
import { h, setText } from "../dom";
import { integer, significant } from "../format";
import { paint, picture } from "../parts/pixels";
import type { DataOptions, DataPreview } from "./messages";
import { OptionsForm } from "./options";
import type { Need } from "./messages";

const FORMATS: Record<DataPreview["format"], string> = {
  idx: "IDX",
  npy: "NumPy arrays",
  csv: "CSV table",
  r: "R data",
  mixed: "tables and arrays",
  pictures: "pictures",
  recordings: "recordings, as spectrograms",
};

const NORMALISED: Record<DataPreview["normalise"], string> = {
  keep: "kept as they are",
  "divide-by-255": "divided by 255",
  "min-max": "spread from the smallest, 0, to the largest, 1",
  "min-max-column": "spread from 0 to 1, each column or pixel by itself",
  standard: "brought to mean 0 and deviation 1, each column or pixel by itself",
};

/** Of so many classes the counts are written out. */
const LISTED = 24;

export interface CardListener {
  /** The files are to be read again in this way. */
  options(options: DataOptions): void;
  use(): void;
  dismiss(): void;
}

export class Card {
  readonly #title = h("h2", { class: "heading", tabindex: "-1" });
  readonly #facts = h("dl", { class: "facts" });
  readonly #examples = h("div", { class: "examples" });
  readonly #notes = h("ul", { class: "notes note" });
  readonly #options;
  readonly #use;
  readonly #dismiss;
  readonly #blocked = h("span", { class: "note" });
  readonly element;
  #preview: DataPreview | undefined;

  constructor(
    readonly listener: CardListener,
    readonly ink: () => string,
  ) {
    this.#options = new OptionsForm((options) => listener.options(options));
    const button = (text: string, look: string, act: () => void) =>
      h("button", { type: "button", class: `button ${look}`, onclick: act }, text);
    this.#use = button("Use these images", "primary", () => listener.use());
    this.#dismiss = button("Keep the present ones", "", () => listener.dismiss());
    this.element = h(
      "section",
      { class: "card", part: "preview", "aria-label": "What was found" },
      this.#title,
      this.#examples,
      this.#facts,
      this.#notes,
      this.#options.element,
      h("div", { class: "downloads" }, this.#use, this.#dismiss, this.#blocked),
    );
    this.close();
  }

  /** What was found in files called `name`, which were read with these options. */
  show(name: string, preview: DataPreview, options: DataOptions): void {
    this.#preview = preview;
    setText(this.#title, name);
    this.#facts.replaceChildren(
      ...facts(preview).flatMap(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]),
    );
    this.#examples.replaceChildren(
      ...preview.examples.map(({ label }) => {
        const of = preview.classes.find((each) => each.label === label)?.name ?? `${label}`;
        return h("figure", {}, picture(), h("figcaption", {}, of));
      }),
    );
    this.repaint();
    this.#notes.replaceChildren(...preview.notes.map((note) => h("li", {}, note)));
    this.#options.show(preview, options);
    this.#use.hidden = false;
    this.element.hidden = false;
    this.#title.focus({ preventScroll: true });
  }

  /** The files do not tell enough: asks for what is missing. */
  ask(name: string, need: Need, options: DataOptions): void {
    this.#preview = undefined;
    setText(this.#title, name);
    this.#facts.replaceChildren();
    this.#examples.replaceChildren();
    this.#notes.replaceChildren();
    this.#options.ask(need, options);
    this.#use.hidden = true;
    this.element.hidden = false;
  }

  close(): void {
    this.element.hidden = true;
    this.#preview = undefined;
  }

  /** Why the images cannot be used now. */
  block(reason: string | undefined): void {
    this.#use.disabled = reason !== undefined;
    setText(this.#blocked, this.#preview ? (reason ?? "") : "");
  }

  /** Again, as when the page's colours change. */
  repaint(): void {
    if (!this.#preview) return;
    const { examples, height, width } = this.#preview;
    const pictures = this.#examples.querySelectorAll("canvas");
    for (const [at, { pixels }] of examples.entries()) {
      const values = Float32Array.from(pixels, (value) => value / 255);
      paint(pictures[at]!, { height, width }, values, this.ink());
    }
  }
}

function facts(preview: DataPreview): [term: string, value: string][] {
  const { format, count, height, width, range, normalise, proposed, classes, roles } = preview;
  const [least, most] = range.map((value) =>
    Number.isInteger(value) ? integer(value) : significant(value, 4),
  );
  const counts = classes
    .slice(0, LISTED)
    .map(({ name, count }) => `${name} (${integer(count)})`)
    .join(", ");
  const more = classes.length > LISTED ? ` and ${classes.length - LISTED} more` : "";
  const as = normalise === proposed ? "proposed" : "chosen";
  return [
    ["Format", FORMATS[format]],
    ["Images", `${integer(count)} of ${height} × ${width} pixels`],
    ...(roles.chosen === "joined" ? [] : [sides(roles)]),
    ["Values", `${least} to ${most}; ${NORMALISED[normalise]} (${as})`],
    [classes.length === 1 ? "1 class" : `${classes.length} classes`, counts + more],
    ["Memory", `${megabytes(preview.memory_bytes)} for a run on all of them`],
  ];
}

function sides({ training, explained }: DataPreview["roles"]): [term: string, value: string] {
  return ["Test set", `${integer(training)} to train on, ${integer(explained)} to explain`];
}

export function megabytes(bytes: number): string {
  const amount = bytes / 1e6;
  return amount < 0.1
    ? `${Math.ceil(bytes / 1000)} kB`
    : `${amount.toFixed(amount < 10 ? 1 : 0)} MB`;
}
