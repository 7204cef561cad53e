/** The settings of a run and of the page as a form, made from the table of settings. */
import { h, setText } from "../dom";
import { type Name, NAMES, type Refusals, SETTINGS, summarise, type Values } from "../settings";
import { Chips } from "./chips";
import { type Changed, Field, type TextOf } from "./field";

export class Form {
  readonly #summary = h("span", { class: "summary-text" });
  readonly #fields: Field[] = [];
  readonly #run = h("fieldset", { class: "fields" });
  readonly #page = h("fieldset", { class: "fields" });
  readonly #chips: Chips;
  #names = new Map<number, string>();
  readonly element;

  constructor(changed: Changed) {
    this.#chips = new Chips((text) => changed("classes", text));
    for (const name of NAMES) {
      const { control, scope } = SETTINGS[name];
      if (control.kind === "hidden" || scope === "figure") continue;
      const field = new Field(name, control, changed, this.#chips);
      this.#fields.push(field);
      (scope === "run" ? this.#run : this.#page).append(field.element);
    }
    this.element = h(
      "details",
      { class: "settings", part: "settings" },
      h("summary", {}, h("b", {}, "Settings"), this.#summary),
      h("form", { onsubmit: (event) => event.preventDefault() }, this.#run, this.#page),
    );
  }

  /** The classes that can be chosen. */
  offer(classes: readonly { label: number; name: string }[]): void {
    this.#names = new Map(classes.map(({ label, name }) => [label, name]));
    this.#chips.offer(classes);
  }

  /** `settled` says what a model that was brought has settled. */
  show(
    textOf: TextOf,
    values: Values,
    refusals: Refusals,
    running: boolean,
    settled: (name: Name) => boolean,
  ): void {
    const name = (label: number) => this.#names.get(label) ?? `${label}`;
    setText(this.#summary, summarise(told(values, settled), "run", name));
    this.#run.disabled = running;
    this.#run.title = running ? "Settings can be changed once the run has ended." : "";
    for (const field of this.#fields) {
      field.show(textOf, values, refusals);
      if (SETTLED.includes(field.name)) field.settle(settled(field.name));
    }
    // A setting refused on arrival, from a link say, must not hide in the fold.
    if (this.#fields.some(({ name }) => refusals[name])) this.element.open = true;
  }
}

/** What a model that was brought has settled. */
const SETTLED: Name[] = ["dims", "hidden-layers", "epochs"];

/** What is worth a word in the fold: nothing of what will not be done. */
function told(values: Values, settled: (name: Name) => boolean): Partial<Values> {
  const told: Partial<Values> = { ...values };
  if (settled("epochs")) delete told.epochs;
  if (values.method === "exact") delete told.permutations;
  return told;
}
