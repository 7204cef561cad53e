/** Radio buttons side by side, one of them chosen: for choices short enough to be seen at once. */
import { h, setText } from "../dom";

interface Button {
  label: HTMLLabelElement;
  input: HTMLInputElement;
  text: HTMLElement;
}

export class Segmented {
  readonly element = h("span", { class: "segmented" });
  /**
   * Each is made once: Chromium's radio groups in a shadow tree keep those that are taken out, and what they were
   * part of.
   */
  readonly #buttons = new Map<string, Button>();
  #shown = "";

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
    const all = options instanceof Map ? options : new Map(Object.entries(options));
    const buttons = [...all].map(([option, text]) => {
      const button = this.#button(option);
      setText(button.text, text);
      button.label.classList.toggle("waits", waits(option));
      return button;
    });
    const shown = JSON.stringify([...all.keys()]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.element.replaceChildren(...buttons.map(({ label }) => label));
    }
    for (const { input } of buttons) input.checked = input.value === value;
  }

  #button(value: string): Button {
    let button = this.#buttons.get(value);
    if (!button) {
      const onchange = () => this.chosen(value);
      const input = h("input", { type: "radio", name: this.name, value, onchange });
      const text = h("span");
      button = { label: h("label", {}, input, text), input, text };
      this.#buttons.set(value, button);
    }
    return button;
  }
}
