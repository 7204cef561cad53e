/** How the figure is looked at: its settings, folded away beside it. */
import { h, setText } from "../dom";
import { NAMES, type Refusals, SETTINGS, summarise, type Values } from "../settings";
import { type Changed, Field, type TextOf } from "./field";

export class Look {
  readonly #summary = h("span", { class: "summary-text" });
  readonly #fields: Field[] = [];
  readonly element;

  constructor(changed: Changed) {
    for (const name of NAMES) {
      const { control, scope } = SETTINGS[name];
      if (control.kind === "hidden" || scope !== "figure") continue;
      this.#fields.push(new Field(name, control, changed));
    }
    this.element = h(
      "details",
      { class: "look", part: "look" },
      h("summary", {}, h("b", {}, "View"), this.#summary),
      h(
        "form",
        { onsubmit: (event) => event.preventDefault() },
        ...this.#fields.map(({ element }) => element),
      ),
    );
  }

  show(textOf: TextOf, values: Values, refusals: Refusals): void {
    setText(this.#summary, summarise(values, "figure") || "as in the paper");
    for (const field of this.#fields) field.show(textOf, values, refusals);
    if (this.#fields.some(({ name }) => refusals[name])) this.element.open = true;
  }
}
