/** How files are to be read, where they leave a choice. */
import { h, setText } from "../dom";
import { integer } from "../format";
import { Columns } from "./columns";
import type { DataOptions, DataPreview, Need } from "./messages";

type Choices = [value: string, label: string][];

const NORMALISE: Choices = [
  ["keep", "Keep as they are"],
  ["divide-by-255", "Divide by 255"],
  ["min-max", "Spread: smallest 0, largest 1"],
  ["min-max-column", "Spread each column by itself"],
  ["standard", "Each column to mean 0, deviation 1"],
];
const FORMS: Choices = [
  ["image", "Images"],
  ["signal", "Signals: one quantity at place after place"],
  ["table", "Rows of a table: quantities of their own"],
];
const GREY: Choices = [
  ["keep", "Keep the colours"],
  ["never", "Keep, with three channels in any case"],
  ["luma", "Grey, by how bright colours look"],
  ["mean", "Grey, by the mean of the channels"],
];
const AXIS: Choices = [
  ["", "Found by shape"],
  ["first", "Before rows and columns"],
  ["last", "After rows and columns"],
];
const ROLES: Choices = [
  ["joined", "One set, of which some are held out"],
  ["by-name", "Trained on the one, the other explained"],
];
const HEADER: Choices = [
  ["true", "Names the columns"],
  ["false", "Is a row already"],
];
const GAPS: Choices = [
  ["drop", "Leave these rows out"],
  ["refuse", "Do not read the table"],
];

