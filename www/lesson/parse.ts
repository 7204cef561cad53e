/** Reads a lesson's file: the format is described in docs/lessons.md. */
import type { Token, Tokens } from "marked";

import { type Block, cut, depth, fence, refuseFacts, usesIn } from "./blocks";
import { Faults } from "./faults";
import { formOf, isForm, pairsOf, refuseForms } from "./forms";
import { frontMatter } from "./head";
import {
  type Form,
  type Lesson,
  LessonError,
  type Question,
  type State,
  type Step,
} from "./lesson";
import type { Images } from "./images";
import { plain } from "./markdown";
import { Given, number } from "./pairs";
import { checkStep, type Use } from "./possible";
import { emptyState, setState } from "./state";

const MOST_CHARACTERS = 256 * 1024;
const MOST_STEPS = 60;

/** Throws a `LessonError` where the text is no lesson: the first, of several. */
export function parse(text: string, images?: Images): Lesson {
  const { lesson, faults } = read(text, images);
  if (!lesson) throw faults[0]!;
  return lesson;
}

/** The lesson of a text, or everything that keeps it from being one. */
export function read(
  text: string,
  images: Images = new Map(),
): { lesson: Lesson | undefined; faults: LessonError[] } {
  const faults = new Faults();
  const lesson = faults.attempt(() => whole(text, images, faults), undefined);
  const { found } = faults;
  return { lesson: found.length ? undefined : lesson, faults: found };
}

function whole(text: string, images: Images, faults: Faults): Lesson {
  if (text.length > MOST_CHARACTERS) {
    throw new LessonError(undefined, "The file is larger than 256 kB: a lesson is only text.");
  }
  const lines = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const { head, body, begins } = frontMatter(lines, faults);
  const blocks = cut(body, begins);
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
  const before = blocks.slice(0, starts[0]);
  for (const { line, token } of before) {
    if (depth(token) === 1) refuseFacts(plain([token]), line, faults);
    faults.attempt(() => refuseForms(token, line), undefined);
  }
  const opening = before.filter(({ token }) => depth(token) !== 1);
  const { given, state, ...about } = head;
  const steps = starts.map((start, at) =>
    // What stands before the first step is shown with it.
    step(blocks.slice(start, starts[at + 1]), at ? [] : opening, state, given, images, faults),
  );
  return { ...about, opening: opening.map(({ token }) => token), steps };
}

function step(
  [heading, ...blocks]: Block[],
  opening: Block[],
  common: State,
  head: Given,
  images: Images,
  faults: Faults,
): Step {
  const { line } = heading!;
  const title = plain((heading!.token as Tokens.Heading).tokens);
  refuseFacts(title, line, faults);
  const state: State = { ...common, settings: { ...common.settings } };
  const made: Step = { title, line, minutes: undefined, state, intro: [], question: undefined };
  const given = new Given(head);
  const parts = sections(blocks, faults);
  const uses: Use[] = [];
  const use = (block: Block, before: boolean, after: boolean) => {
    for (const each of usesIn(block, faults)) uses.push({ ...each, before, after });
  };
  for (const block of opening) use(block, true, true);
  for (const block of parts.intro) {
    const { line, token } = block;
    if (fence(token) !== "lens") {
      faults.attempt(() => refuseForms(token, line), undefined);
      made.intro.push(token);
      use(block, true, true);
      continue;
    }
    for (const pair of pairsOf(block, faults)) {
      faults.attempt(() => {
        if (pair.name !== "minutes") return setState(state, pair, given);
        made.minutes = number(pair.value, pair.line, pair.name);
        given.once(pair.name, pair.line);
      }, undefined);
    }
  }
  const shown = new Given(given);
  made.question = faults.attempt(() => question(parts, shown, faults, uses), undefined);
  for (const block of parts.question ?? []) use(block, true, true);
  for (const block of parts.hints.flat()) use(block, true, false);
  for (const block of parts.answer ?? []) use(block, false, true);
  checkStep(made, uses, { state: given, shown }, images, faults);
  return made;
}

type Sections = { intro: Block[]; hints: Block[][] } & Partial<
  Record<"question" | "answer", Block[]>
>;

/** Level-three headings have the format's own words, in every language. */
function sections(blocks: Block[], faults: Faults): Sections {
  const found: Sections = { intro: [], hints: [] };
  let into = found.intro;
  for (const block of blocks) {
    if (depth(block.token) !== 3) {
      into.push(block);
      continue;
    }
    const text = (block.token as Tokens.Heading).text.trim();
    const word = text.toLowerCase();
    const refuse = (words: string) => faults.add(new LessonError(block.line, words));
    into = [];
    if (word === "hint") found.hints.push(into);
    else if (word !== "question" && word !== "answer") {
      refuse(`“### ${text}” is no part of a step: parts are Question, Hint and Answer.`);
    } else if (found[word]) {
      refuse(`The step has two parts called ${word}: make it two steps.`);
    } else found[word] = into;
  }
  return found;
}

function question(
  { question: asked, hints, answer, intro }: Sections,
  given: Given,
  faults: Faults,
  uses: Use[],
): Question | undefined {
  const line = (asked ?? answer ?? hints[0] ?? intro)[0]?.line;
  if (!asked && (answer || hints.length)) {
    throw new LessonError(line, "The step has a hint or an answer but no “### Question”.");
  }
  if (!asked) return undefined;
  if (!answer) throw new LessonError(line, "The question has no “### Answer”.");
  let form: Form | undefined;
  const words: Token[] = [];
  for (const block of asked) {
    const { line, token } = block;
    const found = faults.attempt(() => formOf(block, faults), undefined);
    if (!found) {
      if (!isForm(token)) {
        faults.attempt(() => refuseForms(token, line), undefined);
        words.push(token);
      }
    } else if (form) {
      faults.add(new LessonError(line, "A question is answered in one way: make it two steps."));
    } else {
      form = found.form;
      uses.push({ line, before: true, after: true, what: { kind: "form", ...found } });
    }
  }
  const shown = emptyState();
  const said: Token[] = [];
  for (const block of answer) {
    const { line, token } = block;
    if (fence(token) !== "lens") {
      faults.attempt(() => refuseForms(token, line), undefined);
      said.push(token);
      continue;
    }
    for (const pair of pairsOf(block, faults)) {
      faults.attempt(() => setState(shown, pair, given), undefined);
    }
  }
  for (const { line, token } of hints.flat()) {
    faults.attempt(() => refuseForms(token, line), undefined);
  }
  return {
    asked: words,
    form: form ?? { kind: "open" },
    hints: hints.map((hint) => hint.map(({ token }) => token)),
    answer: said,
    shown,
  };
}
