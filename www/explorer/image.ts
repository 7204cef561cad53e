/** The explained image that was clicked, and what becomes of it. */
import { h, passFocus, setText } from "../dom";
import { significant } from "../format";
import { paint, picture, type Ramp } from "../parts/pixels";
import type { ImageShape } from "../report";
import { drawn } from "../views/source";
import type { Subject } from "../views/subject";

export class ImageCard {
  readonly #original = picture();
  readonly #rebuilt = picture();
  readonly #words = h("p", { "aria-live": "polite" });
  readonly element;
  /** Its place among the explained images. */
  #image: number | undefined;

  /** `alone`: it is to be measured alone; `after` has the keyboard's focus once it is closed. */
  constructor(
    closed: () => void,
    alone: (image: number) => void,
    readonly after: HTMLElement,
  ) {
    const measure = () => {
      if (this.#image !== undefined) alone(this.#image);
    };
    this.element = h(
      "div",
      { class: "image-card", part: "image" },
      h("figure", {}, this.#original, h("figcaption", {}, "Image")),
      h("figure", {}, this.#rebuilt, h("figcaption", {}, "Reconstruction")),
      this.#words,
      h("button", { type: "button", class: "button", onclick: measure }, "Why it lies here"),
      h("button", { type: "button", class: "button", onclick: closed }, "Close image"),
    );
    this.element.hidden = true;
  }

  show(
    subject: Subject | undefined,
    /** Which image it is. */
    which: string,
    shape: ImageShape,
    rebuilt: Float32Array | undefined,
    shades: [dark: number, bright: number],
    ramp: Ramp,
  ): void {
    this.#image = subject?.image;
    if (!subject) passFocus(this.element, this.after);
    this.element.hidden = !subject;
    if (!subject) return;
    paint(this.#original, shape, drawn(subject.pixels, shades), ramp);
    paint(this.#rebuilt, shape, drawn(rebuilt, shades), ramp);
    const error = rebuilt && meanSquare(subject.pixels, rebuilt);
    const per = shape.channels === 1 ? "pixel" : "pixel and channel";
    const off =
      error === undefined ? "" : ` Mean squared error per ${per} ${significant(error, 3)}.`;
    setText(this.#words, `${which}${off}`);
  }
}

function meanSquare(a: Float32Array, b: Float32Array): number {
  const squares = a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);
  return squares / a.length;
}
