/** Radio buttons side by side, one of them chosen: for choices short enough to be seen at once. */
import { h, replace } from "../dom";

export class Segmented {
  readonly element = h("span", { class: "segmented" });
  #key = "";

  constructor(
    readonly name: string,
    readonly chosen: (value: string) => void,
  ) {}

  /** Those that `waits` have their place and are not seen yet. */
  show(
    options: Record<string, string> | Map<string, string>,
    value: string,
    waits: (option: string) => boolean = () => false,
  ): void {
    const all = options instanceof Map ? options : Object.entries(options);
    const entries = [...all];
    const key = JSON.stringify(entries);
    if (key !== this.#key) {
      this.#key = key;
      replace(this.element, ...entries.map((entry) => this.#option(...entry)));
    }
    for (const input of this.element.querySelectorAll("input")) {
      input.checked = input.value === value;
      input.parentElement!.classList.toggle("waits", waits(input.value));
    }
  }

  #option(value: string, label: string): HTMLLabelElement {
    const onchange = () => this.chosen(value);
    const input = h("input", { type: "radio", name: this.name, value, onchange });
    return h("label", {}, input, h("span", {}, label));
  }
}