/** Of these files, rows of numbers may be this or that. */
export const ROWS: string[] = ["idx", "csv", "npy", "r", "mixed"] satisfies DataPreview["format"][];

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
  /** As it was read; nothing where files do not tell enough. */
  #preview: DataPreview | undefined;
  #columns: Columns | undefined;

  constructor(readonly changed: (options: DataOptions) => void) {}

  /** Offers what the files leave open, as it was read. */
  show(preview: DataPreview, options: DataOptions): void {
    this.#options = options;
    this.#preview = preview;
    this.#columns = undefined;
    const { format, choices, normalise, height, width, channels } = preview;
    const fields = [select("normalise", "Values", NORMALISE, normalise)];
    if (choices.columns.length) {
      fields.push(
        labelColumn(choices.columns, choices.label_column),
        select("header", "First line", HEADER, `${choices.header ?? true}`),
      );
    }
    if (options.gaps === "drop") fields.push(select("gaps", "Rows with gaps", GAPS, "drop"));
    if (choices.arrays.length > 1) fields.push(...arrays(choices.arrays, options));
    if (preview.roles.proposed && preview.roles.chosen !== "brought") {
      fields.push(select("roles", "Training set and test set", ROLES, preview.roles.chosen));
    }
    if (ROWS.includes(format)) fields.push(select("form", "Rows are", FORMS, preview.form));
    if (["csv", "npy", "r", "mixed"].includes(format) && preview.form === "image") {
      const stored = options.shape?.[2] ?? channels;
      fields.push(...sides("shape", "Height of an image", "Width", height, width, stored));
    }
    if (format === "pictures") {
      fields.push(...sides("size", "Height to resize to", "Width", height, width));
    }
    if (preview.coloured) fields.push(select("grey", "Colours", GREY, options.grey ?? "keep"));
    if (preview.coloured && ["csv", "npy", "r", "mixed"].includes(format)) {
      fields.push(select("channels", "Channels of a pixel stand", AXIS, options.channels ?? ""));
    }
    if (choices.columns.length) {
      const { columns, left_out, label_column } = choices;
      this.#columns = new Columns(columns, left_out, label_column);
      fields.push(this.#columns.element);
    }
    this.#offer("How the files were read", fields);
  }

  /** Asks for what the files do not tell. */
  ask(need: Need, options: DataOptions): void {
    this.#options = options;
    this.#preview = undefined;
    this.#columns = undefined;
    if ("shape" in need) {
      const { pixels: numbers } = need.shape;
      const isSquare = (count: number) => Number.isInteger(Math.sqrt(count));
      // Only of colours are so many numbers a square.
      const channels = !isSquare(numbers) && isSquare(numbers / 3) ? 3 : 1;
      const pixels = numbers / channels;
      let height = Math.floor(Math.sqrt(pixels));
      while (pixels % height) height -= 1;
      const width = pixels / height;
      const fields = sides("shape", "Height of an image", "Width", height, width, channels);
      fields.unshift(select("form", "Rows are", FORMS, "image"));
      this.#offer(`A row has ${numbers} numbers`, fields);
    } else if ("array" in need) this.#offer("Which array is which", arrays(need.array, options));
    else if ("column" in need) {
      this.#offer("Where the labels are", [labelColumn(need.column, null)]);
    } else if ("gaps" in need) {
      const { rows } = need.gaps;
      const lack = rows === 1 ? "1 row lacks a value" : `${integer(rows)} rows lack a value`;
      this.#offer(lack, [select("gaps", "Rows with gaps", GAPS, "drop")]);
    } else if ("decimal" in need) {
      const { number } = need.decimal;
      const marks: Choices = [
        ["point", "A point stands before the fraction"],
        ["comma", "A comma stands before the fraction"],
      ];
      this.#offer(`How ${number} is to be read`, [select("decimal", "Numbers", marks, "point")]);
    } else {
      const boxes = need.drop.map((name) =>
        h(
          "label",
          {},
          h("input", { type: "checkbox", name: "drop", value: name, checked: true }),
          h("span", {}, name),
        ),
      );
      this.#offer("Columns to leave out", [h("div", { class: "boxes" }, ...boxes)]);
    }
  }

  #offer(heading: string, fields: HTMLElement[]): void {
    setText(this.#heading, heading);
    this.#fields.replaceChildren(this.#heading, ...fields);
  }

  #chosen(): DataOptions {
    const controls = this.element.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]");
    const values = Object.fromEntries([...controls].map(({ name, value }) => [name, value]));
    const chosen: DataOptions = {};
    // What was merely found may be found otherwise once the files are read in another way.
    const { normalise, choices, height, width, channels, form = "image" } = this.#preview ?? {};
    const given = values["normalise"];
    if (given && given !== normalise) chosen.normalise = given as never;
    const wanted = values["form"];
    if (wanted && wanted !== form) chosen.form = wanted as never;
    if (values["grey"]) chosen.grey = values["grey"] as never;
    if (values["channels"]) chosen.channels = values["channels"] as never;
    if (values["roles"]) chosen.roles = values["roles"] as never;
    if (values["gaps"]) chosen.gaps = values["gaps"] as never;
    if (values["decimal"]) chosen.decimal = values["decimal"] as never;
    if (values["header"]) chosen.header = values["header"] === "true";
    const { column, images, labels } = values;
    if (column && column !== `${choices ? (choices.label_column ?? "none") : ""}`) {
      chosen.label_column = column === "none" ? "none" : { index: Number(column) };
    }
    if (images) chosen.images = images;
    if (labels) chosen.labels = labels;
    for (const what of ["shape", "size"] as const) {
      const [tall, wide, deep = "1"] = ["height", "width", "channels"].map(
        (side) => values[`${what}-${side}`],
      );
      const stored = what === "shape" ? (this.#options.shape?.[2] ?? channels ?? 1) : 1;
      const same = tall === `${height}` && wide === `${width}` && deep === `${stored}`;
      if (!tall || !wide || same || (wanted && wanted !== "image")) continue;
      chosen[what] = [Number(tall), Number(wide)];
      if (what === "shape" && deep !== "1") chosen.shape!.push(Number(deep));
    }
    Object.assign(chosen, this.#columns?.chosen(column === "none" ? -1 : Number(column)));
    const boxes = this.element.querySelectorAll<HTMLInputElement>("[name=drop]:checked");
    if (boxes.length) {
      const named = [...boxes].map(({ value }) => ({ name: value }));
      chosen.drop = [...(this.#options.drop ?? []), ...named];
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
  channels?: number,
): HTMLElement[] {
  const all = [side(`${name}-height`, tall, height), side(`${name}-width`, wide, width)];
  if (channels !== undefined) all.push(side(`${name}-channels`, "Channels", channels));
  return [h("div", { class: "sides" }, ...all)];
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
