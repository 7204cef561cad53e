/** The settings as the element's attributes have them: read, refused where they cannot be used, and set. */
import { type KnownClass, labelOf, readTokens } from "../classes";
import { renamed } from "../renamed";
import type { RunSettings } from "../report";
import {
  current,
  type Name,
  nameOf,
  NAMES,
  readSettings,
  type Refusals,
  runSettings,
  SETTINGS,
  type Texts,
  type Values,
} from "../settings";
import { fire } from "./events";

/** Why a run with these settings would be refused, once that can be told. */
type Check = (settings: RunSettings) => { field: string; message: string }[];

export class Attributes {
  values!: Values;
  refusals!: Refusals;
  /** What a model that was brought settles, whatever the attributes say. */
  #settled: Texts = {};
  /** What the data need that are open, where nobody has said otherwise. */
  #proposed: Texts = {};
  /** The texts that the page knows of; undefined before the first reading. */
  #told: string[] | undefined;
  #telling = false;

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
      (name) => this.#settled[name] ?? this.#written(name) ?? this.#instead(name),
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
    this.#tell();
  }

  readonly textOf = (name: Name): string => {
    return (
      this.#settled[name] ?? this.#written(name) ?? this.#instead(name) ?? SETTINGS[name].initial
    );
  };

  /** Of what is proposed, those settings that are as they are for no other reason. */
  get proposed(): Name[] {
    const names = Object.keys(this.#proposed) as Name[];
    return names.filter((name) => this.#written(name) === null && this.#instead(name) !== null);
  }

  /** What is proposed for a setting. What goes together is not proposed in part, against what is written. */
  #instead(name: Name): string | null {
    const names = Object.keys(this.#proposed) as Name[];
    const against = names.some((each) => this.#written(each) === SETTINGS[each].initial);
    return against ? null : (this.#proposed[name] ?? null);
  }

  /** What the page's author or the visitor has set, under its present name. */
  #written(name: Name): string | null {
    const text = this.element.getAttribute(name);
    if (text !== null) return current(name, text);
    return name === "explain-class" ? this.#oldClass() : null;
  }

  /** The version before had the explained class among the names for style sheets. */
  #oldClass(): string | null {
    const classes = this.classes();
    const tokens = classes ? readTokens(this.element.className) : [];
    const name = tokens.find((token) => labelOf(token, classes!) !== undefined);
    if (name === undefined) return null;
    renamed(`class="${name}"`, `explain-class="${name}"`);
    return name;
  }

  /** Tells the page of settings that are others than before, once for all that change together. */
  #tell(): void {
    const texts = () => NAMES.map(this.textOf);
    if (!this.#told || !this.element.isConnected) this.#told = texts();
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      const [before, now] = [this.#told!, (this.#told = texts())];
      const names = NAMES.filter((_, at) => now[at] !== before[at]);
      if (names.length) fire(this.element, "change", { names });
    });
  }

  /** Takes some settings from elsewhere than the attributes, from now on. */
  settle(texts: Texts): void {
    this.#settled = texts;
    this.read();
  }

  /** Takes some settings from the data that are open, but for those that are written. */
  propose(texts: Texts): void {
    this.#proposed = texts;
    this.read();
  }

  isSettled(name: Name): boolean {
    return this.#settled[name] !== undefined;
  }

  /** What the visitor chose becomes an attribute, as if the page's author had written it. */
  set(name: Name, text: string): void {
    if (text === SETTINGS[name].initial && this.#proposed[name] === undefined)
      this.element.removeAttribute(name);
    else this.element.setAttribute(name, text);
  }

  setAll(texts: Texts): void {
    for (const [name, text] of Object.entries(texts)) this.set(name as Name, text);
  }

  /** Of those that keep a run from starting. */
  get firstRefusal(): string | undefined {
    const name = NAMES.find((each) => this.refusals[each] && SETTINGS[each].scope === "run");
    return name && this.refusals[name];
  }

  /** Of those without a field that could say so, and of those that what is shown heeds. */
  refusalsOf(scope: "page" | "figure", heeds: (name: Name) => boolean = () => false): string[] {
    const said = (name: Name) => {
      const { control, scope: of } = SETTINGS[name];
      return of === scope && (control.kind === "hidden" || heeds(name));
    };
    return NAMES.filter(said).flatMap((name) => this.refusals[name] ?? []);
  }
}
