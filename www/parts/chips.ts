/** The classes that can be chosen. */
import { type KnownClass, labelOf, readNames, writeNames } from "../classes";
import { h } from "../dom";

/** One toggle per class. */
export class Chips {
  readonly element = h("span", { class: "chips" });
  #classes: readonly KnownClass[] = [];

  /** `changed` hears the names of those that are chosen, as a list. */
  constructor(readonly changed: (text: string) => void) {}

  offer(classes: readonly KnownClass[]): void {
    this.#classes = classes;
    this.element.replaceChildren(
      ...classes.map(({ label, name }) =>
        h(
          "label",
          {},
          h("input", { type: "checkbox", value: `${label}`, onchange: () => this.#report() }),
          h("span", { title: name }, name),
        ),
      ),
    );
  }

  show(list: string): void {
    const chosen = (readNames(list) ?? []).map((name) => labelOf(name, this.#classes));
    for (const input of this.element.querySelectorAll("input")) {
      input.checked = chosen.includes(Number(input.value));
    }
  }

  #report(): void {
    const chosen = [...this.element.querySelectorAll<HTMLInputElement>("input:checked")];
    const labels = chosen.map(({ value }) => Number(value));
    const classes = this.#classes.filter(({ label }) => labels.includes(label));
    this.changed(writeNames(classes.map(({ name }) => name)));
  }
}
