/** The lines that set the explorer: those settings that a lesson has a say in, and the player's own. */
import { presetNamed, presetTexts } from "../network-presets";
import { current, isName, type Name, nameIn, NAMES, Refusal, SETTINGS } from "../settings";
import { LessonError, type Part, PARTS, type Settings, type State, type Value } from "./lesson";
import { formulaAlone, type Given, type Pair } from "./pairs";

/** Those that are the visitor's own affair, or the player's. */
const NOT_OF_LESSONS: readonly Name[] = ["autorun", "theme", "workers"];

/** The name of the line that sets at once what makes a kind of autoencoder. */
export const PRESET = "preset";

/** The settings that a lesson may use. */
export const LESSON_SETTINGS = NAMES.filter((name) => !NOT_OF_LESSONS.includes(name));

export function emptyState(): State {
  return { settings: {}, run: false, watch: false, show: undefined };
}

export function setState(state: State, { name: written, value, line }: Pair, given: Given): void {
  const name = nameIn(written) ?? written;
  if (name === "run" || name === "watch") {
    if (!["", "yes", "no"].includes(value)) throw new LessonError(line, `“${name}” is yes or no.`);
    state[name] = value !== "no";
  } else if (name === "show") {
    if (!PARTS.includes(value as Part)) {
      throw new LessonError(line, `“show” is one of ${PARTS.join(", ")}.`);
    }
    state.show = value as Part;
  } else if (name === PRESET) {
    const settings = ofPreset(value, line);
    for (const each of given.left(Object.keys(settings) as Name[], line)) {
      state.settings[each] = settings[each]!;
    }
  } else state.settings[settingName(name, line)] = setting(name as Name, value, line);
  given.once(name, line);
}

/** The name of a setting that a lesson may use, as it is now called. */
export function settingName(written: string, line: number): Name {
  const name = nameIn(written) ?? written;
  if (isName(name) && LESSON_SETTINGS.includes(name)) return name;
  throw new LessonError(
    line,
    `There is no setting “${name}”; there are run, watch, show, ${PRESET}, ${LESSON_SETTINGS.join(", ")}.`,
  );
}

/** What a kind of autoencoder sets, by its name. */
export function ofPreset(name: string, line: number): Settings {
  return refused(line, () => presetTexts(presetNamed(name)));
}

export function setting(name: Name, written: string, line: number): Value {
  const formula = formulaAlone(written, line);
  if (formula && SETTINGS[name].scope !== "figure") {
    throw new LessonError(
      line,
      `“${name}” decides what the run is, so it cannot be a fact of that run: write a value.`,
    );
  }
  if (formula) return formula;
  const value = current(name, written);
  const { control } = SETTINGS[name];
  // An attribute without a value is on, and so is a line without one.
  if (control.kind === "choice" && value !== "" && !Object.hasOwn(control.options, value)) {
    const options = Object.keys(control.options).join(", ");
    throw new LessonError(line, `“${name}” must be one of ${options}.`);
  }
  refused(line, () => SETTINGS[name].read(value));
  return value;
}

/** What is read, with the line on which it stands where it is refused. */
function refused<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw new LessonError(line, error.message);
    throw error;
  }
}
