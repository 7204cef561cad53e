/** The ways to answer a question, as they are written. */
import type { Tokens, Token } from "marked";

import { type Block, fence } from "./blocks";
import type { Faults } from "./faults";
import { type Form, LessonError, type Option } from "./lesson";
import { Given, number, numberOrFormula, type Pair, pairs } from "./pairs";

const MOST_PIXELS = 4096;

/** Whether a block asks for an answer. */
export function isForm(token: Token): boolean {
  if (token.type === "list") return (token as Tokens.List).items.some(({ task }) => task);
  return ["number", "brush"].includes(fence(token));
}

/** A way to answer, with the lines on which it says what. */
export interface WrittenForm {
  form: Form;
  given: Given;
}

export function formOf(block: Block, faults: Faults): WrittenForm | undefined {
  if (!isForm(block.token)) return undefined;
  const given = new Given();
  if (block.token.type === "list") {
    return { form: choice(block.token as Tokens.List, block.line), given };
  }
  const all = pairsOf(block, faults);
  const form =
    fence(block.token) === "number"
      ? numberForm(all, block.line, given, faults)
      : brushForm(all, given, faults);
  return { form, given };
}

/** What asks for an answer, or sets the explorer, where it has no business; and what nothing is done with. */
export function refuseForms(token: Token, line: number): void {
  if (isForm(token)) {
    throw new LessonError(
      line,
      "Choices and the blocks “number” and “brush” belong under “### Question”.",
    );
  }
  if (fence(token) === "lens") {
    throw new LessonError(
      line,
      "A “lens” block belongs above “### Question” or under “### Answer”.",
    );
  }
  if (fence(token)) {
    throw new LessonError(
      line,
      `There is no block “${fence(token)}”; there are lens, number and brush, and without a name code.`,
    );
  }
}

function choice({ items }: Tokens.List, line: number): Form {
  const options = items.map((item): Option => {
    const words = item.tokens.filter(({ type }) => type !== "checkbox");
    return { words, right: item.checked === true };
  });
  if (items.some(({ task }) => !task)) {
    throw new LessonError(line, "Every option begins with “[ ]” or “[x]”: one here does not.");
  }
  if (options.length < 2) throw new LessonError(line, "A choice has at least two options.");
  if (!options.some(({ right }) => right)) {
    throw new LessonError(line, "No option is the right one: mark it with “- [x]”.");
  }
  return { kind: "choice", options };
}

function numberForm(all: Pair[], line: number, given: Given, faults: Faults): Form {
  const made: Form & { kind: "number" } = {
    kind: "number",
    answer: Number.NaN,
    within: 0,
    unit: "",
  };
  each(all, given, faults, ({ name, value, line }) => {
    if (name === "answer") made.answer = numberOrFormula(value, line, name);
    else if (name === "higher") made.answer = { higher: number(value, line, name) };
    else if (name === "within") made.within = number(value, line, name);
    else if (name === "unit") {
      if (value.includes("{{")) throw new LessonError(line, "A unit has no facts.");
      made.unit = value;
    } else
      throw new LessonError(
        line,
        `“${name}” is not of a number: it has answer or higher, within and unit.`,
      );
  });
  const judged = all.filter(({ name }) => ["answer", "higher"].includes(name)).length;
  if (judged === 0) throw new LessonError(line, "The number lacks its “answer: …”.");
  if (judged === 2) {
    throw new LessonError(line, "A number has “answer” or “higher”, not both.");
  }
  return made;
}

function brushForm(all: Pair[], given: Given, faults: Faults): Form {
  const made: Form & { kind: "brush" } = {
    kind: "brush",
    image: "all",
    pixels: 40,
    against: "all",
  };
  each(all, given, faults, ({ name, value, line }) => {
    if (name === "image") made.image = value === "all" ? value : number(value, line, name);
    else if (name === "pixels") {
      made.pixels = number(value, line, name);
      if (made.pixels < 1 || made.pixels > MOST_PIXELS || !Number.isInteger(made.pixels)) {
        throw new LessonError(line, `Pixels must be a whole number from 1 to ${MOST_PIXELS}.`);
      }
    } else if (name === "against") {
      made.against = value === "all" ? value : numberOrFormula(value, line, name);
    } else
      throw new LessonError(line, `“${name}” is not of a brush: it has image, pixels and against.`);
  });
  return made;
}

/** Every pair once, whatever is wrong with others. */
function each(all: Pair[], given: Given, faults: Faults, set: (pair: Pair) => void): void {
  for (const pair of all) {
    faults.attempt(() => {
      set(pair);
      given.once(pair.name, pair.line);
    }, undefined);
  }
}

export function pairsOf({ token, line }: Block, faults: Faults): Pair[] {
  return pairs((token as Tokens.Code).text, line + 1, faults);
}
