/** What the axes are: two dimensions, or a plane that all of them are drawn into. */
import type { ProjectionName } from "../../settings";
import { axesOf, h, PROJECTIONS, Segmented, setText } from "../shared";
import type { Host } from "../view";

/** Which are in a row; two dimensions of one's choice are the last. */
const CHOICES = { ...PROJECTIONS, dims: "Any two" };

export class Axes {
  readonly #choice = new Segmented("projection", (value) => this.#choose(value));
  readonly #across = this.#select("Across");
  readonly #up = this.#select("Up");
  readonly #dims = h("span", { class: "axes" }, ...this.#labelled());
  readonly #words = h("span", { class: "note" });
  readonly element = h(
    "fieldset",
    { class: "field projection" },
    h("legend", {}, "Axes"),
    this.#choice.element,
    this.#dims,
    this.#words,
  );
  #count = 0;
  /** The dimensions that are shown just now, counted from 0. */
  #shown: readonly [number, number] = [0, 1];

  constructor(readonly host: Pick<Host, "changed" | "say">) {}

  show(projection: ProjectionName, dims: number): void {
    const asked = axesOf(projection);
    const known = asked?.every((dim) => dim < dims);
    this.#choice.element.hidden = dims < 2;
    this.#dims.hidden = !known;
    this.#choice.show(CHOICES, asked ? "dims" : projection);
    const missing = asked?.filter((dim) => dim >= dims).map((dim) => dim + 1) ?? [];
    setText(
      this.#words,
      dims < 2
        ? this.host.say(
            "There is one latent dimension: the images stand along it, a line for each class.",
          )
        : missing.length
          ? `There are ${dims} dimensions, and no dimension ${missing.join(" or ")}: the two that vary most are shown.`
          : "",
    );
    if (dims !== this.#count) {
      this.#count = dims;
      for (const select of [this.#across, this.#up]) {
        select.replaceChildren(
          ...Array.from({ length: dims }, (_, dim) =>
            h("option", { value: `${dim}` }, `${dim + 1}`),
          ),
        );
      }
    }
    if (asked) [this.#across.value, this.#up.value] = [`${asked[0]}`, `${asked[1]}`];
  }

  /** Which dimensions have been drawn: those that one's own choice begins with. */
  drawn(dims: readonly [number, number] | undefined): void {
    if (dims) this.#shown = dims;
  }

  #choose(value: string): void {
    this.host.changed(
      "projection",
      value === "dims" ? this.#shown.map((dim) => dim + 1).join() : value,
    );
  }

  #select(name: string): HTMLSelectElement {
    return h("select", {
      "aria-label": `${name}, dimension`,
      onchange: (event) => this.#pick(event),
    });
  }

  #labelled(): HTMLElement[] {
    return [
      h("label", {}, "Across", this.#across),
      h("label", {}, "Up", this.#up),
      h(
        "button",
        { type: "button", class: "button", onclick: () => this.#write(this.#up, this.#across) },
        "Swap",
      ),
    ];
  }

  /** The same dimension on both axes is a line: the other axis takes what this one had. */
  #pick({ target }: Event): void {
    if (this.#across.value === this.#up.value) {
      const [across, up] = this.#shown;
      if (target === this.#across) this.#up.value = `${across}`;
      else this.#across.value = `${up}`;
    }
    this.#write(this.#across, this.#up);
  }

  #write(across: HTMLSelectElement, up: HTMLSelectElement): void {
    this.host.changed("projection", `${Number(across.value) + 1},${Number(up.value) + 1}`);
  }
}
