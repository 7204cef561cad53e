/** The classes that can be chosen. */
import { h } from "../dom";

/** One toggle per class. */
export class Chips {
  readonly element = h("span", { class: "chips" });

  constructor(readonly changed: (text: string) => void) {}

  offer(classes: readonly { label: number; name: string }[]): void {
    this.element.replaceChildren(
      ...classes.map(({ label, name }) =>
        h(
          "label",
          {},
          h("input", { type: "checkbox", value: `${label}`, onchange: () => this.#report() }),
          h("span", {}, name),
        ),
      ),
    );
  }

  show(chosen: string[]): void {
    for (const input of this.element.querySelectorAll("input")) {
      input.checked = chosen.includes(input.value);
    }
  }

  #report(): void {
    const chosen = this.element.querySelectorAll<HTMLInputElement>("input:checked");
    this.changed([...chosen].map(({ value }) => value).join(","));
  }
}
