/**
 * What a step can speak of, as far as its settings tell before there is a run: what asks for a class, a
 * dimension or an epoch that the run will not have would otherwise stay “…” for ever.
 */
import { labelOf, readNames } from "../classes";
import { axesOf, type Name, SETTINGS } from "../settings";
import { FACTS, type FactName, type Formula } from "./facts";
import type { Faults } from "./faults";
import {
  type Form,
  LessonError,
  type Settings,
  type State,
  stateOf,
  type Step,
  type Value,
} from "./lesson";
import type { Images, KnownImages } from "./images";
import type { Given } from "./pairs";

/** What is said, or asked, of a run, with the line on which it stands. */
export interface Use {
  line: number;
  /** Whether the reader sees it before the answer is seen, and after. */
  before: boolean;
  after: boolean;
  what:
    | { kind: "fact"; formula: Formula }
    /** Of a link: they are set on top of the step's. */
    | { kind: "link"; settings: Settings }
    | { kind: "form"; form: Form; given: Given };
}

/** The lines on which a step's settings stand, and those of its answer. */
interface Lines {
  state: Given;
  shown: Given;
}

type Wanted = "class" | "dim" | "place" | "epoch";

/** Facts that are themselves a dimension, a place in an order, an epoch. */
const GIVES: Partial<Record<FactName, Wanted[]>> = {
  top: ["dim"],
  marks: ["dim"],
  rank: ["place"],
  dims: ["dim", "place"],
  epochs: ["epoch"],
};

export function checkStep(
  step: Step,
  uses: readonly Use[],
  lines: Lines,
  images: Images,
  faults: Faults,
): void {
  for (const after of [false, true]) {
    const state = stateOf(step, after);
    const possible = new Possible(state, images);
    const given = after ? lines.shown : lines.state;
    // What has no line is the explorer's default.
    const lineOf = (name: string) => given.lineOf(name);
    possible.settings(state.settings, lineOf, faults);
    for (const { line, what, ...seen } of uses) {
      if (!(after ? seen.after : seen.before)) continue;
      faults.attempt(() => {
        if (what.kind === "fact") possible.fact(what.formula, line);
        else if (what.kind === "form")
          possible.form(what.form, (name) => what.given.lineOf(name) ?? line);
        else {
          const settings = { ...state.settings, ...what.settings };
          // What a link sets is no longer the run that the words speak of, but must be one.
          new Possible({ ...state, settings }, images).settings(settings, () => line, faults);
        }
      }, undefined);
    }
  }
}

class Possible {
  readonly #names: string[];
  /** Undefined where they are not known. */
  readonly #images: KnownImages | undefined;
  readonly #dims: number;
  readonly #epochs: number;
  readonly #run: boolean;
  /** Whether groups are shuffled, and other methods asked. */
  readonly #groups: boolean;
  readonly #opinions: boolean;

  constructor({ settings, run }: State, images: Images) {
    const text = (name: Name) => {
      const value = settings[name];
      return typeof value === "string" ? value : SETTINGS[name].initial;
    };
    this.#images = images.get(text("dataset"));
    this.#names = readNames(text("classes")) ?? [];
    this.#dims = SETTINGS.dims.read(text("dims"));
    this.#epochs = SETTINGS.epochs.read(text("epochs"));
    this.#run = run;
    this.#groups = text("features") !== "pixels";
    this.#opinions = SETTINGS.opinions.read(text("opinions"));
  }

