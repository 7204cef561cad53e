/** Buttons that hand out files, and beside them what is to be said of one. */
import { h, setText } from "../dom";
import { Failure } from "../failures";

/** What it gives is said, and so is why it could not be done. */
export type Act = () => string | void | Promise<string | void>;

export class Downloads {
  readonly #told = h("span", { class: "told", role: "status" });
  readonly element = h("div", { class: "downloads" }, this.#told);

  button(title: string, act: Act): HTMLButtonElement {
    const onclick = () => void this.#do(act);
    const button = h("button", { type: "button", class: "button", onclick }, title);
    this.#told.before(button);
    return button;
  }

  async #do(act: Act): Promise<void> {
    try {
      setText(this.#told, (await act()) ?? "");
    } catch (failure) {
      setText(this.#told, Failure.from(failure, "page-file").message);
    }
  }
}
