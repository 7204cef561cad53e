/**
 * One signal, or one row of a table, beside its reconstruction: lines over each other, or a table of names and
 * numbers, those that differ most first.
 */
import "../../shared";
import { mostDifferent, nameOf, type Rows, stored } from "../../data/rows";
import { h, setText, svg } from "../../dom";
import { count, integer, significant } from "../../format";
import { dress } from "../../parts/dress";
import css from "./row.css" with { type: "text" };

/** Numbers as the network is given them, and gives them. */
export interface ShownRow {
  rows: Rows;
  values: Float32Array | undefined;
  rebuilt?: Float32Array | undefined;
  /** What the decoder makes of it once a latent was moved. */
  moved?: Float32Array | undefined;
}

/** So many rows of a table are told at first, and so many more at a time. */
const FIRST = 6;
const MORE = 50;

/** In the drawing's own units. */
const WIDTH = 600;
const HEIGHT = 150;

export class RowView {
  readonly element = h("div", { class: "row-view" });
  readonly #table = h("table");
  readonly #scroll = h(
    "div",
    { class: "row-table", tabindex: "0", role: "region", "aria-label": "Numbers of this row" },
    this.#table,
  );
  readonly #more = h("button", { type: "button", class: "button", onclick: () => this.#open() });
  readonly #drawing = svg("svg", {
    class: "row-lines",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
  });
  readonly #ends = h("p", { class: "row-ends note" });
  readonly #legend = h("p", { class: "row-legend note" });
  #row: ShownRow | undefined;
  #told = FIRST;

  show(row: ShownRow): void {
    dress(this.element, css);
    this.#row = row;
    if (row.rows.form === "signal") this.#showLines(row);
    else this.#showTable(row);
  }

  #put(...parts: Element[]): void {
    const same = parts.every((part, at) => this.element.children[at] === part);
    if (!same || this.element.children.length !== parts.length)
      this.element.replaceChildren(...parts);
  }

  #open(): void {
    this.#told += MORE;
    if (this.#row) this.#showTable(this.#row);
  }

  // Tables

  #showTable({ rows, values, rebuilt, moved }: ShownRow): void {
    this.#put(this.#scroll, this.#more);
    if (!values) {
      this.#more.hidden = true;
      return this.#table.replaceChildren(h("caption", {}, "No row yet."));
    }
    const [from, to] = moved ? [rebuilt ?? values, moved] : [values, rebuilt];
    const order = to ? mostDifferent(from, to) : [...values.keys()];
    const shown = order.slice(0, this.#told);
    const rest = order.length - shown.length;
    const titles = ["Column", "Value"];
    // It may be divided where there is little room.
    if (rebuilt) titles.push("Recon\u00adstruction");
    if (moved) titles.push("Moved", "Change");
    else if (rebuilt) titles.push("Difference");
    this.#table.replaceChildren(
      h("caption", {}, this.#caption(rows, order.length, to !== undefined, moved !== undefined)),
      h("thead", {}, h("tr", {}, ...titles.map((title) => h("th", { scope: "col" }, title)))),
      h("tbody", {}, ...shown.map((at) => line(rows, at, values, rebuilt, moved))),
    );
    this.#more.hidden = rest === 0;
    const next = Math.min(rest, MORE);
    setText(
      this.#more,
      next < rest ? `${integer(next)} of ${integer(rest)} more` : `${integer(rest)} more`,
    );
  }

  #caption(rows: Rows, all: number, compared: boolean, moved: boolean): string {
    const unit = rows.scaling ? "in the units of the file" : "as the network is given them";
    if (!compared) return `${count(all, "column")}, ${unit}.`;
    const what = moved ? "changes" : "differences";
    const scaled = rows.scaling ? `; ordered by ${what} on the network’s own scale` : "";
    return `Largest ${what} first, ${unit}${scaled}.`;
  }

  // Signals

  #showLines({ rows, values, rebuilt, moved }: ShownRow): void {
    this.#put(this.#drawing, this.#ends, this.#legend);
    const told = [
      ["Signal", "input", values],
      ["Reconstruction", "rebuilt", rebuilt],
      ["Moved", "moved", moved],
    ] as const;
    const lines = told.flatMap(([title, name, own]) =>
      own ? [{ title, name, numbers: [...own].map((value, at) => stored(rows, at, value)) }] : [],
    );
    const all = lines.flatMap(({ numbers }) => numbers);
    const least = all.reduce((least, value) => Math.min(least, value), Infinity);
    const most = all.reduce((most, value) => Math.max(most, value), -Infinity);
    const height = (value: number) =>
      HEIGHT - 6 - ((HEIGHT - 12) * (value - least)) / (most - least || 1);
    this.#drawing.replaceChildren(
      ...lines.map(({ name, numbers }) => {
        const step = WIDTH / Math.max(1, numbers.length - 1);
        const points = numbers.map(
          (value, at) => `${(at * step).toFixed(2)},${height(value).toFixed(2)}`,
        );
        return svg("polyline", { class: name, points: points.join(" ") });
      }),
    );
    const unit = rows.scaling ? "in the unit of the file" : "as the network is given it";
    const [from, to] = all.length ? [significant(least, 3), significant(most, 3)] : ["", ""];
    const summary = lines.length
      ? `${lines.map(({ title }) => title).join(", ")}: from ${from} to ${to}, ${unit}`
      : "No signal yet";
    this.#drawing.setAttribute("aria-label", summary);
    const last = (values?.length ?? 1) - 1;
    this.#ends.replaceChildren(
      h("span", {}, values ? nameOf(rows, 0) : ""),
      h("span", {}, values ? nameOf(rows, last) : ""),
    );
    this.#legend.replaceChildren(
      ...lines.map(({ title, name }) => h("span", { class: name }, title)),
      h("span", {}, lines.length ? `from ${from} to ${to}, ${unit}` : "No signal yet."),
    );
  }
}

function line(
  rows: Rows,
  at: number,
  values: Float32Array,
  rebuilt: Float32Array | undefined,
  moved: Float32Array | undefined,
): HTMLElement {
  const name = nameOf(rows, at);
  const told = (own: Float32Array) => significant(stored(rows, at, own[at]!), 4);
  const off = (a: Float32Array, b: Float32Array) =>
    signed(stored(rows, at, b[at]!) - stored(rows, at, a[at]!));
  const cells = [told(values)];
  if (rebuilt) cells.push(told(rebuilt));
  if (moved) cells.push(told(moved), off(rebuilt ?? values, moved));
  else if (rebuilt) cells.push(off(values, rebuilt));
  return h(
    "tr",
    {},
    h("th", { scope: "row", title: name }, name),
    ...cells.map((cell) => h("td", {}, cell)),
  );
}

function signed(value: number): string {
  return value > 0 ? `+${significant(value, 3)}` : significant(value, 3);
}