  /** Finds those that name what the run will not have. */
  settings(settings: Settings, lineOf: (name: Name) => number | undefined, faults: Faults): void {
    const checks: { [K in Name]?: (text: string, refuse: (words: string) => void) => void } = {
      classes: (_, refuse) => {
        if (!this.#names.length) refuse("choose at least one class.");
        const all = this.#images?.classes;
        const unknown = all && this.#names.find((name) => labelOf(name, all) === undefined);
        if (unknown === undefined) return;
        refuse(
          `there is no class ${unknown}; there are ${all!.map(({ name }) => name).join(", ")}.`,
        );
      },
      "explain-class": (text, refuse) => this.#class(text, refuse),
      image: (text, refuse) => {
        const [, name, place] = /^(?:(.*\S)\s+)?0*([1-9]\d*)$/.exec(text.trim()) ?? [];
        if (!place) refuse("write a class and a place in it, such as 0 12.");
        if (name !== undefined) this.#class(name, refuse);
      },
      dimension: (text, refuse) => this.#number(Number(text), "dim", refuse),
      about: (text, refuse) => this.#number(Number(text), "dim", refuse),
      projection: (text, refuse) => {
        const axes = axesOf(SETTINGS.projection.read(text)) ?? [];
        for (const axis of axes) this.#number(axis + 1, "dim", refuse);
      },
    };
    for (const [name, value] of Object.entries(settings) as [Name, Value][]) {
      const line = lineOf(name);
      const refuse = (words: string) => {
        throw new LessonError(line, `“${name}: ${written(value)}”: ${words}`);
      };
      faults.attempt(() => {
        if (typeof value === "object") this.fact(value, line, SETTING_WANTS[name]);
        else if (value.trim() || name === "classes") checks[name]?.(value, refuse);
      }, undefined);
    }
  }

  /** Throws where the run will not have it; `wanted` is what must come out. */
  fact(formula: Formula, line: number | undefined, wanted?: Wanted): void {
    const { name, parts, text } = formula;
    const refuse = (words: string): never => {
      throw new LessonError(line, `In {{${text}}}: ${words}`);
    };
    if (wanted && !GIVES[name]?.includes(wanted)) refuse(`“${name}” is no ${WORDS[wanted]}.`);
    if (!this.#run) {
      refuse(`this step has no run to speak of; ${ADD_RUN}`);
    }
    if (name === "loss" && this.#epochs === 0) {
      refuse("with “epochs: 0” nothing is learned, so that there is no loss.");
    }
    if ((name === "shared" || name === "together") && !this.#groups) {
      refuse("no groups are shuffled; add “features: patches” or another kind of them.");
    }
    if (name === "undecided" && !this.#opinions) {
      refuse("no other method is asked; add “opinions: true”.");
    }
    for (const [at, part] of parts.entries()) {
      const { takes } = FACTS[name];
      const kind = takes[at]!.replace("?", "") as Wanted;
      if (typeof part === "object") this.fact({ ...part, text }, line, kind);
      else this.#number(part, kind, refuse);
    }
  }

  /** Throws where the run will not have what a question needs. */
  form(form: Form, lineOf: (name: string) => number): void {
    if (form.kind === "open" || form.kind === "choice") return;
    const refuse = (name: string) => (words: string) => {
      throw new LessonError(lineOf(name), words);
    };
    const asked = (name: string, value: number) => (words: string) =>
      refuse(name)(`“${name}: ${value}”: ${words}`);
    if (form.kind === "number") {
      const { answer } = form;
      if (typeof answer === "number") return;
      if (!("higher" in answer)) return this.fact(answer, lineOf("answer"));
      if (!this.#run) refuse("higher")(`What is higher a finished run says: ${ADD_RUN}`);
      return this.#number(answer.higher, "class", asked("higher", answer.higher));
    }
    if (!this.#run) refuse("")(`A brush is held against a finished run: ${ADD_RUN}`);
    const { image, against, pixels } = form;
    const all = this.#images?.pixels ?? pixels;
    if (pixels > all) asked("pixels", pixels)(`the images have ${all} here.`);
    if (image !== "all") this.#number(image, "class", asked("image", image));
    if (typeof against === "object") this.fact(against, lineOf("against"), "dim");
    else if (against !== "all") this.#number(against, "dim", asked("against", against));
  }

  #number(value: number, kind: Wanted, refuse: (words: string) => void): void {
    if (kind === "class") return this.#class(`${value}`, refuse);
    const most = kind === "epoch" ? this.#epochs : this.#dims;
    if (value < 1 || value > most || !Number.isInteger(value)) {
      refuse(`${WORDS[kind]} ${value} is not there: they go from 1 to ${most} here.`);
    }
  }

  #class(name: string, refuse: (words: string) => void): void {
    if (this.#names.includes(name)) return;
    // A class with a name may be meant by its number, which only the images tell.
    const all = this.#images?.classes;
    const label = all && labelOf(name, all);
    if (label !== undefined && this.#names.some((each) => labelOf(each, all!) === label)) return;
    const numbered = this.#names.every((each) => /^\d+$/.test(each));
    if (!all && !numbered && /^\d+$/.test(name)) return;
    refuse(`${name} is not one of the classes here, ${this.#names.join(", ")}.`);
  }
}

const ADD_RUN = "add “run: yes” to the step’s “lens” block.";

const WORDS: Record<Wanted, string> = {
  class: "class",
  dim: "dimension",
  place: "place",
  epoch: "epoch",
};

/** What a fact must be that stands for a setting. */
const SETTING_WANTS: Partial<Record<Name, Wanted>> = {
  dimension: "dim",
  about: "dim",
  "explain-class": "class",
  top: "place",
};

function written(value: Value): string {
  return typeof value === "object" ? `{{${value.text}}}` : value;
}
