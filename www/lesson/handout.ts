/** A lesson on paper: every step with its question, the answers on a page of their own at the end. */
import { h } from "../dom";
import type { LessonText } from "../text/en";
import { type Form, type Lesson, type State, stateOf, type Step } from "./lesson";
import { type Context, render } from "./markdown";

/** `contextOf` gives words that speak of the run that a state has. */
export function handout(
  lesson: Lesson,
  words: LessonText,
  contextOf: (state: State) => Context,
): HTMLElement {
  const onPaper = (step: Step, seen: boolean): Context => {
    const { base, fact } = contextOf(stateOf(step, seen));
    // What no run has said yet is written by hand.
    const written = (text: string) => {
      const found = fact(text);
      return found.textContent === "…" ? h("span", { class: "gap" }) : found;
    };
    return { base, fact: written };
  };
  const steps = lesson.steps.map((step, at) => {
    const { title, intro, question } = step;
    const paper = onPaper(step, false);
    const asked = question && [
      h("div", {}, ...render(question.asked, paper), room(question.form, words, paper)),
      ...question.hints.map((hint) =>
        h("div", { class: "hint" }, h("b", {}, words.hint), ...render(hint, paper)),
      ),
    ];
    return h(
      "section",
      {},
      h("h2", {}, `${at + 1}. ${title}`),
      ...render(intro, paper),
      ...(asked ?? []),
    );
  });
  const answers = lesson.steps.flatMap((step, at) => {
    const { title, question } = step;
    if (!question) return [];
    const paper = onPaper(step, true);
    const heading = h("h3", {}, `${at + 1}. ${title}`);
    return [
      h("section", {}, heading, ...right(question.form, paper), ...render(question.answer, paper)),
    ];
  });
  const opening: Context = contextOf(lesson.steps[0]!.state);
  return h(
    "section",
    { class: "handout" },
    h("p", { class: "name-line" }, `${words.name}: `, h("span", { class: "gap" })),
    h("h1", {}, lesson.title),
    ...render(lesson.opening, opening),
    ...steps,
    h("section", { class: "answers" }, h("h2", {}, words.handoutAnswers), ...answers),
  );
}

/** Where the answer is written. */
function room(form: Form, words: LessonText, context: Context): HTMLElement {
  switch (form.kind) {
    case "choice":
      return h(
        "ul",
        { class: "boxes" },
        ...form.options.map((option) => h("li", {}, ...render(option.words, context))),
      );
    case "number":
      return h("p", {}, `${words.yourNumber}: `, h("span", { class: "gap" }), ` ${form.unit}`);
    case "brush":
      return h("div", { class: "grid", "aria-label": words.brush(`${form.pixels}`) });
    case "open":
      return h("div", { class: "lines" });
  }
}

function right(form: Form, context: Context): Node[] {
  if (form.kind !== "choice") return [];
  const found = form.options.filter(({ right }) => right);
  return [
    h(
      "ul",
      { class: "boxes checked" },
      ...found.map((option) => h("li", {}, ...render(option.words, context))),
    ),
  ];
}
