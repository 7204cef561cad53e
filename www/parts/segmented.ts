/** Radio buttons side by side, one of them chosen: for choices short enough to be seen at once. */
import { h } from "../dom";

export class Segmented {
  readonly element = h("span", { class: "segmented" });
  #key = "";

  constructor(
    readonly name: string,
    readonly chosen: (value: string) => void,
  ) {}

  show(options: Record<string, string> | Map<string, string>, value: string): void {
    const entries = [...(options instanceof Map ? options : Object.entries(options))];
    const key = JSON.stringify(entries);
    if (key !== this.#key) {
      this.#key = key;
      this.element.replaceChildren(
        ...entries.map(([option, label]) => this.#option(option, label)),
      );
    }
    for (const input of this.element.querySelectorAll("input")) {
      input.checked = input.value === value;
    }
  }

  #option(value: string, label: string): HTMLLabelElement {
    const onchange = () => this.chosen(value);
    const input = h("input", { type: "radio", name: this.name, value, onchange });
    return h("label", {}, input, h("span", {}, label));
  }
}
