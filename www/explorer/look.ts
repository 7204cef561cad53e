/** How the figure is looked at: its settings, folded away beside it. */
import { h, setText } from "../dom";
import { type Changed, Field, type TextOf } from "../parts/field";
import {
  concerns,
  NAMES,
  type Refusals,
  sectionOf,
  SETTINGS,
  summarise,
  type Values,
} from "../settings";

export class Look {
  readonly #summary = h("span", { class: "summary-text" });
  readonly #fields: Field[] = [];
  readonly element;

  constructor(changed: Changed) {
    for (const name of NAMES) {
      const { control } = SETTINGS[name];
      if (control.kind === "hidden" || control.kind === "tabs") continue;
      if (sectionOf(name) !== "display") continue;
      this.#fields.push(new Field(name, control, changed));
    }
    this.element = h(
      "details",
      { class: "look", part: "look" },
      h("summary", {}, h("b", {}, "Display"), this.#summary),
      h(
        "form",
        { onsubmit: (event) => event.preventDefault() },
        ...this.#fields.map(({ element }) => element),
      ),
    );
  }

  /** Offers what has a bearing on the view that is shown. */
  show(textOf: TextOf, values: Values, refusals: Refusals): void {
    setText(this.#summary, summarise(values, "display") || "as usual");
    for (const field of this.#fields) {
      field.show(textOf, values, refusals);
      field.element.hidden = !concerns(field.name, values.view);
    }
    this.element.hidden = this.#fields.every(({ element }) => element.hidden);
    const refused = ({ name, element }: Field) => refusals[name] && !element.hidden;
    if (this.#fields.some(refused)) this.element.open = true;
  }
}
