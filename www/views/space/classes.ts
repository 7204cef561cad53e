/** Which classes are drawn. */
import { h } from "../shared";

export class Classes {
  readonly #chips = h("span", { class: "chips" });
  readonly #all = h(
    "button",
    { type: "button", class: "button", onclick: () => this.changed([]) },
    "Show all",
  );
  readonly element = h(
    "details",
    { class: "classes-shown" },
    h("summary", {}, h("b", {}, "Classes"), "that are drawn"),
    this.#chips,
    this.#all,
  );
  #names = "";
  #hidden: readonly number[] = [];

  /** `changed` hears which classes are hidden, by their rows. */
  constructor(readonly changed: (hidden: number[]) => void) {}

  show(names: readonly string[], hidden: readonly number[]): void {
    this.#hidden = hidden;
    const key = JSON.stringify(names);
    if (key !== this.#names) {
      this.#names = key;
      this.#chips.replaceChildren(...names.map((name, row) => this.#chip(name, row)));
    }
    for (const [row, input] of this.#chips.querySelectorAll("input").entries()) {
      input.checked = !hidden.includes(row);
    }
    this.element.hidden = names.length < 2;
    this.#all.hidden = hidden.length === 0;
  }

  /** Shown where it was hidden, and the other way round. */
  toggle(row: number): void {
    const others = this.#hidden.filter((each) => each !== row);
    this.changed(others.length < this.#hidden.length ? others : [...others, row]);
  }

  #chip(name: string, row: number): HTMLElement {
    const onchange = () => this.toggle(row);
    return h(
      "label",
      {},
      h("input", { type: "checkbox", onchange }),
      h("span", { title: name }, name),
    );
  }
}
