/** What was found in files, before anything runs, and what can be chosen otherwise. */
import { inColour } from "../channels";
import { h, passFocus, setText } from "../dom";
import { integer } from "../format";
import { capital, counted, FEATURES, NOUNS, say } from "../nouns";
import { paint, picture, type Ramp } from "../parts/pixels";
import { ENDS, type PixelKind, type Shading } from "../parts/shading";
import type { RunSettings } from "../report";
import { pixelsOf } from "./brought";
import { counts } from "./counts";
import type { DataFit, DataOptions, DataPreview, Need, SourceFile } from "./messages";
import { OptionsForm, ROWS } from "./options";
import { pickers } from "./pickers";
import {
  between,
  DONE,
  isWide,
  number,
  reachesAll,
  tooWide,
  type Trains,
  type Wants,
} from "./scale";

const FORMATS: Record<DataPreview["format"], string> = {
  idx: "IDX",
  npy: "NumPy arrays",
  csv: "CSV table",
  r: "R data",
  mixed: "tables and arrays",
  pictures: "pictures",
  recordings: "recordings, as spectrograms",
};

/** So many classes are listed, and so many columns, where their names are short. */
const LISTED = 24;
/** Lists of longer names end after so many letters. */
const LETTERS = 400;

export interface CardListener {
  /** The files are to be read again in this way. */
  options(options: DataOptions): void;
  /** A test set is brought, or taken back. */
  test(files: SourceFile[]): void;
  /** The loss and the end of the decoder that are proposed are taken, or no longer. */
  fit(fit: DataFit | undefined): void;
  use(): void;
  dismiss(): void;
}

/** For what the images would be used. */
export interface Around {
  settings: Pick<RunSettings, "explain" | "held_out"> & Trains;
  /** Settings that were chosen for the data that are open, as nobody said otherwise. */
  proposed: readonly string[];
  /** The model that was brought, if one was. */
  model: Wants | undefined;
}

/** What was read, and how. */
export interface Found {
  name: string;
  preview: DataPreview;
  options: DataOptions;
  /** What a test set of its own is called. */
  test: string | undefined;
  /** Whether a model had its values kept as they are stored. */
  kept: boolean;
  /** The loss and the end of the decoder that were taken. */
  fit: DataFit | undefined;
}

