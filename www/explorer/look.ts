/** How the figure is looked at: its settings, folded away beside it. */
import type { Rows } from "../data/rows";
import { h, setText } from "../dom";
import { say } from "../nouns";
import { type Changed, Field, type TextOf } from "../parts/field";
import {
  type Name,
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

  /** Offers what the shown view heeds, and what is the page's own. */
  show(
    textOf: TextOf,
    values: Values,
    refusals: Refusals,
    heeds: (name: Name) => boolean,
    rows: Rows,
  ): void {
    const own = Object.entries(values).filter(([name]) => heeds(name as Name));
    const summary = summarise(Object.fromEntries(own), "display");
    setText(this.#summary, say(rows.form, summary) || "defaults");
    for (const field of this.#fields) {
      field.of(rows);
      field.show(textOf, values, refusals);
      const page = SETTINGS[field.name].scope === "page";
      field.element.hidden = !page && !heeds(field.name);
    }
    this.element.hidden = this.#fields.every(({ element }) => element.hidden);
    const refused = ({ name, element }: Field) => refusals[name] && !element.hidden;
    if (this.#fields.some(refused)) this.element.open = true;
  }
}
