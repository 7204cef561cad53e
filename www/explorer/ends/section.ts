/** Beside a dimension that is open: the explained images with its largest and its smallest value. */
import "../../shared";
import { h, setText } from "../../dom";
import { significant } from "../../format";
import { counted, say } from "../../nouns";
import { dress } from "../../parts/dress";
import { picture } from "../../parts/pixels";
import type { DataForm, Encoded } from "../../report";
import { whichImage } from "../../views/numbering";
import type { Scene } from "../../views/picture";
import type { Subject } from "../../views/subject";
import css from "./ends.css" with { type: "text" };
import { EACH, type End, endsOf } from "./extremes";

/** Said where the decoder is none, or runs in workers alone. */
const FIXED =
  "It cannot be moved by hand here, which needs a decoder that is known layer by layer.";

export interface EndsHost {
  /** An explained image, by its place among them; undefined where it cannot be had. */
  subject(image: number): Promise<Subject | undefined>;
  paint(canvas: HTMLCanvasElement, values: Float32Array | undefined): void;
  /** The dimension is to be moved from this image. */
  started(image: number): void;
}

export class EndsSection {
  readonly #title = h("h3");
  readonly #largest = h("div");
  readonly #smallest = h("div");
  readonly #words = h("p", { class: "note", role: "status" });
  readonly #fixed = h("p", { class: "note" }, FIXED);
  readonly element = h(
    "section",
    { class: "ends-of-dimension" },
    this.#title,
    this.#largest,
    this.#smallest,
    this.#words,
    this.#fixed,
  );
  #encoded: Encoded | undefined;
  #dim = -1;
  #look = "";
  #form: DataForm = "image";
  constructor(readonly host: EndsHost) {}

  show(scene: Scene, dim: number): void {
    const { report, classes, names, rows, layers } = scene;
    const { images } = scene.options;
    dress(this.element, css);
    this.#fixed.hidden = layers;
    this.#form = rows.form;
    setText(this.#title, say(rows.form, "Images at its ends"));
    const encoded = report?.encoded;
    this.element.hidden = !encoded;
    // Images are painted anew where they are shaded in another way.
    if (encoded === this.#encoded && dim === this.#dim && images === this.#look) return;
    this.#encoded = encoded;
    this.#dim = dim;
    this.#look = images;
    setText(this.#words, "");
    const ends = encoded && endsOf(encoded.latents, dim);
    if (!encoded || !ends) return;
    const nameOf = (label: number) => names[classes.indexOf(label)] ?? `${label}`;
    const { largest, smallest } = ends;
    const all = encoded.labels.length;
    const alike = largest.last === all;
    const title = alike
      ? all > 1
        ? `All ${counted(all, rows.form)} have it at ${significant(largest.values[0]!, 3)}: none is more at an end than another`
        : say(rows.form, "The only image")
      : smallest
        ? "Largest"
        : `All ${counted(all, rows.form)}, the largest first`;
    this.#fill(this.#largest, encoded, alike && all > 1 ? undefined : largest, title, nameOf);
    this.#fill(this.#smallest, encoded, smallest, "Smallest", nameOf);
  }

  #fill(
    place: HTMLElement,
    encoded: Encoded,
    end: End | undefined,
    title: string,
    nameOf: (label: number) => string,
  ): void {
    const items = end?.images.map((image, at) =>
      this.#item(encoded, image, end.values[at]!, nameOf),
    );
    place.replaceChildren(
      ...(end || place === this.#largest
        ? [h("h4", {}, [title, tied(end, this.#form)].join(""))]
        : []),
      ...(items ? [h("ul", {}, ...items)] : []),
    );
  }

  #item(
    encoded: Encoded,
    image: number,
    value: number,
    nameOf: (label: number) => string,
  ): HTMLElement {
    const name = nameOf(encoded.labels[image]!);
    const which = say(this.#form, whichImage(encoded, image, name), [name, ...encoded.files]);
    const told = significant(value, 3);
    const thumb = picture();
    this.host.paint(thumb, undefined);
    this.host.subject(image).then(
      (subject) => {
        if (encoded !== this.#encoded) return;
        this.host.paint(thumb, subject?.pixels);
        if (!subject) this.#lack();
      },
      () => this.#lack(),
    );
    const button = h(
      "button",
      {
        type: "button",
        title: this.#fixed.hidden ? `${which} Move the dimension from here.` : which,
        "aria-label": `${told} ${name}: ${which}`,
        onclick: () => this.host.started(image),
      },
      thumb,
      h("b", {}, told),
      " ",
      h("span", { class: "note" }, name),
    );
    return h("li", {}, button);
  }

  #lack(): void {
    const words = "The images themselves are not open: only their values are known.";
    setText(this.#words, say(this.#form, words));
  }
}

/** What is not shown of those that have the same value. */
function tied(end: End | undefined, form: DataForm): string {
  if (!end) return "";
  const edge = end.values.at(-1);
  const shown = end.values.filter((value) => value === edge).length;
  if (end.images.length < EACH || end.last <= shown) return "";
  return `: ${counted(end.last, form)} have it at ${significant(edge!, 3)}, the first ${shown} of them are here`;
}
