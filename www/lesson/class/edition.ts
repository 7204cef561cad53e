/** Which lesson answers are of: its questions and its run, whatever the language. */
import { crc } from "../../png";
import { type Name, NAMES, SETTINGS } from "../../settings";
import type { Form, Lesson, Settings } from "../lesson";

export interface Edition {
  /** Of the questions: the same in every language of the lesson. */
  questions: number;
  /** Of what the runs are set to. */
  settings: number;
  seed: number;
}

export type Difference = "questions" | "settings" | "seed";

/** These compute the same numbers, or are the visitor's own affair. */
const NOT_OF_RUNS: readonly Name[] = ["engine", "workers", "theme", "autorun"];

export function editionOf({ steps }: Lesson): Edition {
  const asked = steps.map(({ question }) => question && shape(question.form));
  const runs = steps.map(({ state }) => runOf(state.settings));
  const { seed } = runs[0]!;
  // That of the first step is told by itself: a class may work with several.
  const others = runs.map((run) => ({ ...run, seed: run.seed === seed ? "" : run.seed }));
  return {
    questions: hash(asked),
    settings: hash(others),
    seed: SETTINGS.seed.read(typeof seed === "string" ? seed : SETTINGS.seed.initial),
  };
}

/** How the lesson differs that answers are of; undefined where it does not. */
export function difference(one: Edition, other: Edition): Difference | undefined {
  const names = ["questions", "settings", "seed"] as const;
  return names.find((name) => one[name] !== other[name]);
}

/** What a form's answers mean, without its words; what the right one is may be mended later. */
function shape(form: Form): unknown {
  switch (form.kind) {
    case "choice":
      return [form.kind, form.options.map(({ right }) => right)];
    case "brush":
      return [form.kind, form.image, form.pixels, form.against];
    default:
      return [form.kind];
  }
}

/** The settings that decide a run's numbers, whatever their order and where they are said. */
function runOf(settings: Settings): Settings {
  const names = NAMES.filter((name) => {
    return SETTINGS[name].scope !== "figure" && !NOT_OF_RUNS.includes(name);
  });
  return Object.fromEntries(names.map((name) => [name, settings[name] ?? SETTINGS[name].initial]));
}

function hash(value: unknown): number {
  return crc(new TextEncoder().encode(JSON.stringify(value)));
}
