/** A question, the way to answer it, its hints, and the answer once it may be seen. */
import { labelOf } from "../classes";
import { h, setText } from "../dom";
import type { Shading } from "../parts/shading";
import type { Report } from "../report";
import { rowOf } from "../data/samples";
import type { LessonText } from "../text/en";
import { Brush, type Colours, largest } from "./brush";
import { evaluate, type Found, isHigher, pixelImportance, written } from "./facts";
import type { Form, Question } from "./lesson";
import { type Context, render } from "./markdown";
import type { Answered } from "./progress";

export interface Situation {
  words: LessonText;
  language: string;
  context: Context;
  /** Of a finished run with the step's settings; undefined until there is one. */
  report: Found | undefined;
  colours(): Colours;
  shading: Shading;
  /** Is written to. */
  answered: Answered;
  /** Hears of every change; `reveal` where the answer is to be shown now. */
  changed(answered: Answered, reveal: boolean): void;
}

/** The whole question, as things stand. */
export function questionCard(question: Question, situation: Situation): HTMLElement {
  const { words, context, answered } = situation;
  const verdict = h("p", { class: "verdict", role: "status" });
  const way = wayTo(question.form, situation);
  const check = h(
    "button",
    { type: "button", class: "button primary" },
    question.form.kind === "brush" ? words.compare : words.check,
  );
  const open = question.form.kind === "open";
  const reveal = h(
    "button",
    { type: "button", class: `button ${open ? "primary" : ""}` },
    words.reveal,
  );
  const seen = answered.revealed;
  const tested = isTested(question);

  check.addEventListener("click", () => {
    const given = way.given();
    if (typeof given === "string") return setText(verdict, given);
    const right = way.right(given);
    verdict.classList.toggle("off", !right);
    setText(verdict, right ? "" : words.wrong);
    Object.assign(
      answered,
      { given, revealed: right, tried: answered.tried ?? given },
      tested && { first: answered.first ?? right },
    );
    situation.changed(answered, right);
  });
  reveal.addEventListener("click", () => {
    Object.assign(answered, { revealed: true }, tested && { first: answered.first ?? false });
    situation.changed(answered, true);
  });
  check.hidden = seen || open;
  reveal.hidden = seen;
  // An answer that a run gives cannot be held against it before it is done.
  check.disabled = !way.ready;
  const given = answered.given;
  if (seen && tested && given.length && way.right(given)) setText(verdict, words.right);

  const opened = (at: number) => {
    const known = answered.hints ?? [];
    if (known.includes(at)) return;
    situation.changed(Object.assign(answered, { hints: [...known, at] }), false);
  };
  const hints = question.hints.map((hint, at) =>
    h(
      "details",
      { class: "hint", ontoggle: () => opened(at) },
      h("summary", {}, words.hint),
      ...render(hint, context),
    ),
  );
  const children: (Node | string)[] = [
    h("h3", { class: "label" }, words.question),
    ...render(question.asked, context),
    way.element,
    ...(seen ? [] : hints),
    verdict,
    h("div", { class: "row actions" }, check, reveal),
  ];
  if (seen) {
    children.push(
      h(
        "section",
        { class: "answer", tabindex: "-1" },
        h("h3", { class: "label" }, words.answer),
        ...way.outcome,
        ...render(question.answer, context),
      ),
    );
  }
  return h("section", { class: "question" }, ...children);
}

/** Whether an answer to it is right or wrong. */
export function isTested({ form: { kind } }: Question): boolean {
  return kind === "choice" || kind === "number";
}

interface Way {
  element: Node;
  /** Whether an answer can be checked now. */
  ready: boolean;
  /** What the student gives, or why that is no answer yet. */
  given(): number[] | string;
  right(given: number[]): boolean;
  /** What stands above the answer once it is seen. */
  outcome: Node[];
}

function wayTo(form: Form, situation: Situation): Way {
  switch (form.kind) {
    case "open":
      return {
        element: h("span"),
        ready: true,
        given: () => [],
        right: () => true,
        outcome: [],
      };
    case "choice":
      return choice(form, situation);
    case "number":
      return number(form, situation);
    case "brush":
      return brush(form, situation);
  }
}

