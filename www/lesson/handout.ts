/** A lesson on paper: every step with its question and what that is about, the answers on pages of their own. */
import { h } from "../dom";
import { shadingOf } from "../parts/shading";
import type { Values } from "../settings";
import type { LessonText } from "../text/en";
import { largest } from "./brush";
import { around } from "./class/heat";
import { grid } from "./drawings";
import { evaluate, type Found, pixelImportance } from "./facts";
import type { Form, Lesson } from "./lesson";
import { type Context, render } from "./markdown";
import { picture } from "./question";

/** What a step speaks of before its answer is seen, and after. */
export interface Sheet {
  asked: Side;
  answered: Side;
}

export interface Side {
  found: Found | undefined;
  values: Values;
  context: Context;
  /** Whether there is something to be seen that is not drawn. */
  lacking: boolean;
  pictures: SVGSVGElement[];
}

/** Each step has its sheet. */
export function handout(lesson: Lesson, words: LessonText, sheets: Sheet[]): HTMLElement {
  const steps = lesson.steps.map(({ title, intro, question }, at) => {
    const { asked } = sheets[at]!;
    const paper = onPaper(asked.context);
    const brush = question?.form.kind === "brush";
    return h(
      "section",
      { class: "sheet" },
      h("h2", {}, `${at + 1}. ${title}`),
      ...render(intro, paper),
      // What is to be marked is the picture.
      ...(brush ? [] : figures(asked, words)),
      ...(question
        ? [
            h(
              "div",
              { class: "asked" },
              ...render(question.asked, paper),
              room(question.form, words, asked),
            ),
            ...question.hints.map((hint) =>
              h("div", { class: "hint" }, h("b", {}, words.hint), ...render(hint, paper)),
            ),
          ]
        : []),
    );
  });
  const answers = lesson.steps.flatMap(({ title, question }, at) => {
    if (!question) return [];
    const { asked, answered } = sheets[at]!;
    const paper = onPaper(answered.context);
    const other = Object.keys(question.shown.settings).length > 0;
    return [
      h(
        "section",
        {},
        h("h3", {}, `${at + 1}. ${title}`),
        ...right(question.form, words, asked, paper),
        ...render(question.answer, paper),
        ...(other ? figures(answered, words) : []),
      ),
    ];
  });
  const made = h(
    "section",
    { class: "handout" },
    h("p", { class: "name-line" }, `${words.name}: `, h("span", { class: "gap" })),
    h("h1", {}, lesson.title),
    ...render(lesson.opening, onPaper(sheets[0]!.asked.context)),
    ...steps,
    h("section", { class: "answers" }, h("h2", {}, words.handoutAnswers), ...answers),
  );
  made.lang = lesson.language;
  return made;
}

/** What no run has said yet is written by hand. */
function onPaper({ base, fact }: Context): Context {
  const written = (text: string) => {
    const found = fact(text);
    return found.textContent === "…" ? h("span", { class: "gap" }) : found;
  };
  return { base, fact: written };
}

function figures({ pictures, lacking }: Side, words: LessonText): HTMLElement[] {
  if (lacking) return [h("p", { class: "lacking" }, words.noPictures)];
  return pictures.length ? [h("figure", {}, ...pictures)] : [];
}

/** Where the answer is written. */
function room(form: Form, words: LessonText, side: Side): Node {
  switch (form.kind) {
    case "choice":
      return options(form.options, "boxes", onPaper(side.context));
    case "number":
      return h("p", {}, `${words.yourNumber}: `, h("span", { class: "gap" }), ` ${form.unit}`);
    case "brush":
      return board(form, words, side) ?? h("p", { class: "lacking" }, words.noPictures);
    case "open":
      return h("div", { class: "lines" });
  }
}

/** `marked` many of the pixels that matter are outlined. */
function board(
  { image, pixels }: Form & { kind: "brush" },
  words: LessonText,
  { found, values }: Side,
  marked?: Set<number>,
): Node | undefined {
  const shown = found && picture(found, image);
  if (!found || !shown) return undefined;
  const shading = shadingOf(values.images, found.data?.pixels ?? "ink", found.image.channels);
  const outlined = marked && { pixels: marked, outline: around(marked, found.image) };
  return grid(found.image, shown, shading, words.brush(`${pixels}`), outlined);
}

function right(form: Form, words: LessonText, asked: Side, paper: Context): Node[] {
  if (form.kind === "choice") {
    const found = form.options.filter(({ right }) => right);
    return [options(found, "boxes checked", paper)];
  }
  if (form.kind !== "brush" || !asked.found) return [];
  const { found } = asked;
  const against = typeof form.against === "object" ? evaluate(form.against, found) : form.against;
  const importance = against !== undefined && pixelImportance(found, against);
  if (!importance) return [];
  const drawn = board(form, words, asked, largest(importance, form.pixels));
  return drawn ? [h("div", { class: "marked" }, drawn)] : [];
}

function options(
  all: (Form & { kind: "choice" })["options"],
  looks: string,
  context: Context,
): HTMLElement {
  return h(
    "ul",
    { class: looks },
    ...all.map((option) => h("li", {}, ...render(option.words, context))),
  );
}