export class Card {
  readonly #title = h("h2", { class: "heading", tabindex: "-1" });
  readonly #facts = h("dl", { class: "facts" });
  readonly #examples = h("div", { class: "examples" });
  readonly #notes = h("ul", { class: "notes note" });
  readonly #fitText = h("span", {});
  readonly #fitButton = h("button", { type: "button", class: "button" });
  readonly #fit = h(
    "p",
    { class: "fit", part: "fit", hidden: true },
    this.#fitText,
    " ",
    this.#fitButton,
  );
  readonly #warning = h("p", { class: "refusal", part: "warning" });
  readonly #options;
  readonly #pickers;
  readonly #test = h("span", { class: "test-name" });
  readonly #clear;
  readonly #tests;
  readonly #use;
  readonly #dismiss;
  readonly #blocked = h("span", { class: "note" });
  readonly element;
  #found: Found | undefined;
  #around: Around = {
    settings: { explain: "auto", held_out: 15, loss: "bce", output: "sigmoid" },
    proposed: [],
    model: undefined,
  };

  constructor(
    readonly listener: CardListener,
    /** How images of a kind are shaded. */
    readonly shades: (kind: PixelKind, channels?: number) => { shading: Shading; ramp: Ramp },
  ) {
    this.#options = new OptionsForm((options) => listener.options(options));
    const button = (text: string, look: string, act: () => void) =>
      h("button", { type: "button", class: `button ${look}`, onclick: act }, text);
    this.#pickers = pickers((files) => listener.test(files), "test images");
    this.#clear = button("Clear", "", () => listener.test([]));
    this.#tests = h(
      "div",
      { class: "test-set", part: "test-set", role: "group", "aria-label": "Test images" },
      this.#test,
      ...this.#pickers.labels,
      this.#clear,
    );
    this.#use = button(USE, "primary", () => listener.use());
    this.#dismiss = button("Keep the present ones", "", () => listener.dismiss());
    this.element = h(
      "section",
      { class: "card", part: "preview", "aria-label": "What was found" },
      this.#title,
      this.#examples,
      this.#facts,
      this.#notes,
      this.#fit,
      this.#options.element,
      this.#tests,
      this.#warning,
      h("div", { class: "downloads" }, this.#use, this.#dismiss, this.#blocked),
    );
    this.#fitButton.addEventListener("click", () => {
      const { fit, preview } = this.#found!;
      listener.fit(fit ? undefined : (preview.fit ?? undefined));
    });
    this.close();
  }

  /** What was found in files. */
  show(found: Found): void {
    const { name, preview, options, test } = found;
    this.#found = found;
    setText(this.#title, name);
    this.#examples.replaceChildren(
      ...preview.examples.map(({ label }) => {
        const of = preview.classes.find((each) => each.label === label)?.name ?? `${label}`;
        return h("figure", {}, picture(), h("figcaption", { title: of }, of));
      }),
    );
    this.repaint();
    this.#options.show(preview, options);
    const tests = say(preview.form, "Test images");
    setText(this.#test, test === undefined ? `${tests} (optional)` : `${tests}: ${test}`);
    for (const label of this.#pickers.labels) label.hidden = test !== undefined;
    if (test === undefined) passFocus(this.#clear, this.#pickers.inputs[0]!);
    this.#clear.hidden = test === undefined;
    this.#tests.hidden = preview.format === "recordings" || preview.roles.chosen === "by-name";
    this.#say();
    setText(this.#use, say(preview.form, USE));
    this.#use.hidden = false;
    this.element.hidden = false;
    this.#title.focus({ preventScroll: true });
  }

  /** The files do not tell enough: asks for what is missing. */
  ask(name: string, need: Need, options: DataOptions): void {
    this.#found = undefined;
    setText(this.#title, name);
    setText(this.#warning, "");
    this.#fit.hidden = true;
    for (const part of [this.#facts, this.#examples, this.#notes]) part.replaceChildren();
    this.#options.ask(need, options);
    this.#tests.hidden = true;
    this.#use.hidden = true;
    this.element.hidden = false;
  }

  close(): void {
    this.element.hidden = true;
    this.#found = undefined;
  }

  /** Follows what the images would be used for. */
  follow(around: Around): void {
    if (JSON.stringify(around) === JSON.stringify(this.#around)) return;
    this.#around = around;
    this.#say();
  }

  /** Why the images cannot be used now. */
  block(reason: string | undefined): void {
    this.#use.disabled = reason !== undefined;
    setText(this.#blocked, this.#found ? (reason ?? "") : "");
  }

  /** Again, as when the page's colours change. */
  repaint(): void {
    if (!this.#found) return;
    const { examples, height, width, form } = this.#found.preview;
    const { ramp } = this.shades(pixelsOf(this.#found.preview));
    const pictures = this.#examples.querySelectorAll("canvas");
    for (const [at, { pixels }] of examples.entries()) {
      const values = Float32Array.from(pixels, (value) => value / 255);
      paint(pictures[at]!, { height, width, form }, values, ramp);
    }
  }

  #say(): void {
    if (!this.#found) return;
    const { preview } = this.#found;
    const { model } = this.#around;
    this.#facts.replaceChildren(
      ...facts(this.#found, this.#around).flatMap(([term, value]) => [
        h("dt", {}, term),
        h("dd", {}, value),
      ]),
    );
    this.#notes.replaceChildren(
      ...notes(preview, model, this.shades(pixelsOf(preview), preview.channels).shading).map(
        (note) => h("li", {}, note),
      ),
    );
    const fits = this.#found.fit !== undefined || reachesAll(this.#around.settings);
    setText(this.#warning, !model && isWide(preview) && !fits ? tooWide(preview) : "");
    this.#offerFit();
  }

  /** A loss and an end of the decoder that fit, with the reason; nothing where a trained model is explained. */
  #offerFit(): void {
    const { preview, fit } = this.#found!;
    const { model, settings } = this.#around;
    const there = reachesAll(settings) && !preview.fit?.normalise;
    const proposed = model || (there && !fit) ? undefined : preview.fit;
    this.#fit.hidden = !proposed && !fit;
    if (fit) {
      setText(this.#fitText, "Taken with these: the loss MSE and a linear output.");
      setText(this.#fitButton, "Take it back");
    } else if (proposed) {
      setText(this.#fitText, proposed.said);
      setText(
        this.#fitButton,
        proposed.normalise
          ? "Take MSE, a linear output and this scale"
          : "Take MSE and a linear output",
      );
    }
  }
}

const USE = "Use these images";

/** Where the labels are from. */
const OF_LABELS = /^((Training|Test) images: )?(The labels|No labels)/;

/** What was done and left out, but for what the facts say. */
function notes(preview: DataPreview, model: Wants | undefined, shading: Shading): string[] {
  const { range, normalise } = preview;
  const said = preview.notes.filter((note) => !OF_LABELS.test(note));
  // The last is of the scale.
  const done = preview.handling.slice(0, -1).filter((each) => !preview.notes.includes(each));
  const all = [...done, ...said];
  if (isWide(preview)) {
    const [least, most] = ENDS[shading];
    all.push(
      `The examples are drawn from the smallest of their values (${least}) to the largest (${most}).`,
    );
  }
  if (model && !model.stored && normalise !== "keep") {
    all.push(`If the model takes values as they are stored, ${between(range)}, choose keep.`);
  }
  return all;
}

function facts(found: Found, around: Around): [term: string, value: string][] {
  const { preview, kept } = found;
  const { format, count, height, width, channels } = preview;
  const { range, normalise, proposed, classes, columns } = preview;
  const [least, most] = range.map(number);
  const each = classes.map(({ name, count }) => `${name} (${integer(count)})`);
  const as = kept ? "as the model takes them" : normalise === proposed ? "proposed" : "chosen";
  const { form, form_said } = preview;
  const size =
    form === "image"
      ? columns
        ? `, each a row of ${height} × ${width}`
        : ` of ${height} × ${width} pixels${inColour(channels)}`
      : ` of ${integer(width)} ${FEATURES[form][1]}`;
  const read: [term: string, value: string][] = ROWS.includes(format)
    ? [["Read as", form_said.replace(/^Read as /, "")]]
    : [];
  const isImage = form === "image";
  return [
    ["Format", FORMATS[format]],
    [capital(NOUNS[form][1]), `${integer(count)}${size}`],
    ...(isImage ? [] : read),
    ...(columns ? [columnsOf(columns)] : []),
    ...sides(preview),
    ["Values", `${least} to ${most}; ${DONE[normalise]} (${as})`],
    [classes.length === 1 ? "1 class" : `${integer(classes.length)} classes`, listed(each)],
    ["Labels", labels(preview)],
    ["Explained", explained(preview, around)],
    ...(isImage ? read : []),
    ["Memory", `${megabytes(preview.memory_bytes)} for a run on all of them`],
  ];
}

function columnsOf(names: string[]): [term: string, value: string] {
  return [names.length === 1 ? "1 column" : `${integer(names.length)} columns`, listed(names)];
}

/** The first of a list, and how many more there are. */
function listed(names: string[]): string {
  let letters = 0;
  const shown = names.filter((name, at) => {
    letters += name.length + 2;
    return at === 0 || (at < LISTED && letters <= LETTERS);
  });
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${integer(more)} more` : "");
}

function labels({ notes, choices }: DataPreview): string {
  const { columns, label_column: column, arrays } = choices;
  const said = notes.filter((note) => OF_LABELS.test(note));
  if (!said.length && column !== null) {
    said.push(`The labels are those of the column ${columns[column]}.`);
  }
  if (!said.length) said.push("As the files have them.");
  const other = columns.length ? "column" : arrays.length > 1 ? "array" : "";
  return said.join(" ") + (other && ` Another ${other} can be chosen below.`);
}

function sides({ roles }: DataPreview): [term: string, value: string][] {
  const { chosen, proposed, training, explained } = roles;
  const of = `${integer(training)} to train on, ${integer(explained)} to explain`;
  if (chosen === "joined") {
    return proposed ? [["Test set", `recognised by names: ${of}; not kept apart, see below`]] : [];
  }
  return [["Test set", of]];
}

/** How many images importance would be measured on. */
function explained({ classes, roles, form }: DataPreview, { settings, model }: Around): string {
  const apart = roles.chosen !== "joined";
  const all = classes.map(({ count, explained }) => (apart ? { count, explained } : { count }));
  const unlabelled = roles.unlabelled ? roles.training : 0;
  const found = counts(all, unlabelled, settings, !model);
  const by = model ? "by the model" : `after training on ${integer(found.training)}`;
  return `${counted(found.explained, form)}, ${by}, if all classes are chosen`;
}

export function megabytes(bytes: number): string {
  const amount = bytes / 1e6;
  return amount < 0.1
    ? `${Math.ceil(bytes / 1000)} kB`
    : `${amount.toFixed(amount < 10 ? 1 : 0)} MB`;
}
