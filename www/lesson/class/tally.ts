/** What a class answered to one question: in words, as bars, as dots or as maps. */
import { h } from "../../dom";
import type { ImageShape } from "../../report";
import type { AnswersText } from "../../text/en";
import { largest } from "../brush";
import { evaluate, type Found, isHigher, pixelImportance, written } from "../facts";
import type { Form, Lesson, Step } from "../lesson";
import { type Context, render } from "../markdown";
import { isTested } from "../question";
import { bars } from "./bars";
import type { HandedAnswer } from "./code";
import { heatMaps } from "./heat";
import { strip } from "./strip";
import { chosen, guesses, marked, numbers, tally } from "./summary";

/** What the answers are shown with. */
export interface Counting {
  lesson: Lesson;
  language: string;
  words: AnswersText;
  /** Of the step's run, once it is done. */
  report(step: Step): Found | undefined;
  context(step: Step): Context;
}

export function tallyOf(step: Step, answers: HandedAnswer[], counting: Counting): HTMLElement {
  const { lesson, words } = counting;
  const write = writer(counting);
  const { title } = step;
  const question = step.question!;
  const { answered, seen, right, hinted } = tally(answers);
  const counts = [
    ...(question.form.kind === "open"
      ? []
      : [words.answered(write(answered), write(answers.length))]),
    ...(isTested(question) ? [words.right(write(right))] : []),
    ...(question.hints.length ? [words.hinted(write(hinted))] : []),
    words.seen(write(seen)),
  ];
  const number = write(lesson.steps.indexOf(step) + 1);
  return h(
    "section",
    { class: "tally" },
    h("h2", {}, words.step(number, title)),
    h(
      "div",
      { class: "asked", lang: lesson.language },
      ...render(question.asked, counting.context(step)),
    ),
    h(
      "div",
      { class: "given" },
      ...given(step, answers, counting),
      h("p", { class: "note" }, counts.join(" · ")),
    ),
  );
}

function given(step: Step, answers: HandedAnswer[], counting: Counting): Node[] {
  const { words, language } = counting;
  const { form } = step.question!;
  const report = counting.report(step);
  switch (form.kind) {
    case "open":
      return [h("p", {}, words.talked)];
    case "choice": {
      const counts = chosen(answers, form);
      const options = form.options.map(({ right, words }, at) => ({
        words: render(words, counting.context(step)),
        count: counts[at]!,
        right,
      }));
      return [bars(options, answers.length, words.rightOption, writer(counting))];
    }
    case "number": {
      // As it was typed.
      const format = new Intl.NumberFormat(language, { maximumSignificantDigits: 6 });
      const write = (value: number) => format.format(value);
      const { answer, unit } = form;
      const values = rightNumbers(answer, report);
      const say = typeof answer === "number" ? words.rightValue : words.trueValue;
      const said = values?.length && say(`${values.map(write).join(", ")} ${unit}`.trim());
      return [strip(numbers(answers), said ? { values, words: said } : undefined, words, write)];
    }
    case "brush": {
      if (!report) return [];
      const against =
        typeof form.against === "object" ? evaluate(form.against, report) : form.against;
      const importance = against === undefined ? undefined : pixelImportance(report, against);
      return marks(answers, form.pixels, report.image, importance, counting);
    }
  }
}

function marks(
  answers: HandedAnswer[],
  most: number,
  image: ImageShape,
  importance: number[] | undefined,
  counting: Counting,
): Node[] {
  const { words, language } = counting;
  const write = writer(counting);
  const counts = marked(answers, image.width * image.height);
  if (!counts) return [h("p", { class: "reason" }, words.noPixels)];
  const percent = (value: number) => written(value, "percent", language);
  const maps = [
    { heading: words.guesses, scale: words.scale(write(Math.max(...counts))), values: counts },
    ...(importance
      ? [{ heading: words.measured, scale: words.scaleMeasured, values: importance }]
      : []),
  ];
  const outlined = importance ? largest(importance, most) : new Set<number>();
  const read = (pixel: number) => {
    const [row, column] = [Math.floor(pixel / image.width) + 1, (pixel % image.width) + 1];
    const value = importance && written(importance[pixel]!, "measure", language);
    return words.pixel(write(row), write(column), write(counts[pixel]!), value);
  };
  const held = importance && guesses(answers, counts, importance, most);
  return [
    heatMaps(maps, image, outlined, words.outline, words.pointAt, read),
    ...(held
      ? [
          h("p", {}, words.median(percent(held.median), percent(held.chance))),
          h("p", {}, words.together(write(held.together), write(held.atLeast), write(held.hits))),
        ]
      : []),
  ];
}

function writer({ language }: Counting): (value: number) => string {
  return (value) => written(value, "count", language);
}

/** Every number that is right; undefined while the run has not told. */
function rightNumbers(
  answer: (Form & { kind: "number" })["answer"],
  report: Found | undefined,
): number[] | undefined {
  if (typeof answer === "number") return [answer];
  if (!report) return undefined;
  if (!("higher" in answer)) {
    const value = evaluate(answer, report);
    return value === undefined ? undefined : [value];
  }
  const dims = Array.from({ length: report.settings.dims }, (_, at) => at + 1);
  return dims.filter((dim) => isHigher(report, dim, answer.higher));
}
