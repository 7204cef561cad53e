/** The settings that stand together in one place, as fields made from the table of settings. */
import { h, setText } from "../dom";
import type { KnownClass } from "../classes";
import {
  isAbout,
  type Name,
  NAMES,
  type Refusals,
  type Section,
  sectionOf,
  SETTINGS,
  summarise,
  type Values,
} from "../settings";
import { type Changed, Field, type TextOf } from "./field";

export class Form {
  readonly #fields: Field[] = [];
  readonly #ofRun: HTMLFieldSetElement[] = [];
  readonly #changed: Changed;
  readonly images;
  readonly network;
  /** How importance is measured, to stand beside it. */
  readonly measured;
  readonly #measured = h("span", { class: "summary-text" });

  constructor(changed: Changed) {
    this.#changed = changed;
    this.images = this.#form("images");
    const more = h(
      "details",
      { class: "more" },
      h("summary", {}, h("b", {}, "More"), "activation, loss, seed, engine"),
      this.#form("more"),
    );
    this.network = h("div", {}, this.#form("network"), more);
    this.measured = h(
      "details",
      { class: "look", part: "measured" },
      h("summary", {}, h("b", {}, "How it is measured"), this.#measured),
      this.#form("measured"),
    );
  }

  /** The classes that can be chosen. */
  offer(classes: readonly KnownClass[]): void {
    for (const field of this.#fields) field.offer(classes);
  }

  /** `settled` says what a model that was `brought` has settled, `heeds` on what the shown view depends. */
  show(
    textOf: TextOf,
    values: Values,
    refusals: Refusals,
    running: boolean,
    brought: boolean,
    settled: (name: Name) => boolean,
    heeds: (name: Name) => boolean,
  ): void {
    for (const fields of this.#ofRun) {
      fields.disabled = running;
      fields.title = running ? "Settings can be changed once the run has ended." : "";
    }
    for (const field of this.#fields) {
      const { name, element } = field;
      field.show(textOf, values, refusals);
      const unheeded = sectionOf(name) === "measured" && !heeds(name);
      const idle = !field.chooses || unheeded || !isAbout(name, values, brought);
      element.hidden = idle && !refusals[name];
      if (SETTLED.includes(name)) field.settle(settled(name));
    }
    const measured = this.#fields.filter(({ name }) => sectionOf(name) === "measured");
    this.measured.hidden = measured.every(({ element }) => element.hidden);
    if (measured.some(({ name }) => refusals[name])) this.measured.open = true;
    const shown = told(values);
    for (const { name, element } of measured) if (element.hidden) delete shown[name];
    setText(this.#measured, summarise(shown, "measured"));
  }

  /** Those of a run, which cannot be changed while it runs, then those that only say how it is shown. */
  #form(section: Section): HTMLFormElement {
    const sets = [true, false].map((ofRun) => {
      const fields = NAMES.flatMap((name) => {
        const { control, scope } = SETTINGS[name];
        const here = sectionOf(name) === section && (scope === "run") === ofRun;
        if (!here || control.kind === "hidden") return [];
        return [new Field(name, control, this.#changed)];
      });
      this.#fields.push(...fields);
      return h("fieldset", { class: "fields" }, ...fields.map(({ element }) => element));
    });
    this.#ofRun.push(sets[0]!);
    const onsubmit = (event: Event) => event.preventDefault();
    return h("form", { class: section, part: "settings", onsubmit }, ...sets);
  }
}

/** What a model that was brought has settled. */
const SETTLED: Name[] = ["kind", "dims", "hidden-layers", "filters"];

/** What is worth a word: nothing of what will not be done. */
function told({ permutations, ...others }: Values): Partial<Values> {
  return others.method === "exact" ? others : { ...others, permutations };
}
