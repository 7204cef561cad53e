/** Reads a lesson's file: the format is described in docs/lessons.md. */
import { lexer, type Token, type Tokens } from "marked";

import { current, isName, type Name, nameIn, NAMES, Refusal, SETTINGS } from "../settings";
import { type Formula, formula } from "./facts";
import {
  type Form,
  type Lesson,
  LessonError,
  type Option,
  type Part,
  PARTS,
  type Question,
  type State,
  type Step,
  type Value,
} from "./lesson";
import { plain } from "./markdown";

const MOST_CHARACTERS = 256 * 1024;
const MOST_STEPS = 60;
const MOST_PIXELS = 4096;

/** A block of the file, with the line that it begins on. */
interface Block {
  line: number;
  token: Token;
}

/** Throws a `LessonError` where the text is no lesson. */
export function parse(text: string): Lesson {
  if (text.length > MOST_CHARACTERS) {
    throw new LessonError(undefined, "The file is larger than 256 kB: a lesson is only text.");
  }
  const lines = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const { head, body, begins } = frontMatter(lines);
  const blocks = cut(body, begins);
  for (const { line, token } of blocks) checkFormulas(token, line);

  const starts = blocks.flatMap(({ token }, at) => (depth(token) === 2 ? [at] : []));
  if (!starts.length) {
    throw new LessonError(
      undefined,
      "There is no step: a step begins with a line such as “## Look”.",
    );
  }
  if (starts.length > MOST_STEPS) {
    throw new LessonError(
      blocks[starts[MOST_STEPS]!]!.line,
      `There are more than ${MOST_STEPS} steps: make it two lessons.`,
    );
  }
  const steps = starts.map((start, at) => step(blocks.slice(start, starts[at + 1]), head.state));
  const opening = blocks.slice(0, starts[0]).filter(({ token }) => depth(token) !== 1);
  return { ...head, opening: opening.map(({ token }) => token), steps };
}

// The head

type Head = Pick<Lesson, "title" | "language" | "notes" | "translations"> & { state: State };

function frontMatter(text: string): { head: Head; body: string; begins: number } {
  const found = /^---\n([\s\S]*?)\n---(?:\n|$)/.exec(text);
  if (!found) {
    throw new LessonError(
      1,
      "The file must begin with a line “---”, its title as “title: …” and a line “---”.",
    );
  }
  const head: Head = {
    title: "",
    language: "en",
    notes: undefined,
    translations: new Map(),
    state: { settings: {}, run: false, watch: false, show: undefined },
  };
  for (const { line, name, value } of pairs(found[1]!, 2)) {
    if (name === "title") head.title = value;
    else if (name === "language") head.language = language(value, line);
    else if (name === "notes") head.notes = value;
    else if (name === "translations") {
      for (const entry of value.split(",").filter((each) => each.trim())) {
        const [code = "", address = ""] = entry.split("=").map((each) => each.trim());
        if (!address) {
          throw new LessonError(
            line,
            "Translations are written like “de=lesson.de.md, fr=lesson.fr.md”.",
          );
        }
        head.translations.set(language(code, line), address);
      }
    } else setState(head.state, name, value, line);
  }
  if (!head.title)
    throw new LessonError(1, "The lesson has no title: add a line “title: …” at its top.");
  const begins = found[0].split("\n").length;
  return { head, body: text.slice(found[0].length), begins };
}

function language(text: string, line: number): string {
  try {
    return new Intl.Locale(text).toString();
  } catch {
    throw new LessonError(line, `“${text}” is no language: write its code, such as en or de.`);
  }
}

// Blocks

function cut(body: string, begins: number): Block[] {
  let tokens: Token[];
  try {
    tokens = lexer(body);
  } catch (error) {
    // What is nested thousands of times deep exhausts the stack.
    const reason = error instanceof Error ? error.message : `${error}`;
    throw new LessonError(undefined, `The Markdown cannot be read (${reason}): make it simpler.`);
  }
  let line = begins;
  const blocks: Block[] = [];
  for (const token of tokens) {
    if (token.type !== "space") blocks.push({ line, token });
    line += token.raw.split("\n").length - 1;
  }
  return blocks;
}

