/** A lesson as it is read from its file: steps, each a state of the explorer with a question. */
import type { Token } from "marked";

import type { Formula } from "./facts";
import type { Name } from "../settings";

export interface Lesson {
  title: string;
  /** As in HTML's `lang`. */
  language: string;
  /** Address of the teacher's notes, relative to the lesson's own. */
  notes: string | undefined;
  /** Addresses of the same lesson in other languages, relative to the lesson's own. */
  translations: Map<string, string>;
  /** What stands before the first step. */
  opening: Token[];
  steps: Step[];
}

export interface Step {
  title: string;
  /** Where it begins in the file. */
  line: number;
  /** How long it may take in class; undefined where the author does not say. */
  minutes: number | undefined;
  state: State;
  intro: Token[];
  question: Question | undefined;
}

/** How the explorer stands; what is not named is as it is by default. */
export interface State {
  settings: Settings;
  /** Whether there must be a finished run with these settings, which is begun where there is none. */
  run: boolean;
  /** Whether that run trains slowly enough to be followed, and its epochs can be looked at again. */
  watch: boolean;
  /** The part of the explorer that is talked about, where it is named. */
  show: Part | undefined;
}

/** A state that says which part of the explorer is talked about. */
export interface Stood extends State {
  show: Part;
}

/** How the explorer stands in a step: differently once its answer is seen. */
export function stateOf({ state, question }: Step, seen: boolean): Stood {
  const shown = seen ? question?.shown : undefined;
  const run = state.run || (shown?.run ?? false);
  return {
    settings: { ...state.settings, ...shown?.settings },
    run,
    watch: state.watch,
    show: shown?.show ?? state.show ?? (run ? "figure" : "pipeline"),
  };
}

export type Settings = Partial<Record<Name, Value>>;

/** The text of an attribute, or what gives it once a run is done. */
export type Value = string | Formula;

/** The maps are those of the figure, which stand below its bars where there is little room. */
export const PARTS = ["pipeline", "samples", "loss", "figure", "maps"] as const;
export type Part = (typeof PARTS)[number];

export interface Question {
  asked: Token[];
  form: Form;
  hints: Token[][];
  answer: Token[];
  /** How the explorer stands once the answer is seen, on top of the step's state. */
  shown: State;
}

/** How the question is answered. */
export type Form =
  /** By thinking or talking. */
  | { kind: "open" }
  | { kind: "choice"; options: Option[] }
  | { kind: "number"; answer: number | Formula | Higher; within: number; unit: string }
  | { kind: "brush"; image: number | "all"; pixels: number; against: "all" | number | Formula };

/** Right is every dimension whose mean over a class is higher than over the other images. */
export interface Higher {
  higher: number;
}

export interface Option {
  words: Token[];
  right: boolean;
}

/** Why a file is no lesson, with where and what would be right. */
export class LessonError extends Error {
  constructor(
    readonly line: number | undefined,
    message: string,
  ) {
    super(message);
  }
}
