/** The explained image that was clicked, and what becomes of it. */
import { h, passFocus, setText } from "../dom";
import { significant } from "../format";
import { FEATURES } from "../nouns";
import { paint, picture, type Ramp } from "../parts/pixels";
import type { Rows } from "../data/rows";
import { drawn } from "../views/source";
import type { Subject } from "../views/subject";
import { RowPlace } from "./rows/place";

export class ImageCard {
  readonly #original = picture();
  readonly #rebuilt = picture();
  readonly #figures;
  readonly #row = new RowPlace();
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
    this.#figures = [
      h("figure", {}, this.#original, h("figcaption", {}, "Image")),
      h("figure", {}, this.#rebuilt, h("figcaption", {}, "Reconstruction")),
    ];
    this.element = h(
      "div",
      { class: "image-card", part: "image" },
      this.#row.element,
      ...this.#figures,
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
    rows: Rows,
    rebuilt: Float32Array | undefined,
    shades: [dark: number, bright: number],
    ramp: Ramp,
  ): void {
    this.#image = subject?.image;
    if (!subject) passFocus(this.element, this.after);
    this.element.hidden = !subject;
    if (!subject) return;
    const own = drawn(subject.pixels, shades);
    paint(this.#original, rows, own, ramp);
    paint(this.#rebuilt, rows, drawn(rebuilt, shades), ramp, own);
    // What is no image says more as lines, or by its names and numbers.
    for (const figure of this.#figures) figure.hidden = rows.form !== "image";
    this.#row.show({ rows, values: subject.pixels, rebuilt });
    const error = rebuilt && meanSquare(subject.pixels, rebuilt);
    const per = rows.channels === 1 ? FEATURES[rows.form][0] : "pixel and channel";
    const off =
      error === undefined ? "" : ` Mean squared error per ${per} ${significant(error, 3)}.`;
    setText(this.#words, `${which}${off}`);
  }
}

function meanSquare(a: Float32Array, b: Float32Array): number {
  const squares = a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);
  return squares / a.length;
}