function depth(token: Token): number {
  return token.type === "heading" ? (token as Tokens.Heading).depth : 0;
}

function fence(token: Token | undefined): string {
  return token?.type === "code" ? ((token as Tokens.Code).lang ?? "").trim() : "";
}

/** Every `{{…}}` of a block is a fact. */
function checkFormulas(token: Token, line: number): void {
  for (const [, inside] of token.raw.matchAll(/\{\{([^{}]*)\}\}/g)) read(inside!, line);
}

function read(text: string, line: number): Formula {
  try {
    return formula(text.trim());
  } catch (error) {
    throw new LessonError(line, `In {{${text}}}: ${(error as Error).message}.`);
  }
}

// Steps

function step([heading, ...blocks]: Block[], common: State): Step {
  const state: State = { ...common, settings: { ...common.settings } };
  const parts = sections(blocks);
  const made: Step = {
    title: plain((heading!.token as Tokens.Heading).tokens),
    minutes: undefined,
    state,
    intro: [],
    question: undefined,
  };
  for (const { line, token } of parts.intro) {
    if (fence(token) !== "lens") {
      refuseForms(token, line);
      made.intro.push(token);
      continue;
    }
    for (const pair of pairsOf(token, line)) {
      if (pair.name === "minutes") made.minutes = number(pair.value, pair.line, "minutes");
      else setState(state, pair.name, pair.value, pair.line);
    }
  }
  made.question = question(parts);
  return made;
}

type Sections = { intro: Block[]; hints: Block[][] } & Partial<
  Record<"question" | "answer", Block[]>
>;

/** Level-three headings have the format's own words, in every language. */
function sections(blocks: Block[]): Sections {
  const found: Sections = { intro: [], hints: [] };
  let into = found.intro;
  for (const block of blocks) {
    if (depth(block.token) !== 3) {
      into.push(block);
      continue;
    }
    const word = (block.token as Tokens.Heading).text.trim().toLowerCase();
    into = [];
    if (word === "hint") found.hints.push(into);
    else if (word !== "question" && word !== "answer") {
      throw new LessonError(
        block.line,
        `“### ${word}” is no part of a step: parts are Question, Hint and Answer.`,
      );
    } else if (found[word]) {
      throw new LessonError(
        block.line,
        `The step has two parts called ${word}: make it two steps.`,
      );
    } else found[word] = into;
  }
  return found;
}

function question({ question: asked, hints, answer, intro }: Sections): Question | undefined {
  const line = (asked ?? answer ?? hints[0] ?? intro)[0]?.line;
  if (!asked && (answer || hints.length)) {
    throw new LessonError(line, "The step has a hint or an answer but no “### Question”.");
  }
  if (!asked) return undefined;
  if (!answer) throw new LessonError(line, "The question has no “### Answer”.");
  let form: Form | undefined;
  const words: Token[] = [];
  for (const { line, token } of asked) {
    const found = formOf(token, line);
    if (!found) {
      if (fence(token) === "lens") refuseForms(token, line);
      words.push(token);
    } else if (form)
      throw new LessonError(line, "A question is answered in one way: make it two steps.");
    else form = found;
  }
  const shown: State = { settings: {}, run: false, watch: false, show: undefined };
  const said: Token[] = [];
  for (const { line, token } of answer) {
    if (fence(token) !== "lens") {
      refuseForms(token, line);
      said.push(token);
      continue;
    }
    for (const pair of pairsOf(token, line)) setState(shown, pair.name, pair.value, pair.line);
  }
  for (const { line, token } of hints.flat()) refuseForms(token, line);
  return {
    asked: words,
    form: form ?? { kind: "open" },
    hints: hints.map((hint) => hint.map(({ token }) => token)),
    answer: said,
    shown,
  };
}

function formOf(token: Token, line: number): Form | undefined {
  if (token.type === "list" && (token as Tokens.List).items.some(({ task }) => task)) {
    return choice(token as Tokens.List, line);
  }
  switch (fence(token)) {
    case "number":
      return numberForm(pairsOf(token, line), line);
    case "brush":
      return brushForm(pairsOf(token, line));
    default:
      return undefined;
  }
}

