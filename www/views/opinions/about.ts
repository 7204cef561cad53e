/** The dimension that a view is about, and how it is chosen. */
import type { Changed } from "../../parts/field";
import type { Scene } from "../picture";
import { dimensionName, h, latentImportance } from "../shared";

/** Counted from 0: the one that is asked for, else that which matters most for the explained class. */
export function dimensionOf({ report, options }: Scene): number {
  const { dim, dims, class: row } = options;
  if (dim !== undefined) return Math.min(dim, dims - 1);
  const importance = latentImportance(report, options)?.mean;
  if (!options.sort || !importance) return 0;
  const own = importance.data.subarray(row * dims, (row + 1) * dims);
  return Math.max(
    0,
    own.findIndex((value) => value === Math.max(...own)),
  );
}

export class About {
  readonly #list = h("select", { id: "about", onchange: () => this.#go(Number(this.#list.value)) });
  readonly #previous = this.#button("Previous", () => this.#go(this.#dim - 1));
  readonly #next = this.#button("Next", () => this.#go(this.#dim + 1));
  readonly element = h(
    "div",
    { class: "about field" },
    h("label", { for: "about", class: "unseen" }, "Dimension"),
    this.#list,
    this.#previous,
    this.#next,
  );
  #dim = 0;

  constructor(readonly changed: Changed) {}

  show({ report, options: { dims } }: Scene, dim: number): void {
    this.#dim = dim;
    if (this.#list.options.length !== dims) {
      this.#list.replaceChildren(
        ...Array.from({ length: dims }, (_, at) => h("option", { value: `${at}` })),
      );
    }
    for (const [at, option] of [...this.#list.options].entries()) {
      const name = dimensionName(report, at);
      if (option.text !== name) option.text = name;
    }
    this.#list.value = `${dim}`;
    const ends = [
      [this.#previous, dim === 0, this.#next],
      [this.#next, dim + 1 >= dims, this.#previous],
    ] as const;
    for (const [button, disabled, other] of ends) {
      // What is disabled has no focus.
      if (disabled && button.matches(":focus")) (other.disabled ? this.#list : other).focus();
      button.disabled = disabled;
    }
  }

  #go(dim: number): void {
    this.changed("about", `${dim + 1}`);
  }

  #button(title: string, onclick: () => void): HTMLButtonElement {
    return h("button", { type: "button", class: "button", onclick }, title);
  }
}
