/** Images that are searched for by what people know of them. */
import type { Encoded } from "../../report";
import { count, h, integer, setText, whichImage } from "../shared";
import { search } from "./search";

export interface Found {
  /** An image that was gone to. */
  went(image: number): void;
  /** All that were found are to be chosen. */
  chosen(images: Uint32Array): void;
  /** Words about images as they are said of what is shown. */
  say(words: string): string;
}

export class Finder {
  readonly #input = h("input", {
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Class, file or number",
    "aria-label": "Find by class, file or number",
    oninput: () => this.#search(),
    onkeydown: (event) => this.#press(event as KeyboardEvent),
  });
  readonly #next = this.#button("Next", () => this.#go(1));
  readonly #choose = this.#button("Choose these", () => this.found.chosen(this.#matches));
  readonly #words = h("span", { class: "note", role: "status" });
  readonly element = h(
    "div",
    { class: "finder" },
    this.#input,
    this.#next,
    this.#choose,
    this.#words,
  );
  #encoded: Encoded | undefined;
  #nameOf: (label: number) => string = String;
  #matches: Uint32Array = new Uint32Array();
  /** Which of the matches was gone to; before the first none was. */
  #at = -1;

  constructor(readonly found: Found) {
    this.#tell();
  }

  show(encoded: Encoded | undefined, nameOf: (label: number) => string): void {
    this.#nameOf = nameOf;
    if (encoded === this.#encoded) return;
    this.#encoded = encoded;
    this.#search();
  }

  #search(): void {
    const text = this.#input.value;
    this.#matches = this.#encoded ? search(text, this.#encoded, this.#nameOf) : new Uint32Array();
    this.#at = -1;
    this.#tell();
  }

  #press(event: KeyboardEvent): void {
    if (event.key === "Enter") {
      event.preventDefault();
      this.#go(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && this.#input.value) {
      event.preventDefault();
      event.stopPropagation();
      this.#input.value = "";
      this.#search();
    }
  }

  /** To the next match, or the one before; after the last comes the first. */
  #go(step: 1 | -1): void {
    const { length } = this.#matches;
    if (!length) return;
    this.#at = this.#at < 0 && step < 0 ? length - 1 : (this.#at + step + length) % length;
    this.#tell();
    this.found.went(this.#matches[this.#at]!);
  }

  #tell(): void {
    const { length } = this.#matches;
    this.#next.hidden = length < 2;
    this.#choose.hidden = length === 0;
    const image = this.#matches[this.#at];
    const which =
      this.#encoded && image !== undefined
        ? whichImage(this.#encoded, image, this.#nameOf(this.#encoded.labels[image]!))
        : "";
    const searched = this.#input.value.trim() !== "";
    const words = which
      ? `${integer(this.#at + 1)} of ${count(length, "image")}: ${which}`
      : length
        ? `${count(length, "image")}. Enter opens the first.`
        : "No image has all of these.";
    setText(this.#words, searched ? this.found.say(words) : "");
  }

  #button(title: string, act: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick: act }, title);
  }
}
