/** The settings that stand together in one place, as fields made from the table of settings. */
import { h, setText } from "../dom";
import type { KnownClass } from "../classes";
import { hasBlackBox, type Network } from "../network";
import { say } from "../nouns";
import type { DataForm } from "../report";
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
import { type Changed, Field, type Subject, type TextOf } from "./field";

export class Form {
  readonly #fields: Field[] = [];
  readonly #ofRun: [Section, HTMLFieldSetElement][] = [];
  readonly #rarer: [Section, HTMLDetailsElement][] = [];
  readonly #changed: Changed;
  readonly images;
  readonly network;
  /** How importance is measured, and whose maps there are, to stand beside it. */
  readonly measured = new Folded("measured", "How it is measured", { part: "measured" });
  readonly maps = new Folded("maps", "Maps of", { part: "maps" });

  constructor(changed: Changed) {
    this.#changed = changed;
    this.images = this.#form("images");
    const rarer = Object.entries(RARER).map(([section, [title, about]]) => {
      const summary = h("summary", {}, h("b", {}, title), about);
      const form = this.#form(section as Section);
      const element = h("details", { class: "more" }, summary, form);
      this.#rarer.push([section as Section, element]);
      return element;
    });
    this.network = h("div", {}, this.#form("network"), ...rarer);
    for (const fold of this.#folds) fold.element.append(this.#form(fold.section));
  }

  get #folds(): Folded[] {
    return [this.measured, this.maps];
  }

  /** The classes that can be chosen. */
  offer(classes: readonly KnownClass[]): void {
    for (const field of this.#fields) field.offer(classes);
  }

  /**
   * `rows` are those that are open;
   * `settled` says what a model that was `brought` has settled, `heeds` on what the shown view depends;
   * `measuring`: what runs only measures, which can be changed meanwhile.
   */
  show(
    rows: Subject,
    textOf: TextOf,
    values: Values,
    refusals: Refusals,
    running: boolean,
    brought: Network | undefined,
    settled: (name: Name) => boolean,
    heeds: (name: Name) => boolean,
    measuring: boolean,
  ): void {
    for (const [section, fields] of this.#ofRun) {
      const waits = running && !(measuring && this.#folds.some((fold) => fold.section === section));
      fields.disabled = waits;
      fields.title = waits ? "Settings can be changed once the run has ended." : "";
    }
    const isBlack = brought !== undefined && hasBlackBox(brought);
    for (const field of this.#fields) {
      const { name, element } = field;
      field.of(rows);
      field.show(textOf, values, refusals);
      const beside = this.#folds.some(({ section }) => section === sectionOf(name));
      const unheeded = beside && !heeds(name);
      const unknown = isBlack && LAYERS.includes(name);
      const about = isAbout(name, values, brought !== undefined) && !unknown;
      const idle = !field.chooses || unheeded || !about;
      element.hidden = idle && !refusals[name];
      if (SETTLED.includes(name)) field.settle(settled(name));
    }
    for (const [section, element] of this.#rarer) {
      const fields = this.#fields.filter(({ name }) => sectionOf(name) === section);
      element.hidden = fields.every((field) => field.element.hidden);
      if (fields.some(({ name }) => refusals[name])) element.open = true;
    }
    for (const fold of this.#folds) {
      const fields = this.#fields.filter(({ name }) => sectionOf(name) === fold.section);
      fold.show(fields, rows.form, told(values), refusals);
    }
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
    this.#ofRun.push([section, sets[0]!]);
    const onsubmit = (event: Event) => event.preventDefault();
    return h("form", { class: section, part: "settings", onsubmit }, ...sets);
  }
}

/** Settings at the figure, folded away behind a line that says what is chosen. */
class Folded {
  readonly #summary = h("span", { class: "summary-text" });
  readonly element;

  constructor(
    readonly section: Section,
    title: string,
    named: { part: string },
  ) {
    this.element = h(
      "details",
      { class: "look", ...named },
      h("summary", {}, h("b", {}, title), this.#summary),
    );
  }

  show(fields: Field[], form: DataForm, values: Partial<Values>, refusals: Refusals): void {
    this.element.hidden = fields.every(({ element }) => element.hidden);
    if (fields.some(({ name }) => refusals[name])) this.element.open = true;
    const shown = { ...values };
    for (const { name, element } of fields) if (element.hidden) delete shown[name];
    setText(this.#summary, say(form, summarise(shown, this.section)));
  }
}

/** Rarer settings of the network, folded away: what they are called, and what is there. */
const RARER: Partial<Record<Section, [title: string, about: string]>> = {
  regularisation: ["Regularisation", "noise, sparsity, dropout, weight decay"],
  more: ["More", "activation, loss, output, seed, engine"],
};

/** What a model that was brought has settled. */
const SETTLED: Name[] = ["kind", "dims", "hidden-layers", "filters"];
/** Of these, what is not known of a model whose layers are not. */
const LAYERS: Name[] = ["kind", "hidden-layers", "filters"];

/** What is worth a word: nothing of what will not be done. */
function told({ permutations, ...others }: Values): Partial<Values> {
  return others.method === "exact" ? others : { ...others, permutations };
}
