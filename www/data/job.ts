/** Something that takes a while, with how far it has come and a way to end it. */
import { h, passFocus, setText } from "../dom";

export class Job {
  readonly #text = h("span", {});
  readonly #bar = h("progress", { max: "1", "aria-label": "Progress of reading" });
  readonly #cancel = h(
    "button",
    { type: "button", class: "button", onclick: () => this.cancel() },
    "Cancel",
  );
  readonly element = h(
    "div",
    { class: "job", part: "reading" },
    this.#text,
    this.#bar,
    this.#cancel,
  );
  #controller: AbortController | undefined;

  /** `after` has the keyboard's focus where this had it and is over. */
  constructor(readonly after: HTMLElement) {
    this.element.hidden = true;
  }

  /** Ends what was under way and begins anew. */
  begin(text: string): AbortSignal {
    this.cancel();
    this.#controller = new AbortController();
    this.#bar.removeAttribute("value");
    setText(this.#text, text);
    this.element.hidden = false;
    return this.#controller.signal;
  }

  /** `done` is a share of the whole, where that is known. */
  tell(text: string, done: number | undefined): void {
    setText(this.#text, text);
    if (done !== undefined) this.#bar.value = done;
  }

  /** What `signal` belongs to is over. */
  end(signal: AbortSignal): void {
    if (this.#controller?.signal !== signal) return;
    this.#controller = undefined;
    this.#hide();
  }

  cancel(): void {
    const controller = this.#controller;
    this.#controller = undefined;
    this.#hide();
    controller?.abort();
  }

  #hide(): void {
    passFocus(this.element, this.after);
    this.element.hidden = true;
  }
}
