/** How files are to be read, where they leave a choice. */
import { h, setText } from "../dom";
import type { DataOptions, DataPreview, Need } from "./messages";

type Choices = [value: string, label: string][];

const NORMALISE: Choices = [
  ["keep", "Keep as they are"],
  ["divide-by-255", "Divide by 255"],
  ["min-max", "Spread: smallest 0, largest 1"],
  ["min-max-column", "Spread each column by itself"],
  ["standard", "Each column to mean 0, deviation 1"],
];
const GREY: Choices = [
  ["luma", "By how bright colours look"],
  ["mean", "By the mean of red, green and blue"],
];
const ROLES: Choices = [
  ["joined", "One set, of which some are held out"],
  ["by-name", "Trained on the one, the other explained"],
];
const HEADER: Choices = [
  ["true", "Names the columns"],
  ["false", "Is an image already"],
];

export class OptionsForm {
  readonly #heading = h("legend", {});
  readonly #fields = h("fieldset", { class: "options" });
  readonly element = h(
    "form",
    {
      class: "reading",
      onsubmit: (event) => {
        event.preventDefault();
        this.changed({ ...this.#options, ...this.#chosen() });
      },
    },
    this.#fields,
    h("button", { type: "submit", class: "button" }, "Read again with these"),
  );
  #options: DataOptions = {};

  constructor(readonly changed: (options: DataOptions) => void) {}

  /** Offers what the files leave open, as it was read. */
  show(preview: DataPreview, options: DataOptions): void {
    this.#options = options;
    const { format, choices, normalise, height, width } = preview;
    const fields = [select("normalise", "Values", NORMALISE, normalise)];
    if (choices.columns.length) {
      fields.push(
        labelColumn(choices.columns, choices.label_column),
        select("header", "First line", HEADER, `${choices.header ?? true}`),
      );
    }
    if (choices.arrays.length > 1) fields.push(...arrays(choices.arrays, options));
    if (preview.roles.proposed) {
      fields.push(select("roles", "Training set and test set", ROLES, preview.roles.chosen));
    }
    if (["csv", "npy", "r", "mixed"].includes(format)) {
      fields.push(...sides("shape", "Height of an image", "Width", height, width));
    }
    if (format === "pictures") {
      fields.push(...sides("size", "Height to resize to", "Width", height, width));
      fields.push(select("grey", "Colours become grey", GREY, options.grey ?? "luma"));
    }
    this.#offer("How the files were read", fields);
  }

  /** Asks for what the files do not tell. */
  ask(need: Need, options: DataOptions): void {
    this.#options = options;
    if ("shape" in need) {
      const { pixels } = need.shape;
      let height = Math.floor(Math.sqrt(pixels));
      while (pixels % height) height -= 1;
      const fields = sides("shape", "Height of an image", "Width", height, pixels / height);
      this.#offer(`An image has ${pixels} pixels`, fields);
    } else if ("array" in need) this.#offer("Which array is which", arrays(need.array, options));
    else if ("column" in need) {
      this.#offer("Where the labels are", [labelColumn(need.column, null)]);
    }
  }

  #offer(heading: string, fields: HTMLElement[]): void {
    setText(this.#heading, heading);
    this.#fields.replaceChildren(this.#heading, ...fields);
  }

  #chosen(): DataOptions {
    const values = Object.fromEntries(
      [...this.element.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]")].map(
        ({ name, value }) => [name, value],
      ),
    );
    const chosen: DataOptions = {};
    if (values["normalise"]) chosen.normalise = values["normalise"] as never;
    if (values["grey"]) chosen.grey = values["grey"] as never;
    if (values["roles"]) chosen.roles = values["roles"] as never;
    if (values["header"]) chosen.header = values["header"] === "true";
    const { column, images, labels } = values;
    if (column) chosen.label_column = column === "none" ? "none" : { index: Number(column) };
    if (images) chosen.images = images;
    if (labels) chosen.labels = labels;
    for (const what of ["shape", "size"] as const) {
      const side = [values[`${what}-height`], values[`${what}-width`]];
      if (side[0] && side[1]) chosen[what] = side.map(Number) as [number, number];
    }
    return chosen;
  }
}

function labelColumn(columns: string[], chosen: number | null): HTMLElement {
  const options: Choices = [
    ["none", "None: the images are one class"],
    ...columns.map((name, at): [string, string] => [`${at}`, `${at + 1}: ${name}`]),
  ];
  return select("column", "Column of the labels", options, `${chosen ?? "none"}`);
}

function arrays(names: string[], { images, labels }: DataOptions): HTMLElement[] {
  const found: Choices = [
    ["", "Found by shape"],
    ...names.map((name): [string, string] => [name, name]),
  ];
  return [
    select("images", "Array of the images", found, images ?? ""),
    select("labels", "Array of the labels", found, labels ?? ""),
  ];
}

function sides(
  name: string,
  tall: string,
  wide: string,
  height: number,
  width: number,
): HTMLElement[] {
  const both = [side(`${name}-height`, tall, height), side(`${name}-width`, wide, width)];
  return [h("div", { class: "sides" }, ...both)];
}

function side(name: string, label: string, value: number): HTMLElement {
  const input = h("input", {
    type: "number",
    name,
    min: "1",
    max: "4096",
    step: "1",
    required: true,
    value: `${value}`,
  });
  return h("label", { class: "option" }, h("span", {}, label), input);
}

function select(name: string, label: string, choices: Choices, chosen: string): HTMLElement {
  const options = choices.map(([value, text]) =>
    h("option", { value, selected: value === chosen }, text),
  );
  return h("label", { class: "option" }, h("span", {}, label), h("select", { name }, ...options));
}
