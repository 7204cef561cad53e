/** Which columns of a table are left out: a box for each, or a list of names where there are many. */
import { readNames, writeNames } from "../classes";
import { h } from "../dom";
import { integer } from "../format";
import type { Column } from "./messages";

/** More boxes than these nobody looks through. */
const MOST_BOXES = 300;

export class Columns {
  readonly element;
  readonly #boxes: HTMLInputElement[];
  readonly #list = h("input", { type: "text", autocomplete: "off", spellcheck: "false" });

  /** `out` are left out now, by their places; the column of the labels is none of the values. */
  constructor(
    readonly names: string[],
    readonly out: readonly number[],
    labels: number | null,
    open = false,
  ) {
    const places = [...names.keys()].filter((place) => place !== labels);
    const left = out.filter((place) => place !== labels);
    this.#boxes = (places.length > MOST_BOXES ? [] : places).map((place) =>
      h("input", { type: "checkbox", value: `${place}`, checked: left.includes(place) }),
    );
    this.#list.value = writeNames(left.map((place) => names[place]!));
    const boxes = this.#boxes.map((box) =>
      h("label", {}, box, h("span", {}, names[Number(box.value)]!)),
    );
    const all = `${integer(places.length)} columns`;
    const list = h("label", { class: "option" }, h("span", {}, `Of ${all}, by name`), this.#list);
    this.element = h(
      "details",
      { class: "columns", open },
      h(
        "summary",
        {},
        left.length ? `${integer(left.length)} of ${all} left out` : `Leave out some of ${all}`,
      ),
      boxes.length ? h("div", { class: "boxes" }, ...boxes) : list,
    );
  }

  /**
   * What to leave out, and what to keep that was left out, but for the column that now holds the labels;
   * undefined where nothing was changed.
   */
  chosen(labels: number): { drop: Column[]; keep: Column[] } | undefined {
    const listed = new Set(readNames(this.#list.value) ?? []);
    const marked = this.#boxes.length
      ? this.#boxes.filter(({ checked }) => checked).map(({ value }) => Number(value))
      : [...this.names.keys()].filter((place) => listed.has(this.names[place]!));
    const places = marked.filter((place) => place !== labels);
    const kept = this.out.filter((place) => !places.includes(place) && place !== labels);
    if (!kept.length && places.every((place) => this.out.includes(place))) return undefined;
    const column = (index: number): Column => ({ index });
    return { drop: places.map(column), keep: kept.map(column) };
  }
}
