/** How the figure is looked at: its settings, folded away beside it. */
import { h, setText } from "../dom";
import { type Changed, Field, type TextOf } from "../parts/field";
import { NAMES, type Refusals, sectionOf, SETTINGS, summarise, type Values } from "../settings";
import { known } from "../views/load";

export class Look {
  readonly #summary = h("span", { class: "summary-text" });
  readonly #fields: Field[] = [];
  readonly element;
  #names: readonly string[] = [];
  #last: Parameters<Look["show"]> | undefined;

  constructor(changed: Changed) {
    for (const name of NAMES) {
      const { control } = SETTINGS[name];
      if (control.kind === "hidden" || sectionOf(name) !== "display") continue;
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

  /** Offers what has a bearing on the view that is shown; until its file has come in, on the last. */
  show(textOf: TextOf, values: Values, refusals: Refusals): void {
    this.#last = [textOf, values, refusals];
    this.#names = known(values.view)?.settings ?? this.#names;
    const own = Object.entries(values).filter(([name]) => this.#names.includes(name));
    setText(this.#summary, summarise(Object.fromEntries(own), "display") || "defaults");
    for (const field of this.#fields) {
      field.show(textOf, values, refusals);
      const page = SETTINGS[field.name].scope === "page";
      field.element.hidden = !page && !this.#names.includes(field.name);
    }
    this.element.hidden = this.#fields.every(({ element }) => element.hidden);
    const refused = ({ name, element }: Field) => refusals[name] && !element.hidden;
    if (this.#fields.some(refused)) this.element.open = true;
  }

  /** The same of a view that has come in since. */
  again(): void {
    if (this.#last) this.show(...this.#last);
  }
}