function choice(
  { options }: Form & { kind: "choice" },
  { words, context, answered, changed }: Situation,
): Way {
  const several = options.filter(({ right }) => right).length > 1;
  const given = () => inputs.flatMap((input, at) => (input.checked ? [at] : []));
  const inputs = options.map((_, at) => {
    const input = h("input", {
      type: several ? "checkbox" : "radio",
      name: "answer",
      value: `${at}`,
      onchange: () => changed(Object.assign(answered, { given: given() }), false),
    });
    input.checked = answered.given.includes(at);
    input.disabled = answered.revealed;
    return input;
  });
  const element = h(
    "fieldset",
    { class: "options" },
    h("legend", { class: "unseen" }, words.question),
    ...options.map((option, at) => {
      const state = answered.revealed
        ? option.right
          ? "right"
          : inputs[at]!.checked
            ? "off"
            : ""
        : "";
      return h(
        "label",
        { class: state },
        inputs[at]!,
        h("span", {}, ...render(option.words, context)),
      );
    }),
  );
  return {
    element,
    ready: true,
    given: () => (given().length ? given() : words.chooseFirst),
    right: (chosen) => options.every(({ right }, at) => right === chosen.includes(at)),
    outcome: [],
  };
}

function number(
  form: Form & { kind: "number" },
  { words, report, answered, changed, language }: Situation,
): Way {
  const judge = judgeOf(form, report);
  const input = h("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    oninput: () => {
      const value = read(input.value);
      if (value !== undefined) changed(Object.assign(answered, { given: [value] }), false);
    },
  });
  if (answered.given.length) {
    input.value = new Intl.NumberFormat(language, { useGrouping: false }).format(
      answered.given[0]!,
    );
  }
  input.disabled = answered.revealed;
  return {
    element: h(
      "label",
      { class: "number" },
      h("span", {}, words.yourNumber),
      input,
      h("span", {}, form.unit),
    ),
    ready: judge !== undefined,
    given: () => {
      const value = read(input.value);
      return value === undefined ? words.notANumber : [value];
    },
    right: ([value]) => judge?.(value!) ?? false,
    outcome: [],
  };
}

/** What tells whether a number is right; undefined until a run has said what it takes. */
export function judgeOf(
  { answer, within }: Form & { kind: "number" },
  found: Found | undefined,
): ((given: number) => boolean) | undefined {
  if (typeof answer === "object" && "higher" in answer) {
    return found && ((dim) => isHigher(found, dim, answer.higher));
  }
  const right = typeof answer === "number" ? answer : found && evaluate(answer, found);
  return right === undefined ? undefined : (given) => Math.abs(given - right) <= within + 1e-9;
}

/** Both ways to write a fraction are understood. */
function read(text: string): number | undefined {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

function brush(form: Form & { kind: "brush" }, situation: Situation): Way {
  const { words, report, answered, changed, colours, shading, language } = situation;
  const image = report && picture(report, form.image);
  if (!report || !image) {
    const element = h("p", { class: "note" }, words.unknown);
    return { element, ready: false, given: () => words.markFirst, right: () => true, outcome: [] };
  }
  const write = (value: number) => written(value, "count", language);
  const board = new Brush(
    report.image,
    image,
    shading,
    form.pixels,
    words,
    write,
    colours,
    (marks) => changed(Object.assign(answered, { given: marks }), false),
  );
  board.marks = answered.given;
  const outcome: Node[] = [];
  const against = typeof form.against === "object" ? evaluate(form.against, report) : form.against;
  const importance = against !== undefined && pixelImportance(report, against);
  if (answered.revealed && importance) {
    const count = board.marks.length || form.pixels;
    const truth = largest(importance, count);
    board.reveal(truth);
    const hits = board.marks.filter((pixel) => truth.has(pixel)).length;
    const percent = (share: number) => written(share, "percent", language);
    const chance = percent(count / importance.length);
    if (board.marks.length) {
      const text = words.overlap(write(hits), write(count), percent(hits / count), chance);
      outcome.push(h("p", { class: "overlap" }, text));
    }
  }
  return {
    element: board.element,
    ready: Boolean(importance),
    given: () => (board.marks.length ? board.marks : words.markFirst),
    // A guess is no test: however close it is, what was measured may now be seen.
    right: () => true,
    outcome,
  };
}

/** The first sample of a class, or the mean of all samples. */
export function picture(report: Report, which: number | "all"): Float32Array | undefined {
  const { samples } = report;
  if (!samples) return undefined;
  if (which !== "all") {
    const label = labelOf(`${which}`, report.classes);
    const row = label === undefined ? -1 : samples.labels.indexOf(label);
    return row < 0 ? undefined : rowOf(samples.images, row);
  }
  const [images, pixels] = samples.images.shape;
  const mean = new Float32Array(pixels);
  for (const [at, value] of samples.images.data.entries()) mean[at % pixels]! += value / images;
  return mean;
}
