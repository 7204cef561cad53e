/** Why a model is refused, and the code that is a way out, to be copied. */
import { copied } from "../clipboard";
import { h, passFocus, setText } from "../dom";
import { codeOf } from "./package";

export class Refusal {
  readonly #sentence = h("p", { class: "refusal", role: "alert" });
  readonly #code = h("textarea", {
    "aria-label": "Code that writes the model as ONNX",
    readonly: true,
    rows: "4",
    spellcheck: "false",
    dir: "ltr",
    onfocus: () => this.#code.select(),
  });
  readonly #told = h("span", { class: "told", role: "status" });
  readonly #way = h(
    "div",
    { class: "way" },
    this.#code,
    h(
      "div",
      { class: "downloads" },
      h(
        "button",
        { type: "button", class: "button", onclick: () => void this.#copy() },
        "Copy the code",
      ),
      this.#told,
    ),
  );
  readonly parts = [this.#sentence, this.#way];

  /** `after` has the keyboard's focus once the code is gone. */
  constructor(readonly after: HTMLElement) {
    this.#way.hidden = true;
  }

  /** What was thrown, or a sentence; nothing without. */
  show(error?: unknown): void {
    const words = error instanceof Error ? error.message : String(error ?? "");
    const code = codeOf(error);
    if (code === undefined) passFocus(this.#way, this.after);
    this.#way.hidden = code === undefined;
    this.#code.value = code ?? "";
    setText(this.#told, "");
    setText(this.#sentence, words);
  }

  async #copy(): Promise<void> {
    if (await copied(this.#code.value)) return setText(this.#told, "Code copied.");
    this.#code.select();
    setText(this.#told, "This browser does not let pages copy: copy the marked text by hand.");
  }
}
