/** The settings as the element's attributes have them: read, refused where they cannot be used, and set. */
import type { KnownClass } from "../classes";
import type { RunSettings } from "../report";
import {
  type Name,
  nameOf,
  NAMES,
  readSettings,
  type Refusals,
  runSettings,
  SETTINGS,
  type Values,
} from "../settings";

/** Why a run with these settings would be refused, once that can be told. */
type Check = (settings: RunSettings) => { field: string; message: string }[];

export class Attributes {
  values!: Values;
  refusals!: Refusals;
  /** What a model that was brought settles, whatever the attributes say. */
  #settled: Partial<Record<Name, string>> = {};

  constructor(
    readonly element: HTMLElement,
    readonly check: Check,
    /** The classes that there are, once that is known. */
    readonly classes: () => readonly KnownClass[] | undefined,
  ) {
    this.read();
  }

  read(): void {
    const { values, refusals } = readSettings(
      (name) => this.#settled[name] ?? this.element.getAttribute(name),
      this.classes(),
    );
    for (const { field, message } of this.check(runSettings(values))) {
      const name = nameOf(field);
      refusals[name] ??= message;
      // What cannot be used is not shown either.
      Object.assign(values, { [name]: SETTINGS[name].read(SETTINGS[name].initial) });
    }
    this.values = values;
    this.refusals = refusals;
  }

  readonly textOf = (name: Name): string => {
    return this.#settled[name] ?? this.element.getAttribute(name) ?? SETTINGS[name].initial;
  };

  /** Takes some settings from elsewhere than the attributes, from now on. */
  settle(texts: Partial<Record<Name, string>>): void {
    this.#settled = texts;
    this.read();
  }

  isSettled(name: Name): boolean {
    return this.#settled[name] !== undefined;
  }

  /** What the visitor chose becomes an attribute, as if the page's author had written it. */
  set(name: Name, text: string): void {
    if (text === SETTINGS[name].initial) this.element.removeAttribute(name);
    else this.element.setAttribute(name, text);
  }

  setAll(texts: Partial<Record<Name, string>>): void {
    for (const [name, text] of Object.entries(texts)) this.set(name as Name, text);
  }

  /** Of those that keep a run from starting. */
  get firstRefusal(): string | undefined {
    const name = NAMES.find((each) => this.refusals[each] && SETTINGS[each].scope !== "figure");
    return name && this.refusals[name];
  }
}