/** What asks for an answer, or sets the explorer, where it has no business. */
function refuseForms(token: Token, line: number): void {
  if (formOf(token, line)) {
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
}

function choice({ items }: Tokens.List, line: number): Form {
  const options = items.map((item): Option => {
    const words = item.tokens.filter(({ type }) => type !== "checkbox");
    return { words, right: item.checked === true };
  });
  if (options.length < 2) throw new LessonError(line, "A choice has at least two options.");
  if (!options.some(({ right }) => right)) {
    throw new LessonError(line, "No option is the right one: mark it with “- [x]”.");
  }
  return { kind: "choice", options };
}

function numberForm(all: Pair[], line: number): Form {
  const made: Form & { kind: "number" } = {
    kind: "number",
    answer: Number.NaN,
    within: 0,
    unit: "",
  };
  for (const { name, value, line } of all) {
    if (name === "answer") made.answer = numberOrFormula(value, line, name);
    else if (name === "higher") made.answer = { higher: number(value, line, name) };
    else if (name === "within") made.within = number(value, line, name);
    else if (name === "unit") made.unit = value;
    else
      throw new LessonError(
        line,
        `“${name}” is not of a number: it has answer or higher, within and unit.`,
      );
  }
  if (typeof made.answer === "number" && Number.isNaN(made.answer))
    throw new LessonError(line, "The number lacks its “answer: …”.");
  return made;
}

function brushForm(all: Pair[]): Form {
  const made: Form & { kind: "brush" } = {
    kind: "brush",
    image: "all",
    pixels: 40,
    against: "all",
  };
  for (const { name, value, line } of all) {
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
  }
  return made;
}

// Pairs of a name and a value

interface Pair {
  line: number;
  name: string;
  value: string;
}

function pairsOf(token: Token, line: number): Pair[] {
  return pairs((token as Tokens.Code).text, line + 1);
}

/** Lines such as `view: pixels`; empty ones and those that begin with # are skipped. */
function pairs(text: string, first: number): Pair[] {
  return text.split("\n").flatMap((each, at) => {
    const line = first + at;
    if (/^\s*(#|$)/.test(each)) return [];
    const found = /^\s*([a-z-]+)\s*(?::\s*(.*?))?\s*$/i.exec(each);
    if (!found) throw new LessonError(line, `“${each.trim()}” must be written like “name: value”.`);
    return [{ line, name: found[1]!.toLowerCase(), value: found[2] ?? "" }];
  });
}

/** Those that are the visitor's own affair, or the player's. */
const NOT_OF_LESSONS: string[] = ["autorun", "theme"];

function setState(state: State, written: string, value: string, line: number): void {
  const name = nameIn(written) ?? written;
  if (name === "run" || name === "watch") {
    if (!["", "yes", "no"].includes(value)) throw new LessonError(line, `“${name}” is yes or no.`);
    state[name] = value !== "no";
  } else if (name === "show") {
    if (!PARTS.includes(value as Part)) {
      throw new LessonError(line, `“show” is one of ${PARTS.join(", ")}.`);
    }
    state.show = value as Part;
  } else if (isName(name) && !NOT_OF_LESSONS.includes(name)) {
    state.settings[name] = setting(name, current(name, value), line);
  } else {
    const known = NAMES.filter((each) => !NOT_OF_LESSONS.includes(each));
    throw new LessonError(
      line,
      `There is no setting “${name}”; there are run, watch, show, ${known.join(", ")}.`,
    );
  }
}

function setting(name: Name, value: string, line: number): Value {
  const found = /^\{\{([^{}]*)\}\}$/.exec(value);
  if (found) return read(found[1]!, line);
  try {
    SETTINGS[name].read(value);
  } catch (error) {
    if (error instanceof Refusal) throw new LessonError(line, error.message);
    throw error;
  }
  return value;
}

function numberOrFormula(text: string, line: number, name: string): number | Formula {
  const found = /^\{\{([^{}]*)\}\}$/.exec(text);
  return found ? read(found[1]!, line) : number(text, line, name);
}

function number(text: string, line: number, name: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) {
    throw new LessonError(line, `“${name}” must be a number, such as 12 or 0.5.`);
  }
  return Number(text);
}
