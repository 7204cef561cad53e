/** The teacher's page: what the students of a class handed in, question by question. */
import { acceptDrops, picked } from "../../data/drop";
import type { SourceFile } from "../../data/messages";
import { h, setText } from "../../dom";
import { save } from "../../save";
import { address } from "../../settings";
import { type Language, LANGUAGES } from "../../text";
import { contextOf } from "../context";
import type { Page } from "../explorer";
import { written } from "../facts";
import type { Lesson, Step } from "../lesson";
import { render } from "../markdown";
import type { Source } from "../source";
import { keep, kept } from "../store";
import { ANSWERS } from "./address";
import { codesIn } from "./code";
import { collect, type Collected, type Left, sharedNames } from "./collect";
import { toCsv } from "./csv";
import { editionOf } from "./edition";
import { Runs } from "../runs";
import { studentTable } from "./students";
import { answersTo } from "./summary";
import { type Counting, tallyOf } from "./tally";

/** Thirty codes are some kilobytes. */
const MOST_CHARACTERS = 1024 * 1024;
/** What is typed is read when it has paused. */
const PAUSE_MS = 250;

export class ClassPage {
  readonly #words;
  readonly #runs;
  readonly #key;
  readonly #codes;
  readonly #status = h("p", { class: "count", role: "status" });
  readonly #left = h("ul", { class: "left" });
  readonly #run = h("div", { class: "run" });
  readonly #questions = h("div", { class: "questions" });
  readonly #summary = h("summary");
  readonly #export;
  readonly #remove;
  readonly element;
  #collected: Collected = { students: [], left: [] };
  #pause = 0;

  constructor(
    readonly lesson: Lesson,
    readonly source: Source,
    readonly language: Language,
    page: Page,
  ) {
    const words = (this.#words = LANGUAGES[language].answers);
    this.#key = `answers ${source.key}`;
    const closed = new AbortController().signal;
    const asking = lesson.steps.filter(({ question }) => question);
    const states = asking.map(({ state }) => state);
    this.#runs = new Runs(page, states, closed, (what) => {
      this.#showRun();
      if (what === "report") this.#showQuestions();
    });
    this.#codes = h("textarea", {
      rows: "6",
      spellcheck: "false",
      autocomplete: "off",
      "aria-label": words.paste,
      oninput: () => {
        clearTimeout(this.#pause);
        this.#pause = setTimeout(() => this.#read(), PAUSE_MS);
      },
    });
    const quiet = (text: string, act: () => void) =>
      h("button", { type: "button", class: "button", onclick: act }, text);
    this.#export = quiet(words.export, () => this.#save());
    this.#remove = quiet(words.remove, () => this.#replace(""));
    const file = h("input", {
      type: "file",
      class: "unseen",
      onchange: () => void this.#add(picked(file.files ?? [])),
    });
    const query = new URLSearchParams(location.search);
    query.delete(ANSWERS);
    const given = h(
      "details",
      { class: "codes", open: true },
      this.#summary,
      h("p", {}, words.paste),
      this.#codes,
      h("p", { class: "note" }, words.pasteHow),
      h("label", { class: "picker" }, file, h("span", {}, words.file)),
      this.#left,
    );
    this.element = h(
      "article",
      { class: "lesson answers", lang: language },
      h("p", { class: "lesson-title" }, lesson.title),
      h("h1", {}, words.page),
      given,
      this.#status,
      h(
        "div",
        { class: "row ways" },
        this.#export,
        this.#remove,
        h("a", { href: address(location.pathname, query) }, words.lesson),
      ),
      this.#run,
      this.#questions,
    );
    acceptDrops(
      this.element,
      (hanging) => this.element.classList.toggle("dropping", hanging),
      (dropped) => void dropped.then((files) => this.#add(files)),
    );
  }

  /** Shows what was kept, and what the end of the address brings. */
  start(): void {
    const before = kept(this.#key);
    const text = typeof before === "string" ? before : "";
    const brought = codesIn(location.hash).filter((code) => !text.includes(code));
    this.#replace([text, ...brought].filter(Boolean).join("\n"));
    this.#runs.next();
    this.#showRun();
  }

  #write(value: number): string {
    return written(value, "count", this.language);
  }

  // What was handed in

  async #add(files: SourceFile[]): Promise<void> {
    const texts = [this.#codes.value];
    for (const { content } of files) {
      if (content.size > MOST_CHARACTERS) return setText(this.#status, this.#words.tooLarge);
      texts.push(await new Response(content).text());
    }
    this.#replace(texts.filter(Boolean).join("\n"));
  }

  #replace(text: string): void {
    this.#codes.value = text;
    this.#read();
  }

  #read(): void {
    const text = this.#codes.value;
    if (text.length > MOST_CHARACTERS) return setText(this.#status, this.#words.tooLarge);
    keep(this.#key, text);
    this.#collected = collect(text, this.lesson);
    this.#showCollected();
    this.#showQuestions();
  }

  #showCollected(): void {
    const words = this.#words;
    const { students, left } = this.#collected;
    const count = words.students(students.length, this.#write(students.length));
    setText(this.#summary, `${words.codes}: ${count}`);
    const notCounted = left.length ? ` · ${words.left(left.length, this.#write(left.length))}` : "";
    setText(this.#status, students.length || left.length ? count + notCounted : words.none);
    this.#left.replaceChildren(
      ...left.map((each) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", class: "link", onclick: () => this.#goTo(each.line) },
            words.line(this.#write(each.line), each.name),
          ),
          `: ${this.#why(each)}`,
        ),
      ),
      ...sharedNames(students).map((name) => h("li", {}, words.sameName(name))),
    );
    this.#export.disabled = !students.length;
    this.#remove.disabled = !this.#codes.value;
  }

  #why({ why, seed }: Left): string {
    const words = this.#words.why;
    if (why !== "seed") return words[why];
    return words.seed(this.#write(seed!), this.#write(editionOf(this.lesson).seed));
  }

  #goTo(line: number): void {
    const lines = this.#codes.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + Number(line > 1);
    (this.#codes.closest("details") as HTMLDetailsElement).open = true;
    this.#codes.focus();
    this.#codes.setSelectionRange(start, start + lines[line - 1]!.length);
  }

  #save(): void {
    const { lesson } = this;
    const { students } = this.#collected;
    const image = lesson.steps.map((step) => this.#runs.of(step.state)?.image).find(Boolean);
    const optionText = (step: number, option: number) => {
      const { question } = lesson.steps[step]!;
      if (question?.form.kind !== "choice") return "";
      const words = render(
        question.form.options[option]!.words,
        this.#context(lesson.steps[step]!),
      );
      return h("p", {}, ...words).textContent!.trim();
    };
    const table = toCsv(students, lesson, this.#words, optionText, image?.width);
    // Spreadsheets read other letters right by the mark at the beginning.
    const name = this.source.name.replace(/\.(md|markdown|txt)$/i, "");
    save(new Blob(["\uFEFF", table], { type: "text/csv" }), `${name}.answers.csv`);
  }

  // What it comes to

  #showRun(): void {
    const { progress, failed } = this.#runs;
    const words = this.#words;
    if (progress === undefined) return this.#run.replaceChildren();
    if (failed) {
      const again = h(
        "button",
        { type: "button", class: "button", onclick: () => this.#runs.next() },
        words.again,
      );
      return this.#run.replaceChildren(h("p", {}, words.unmeasured), again);
    }
    const bar = this.#run.querySelector("progress") ?? h("progress", { max: "1" });
    bar.setAttribute("aria-label", words.measuring);
    bar.value = progress;
    if (!bar.isConnected) this.#run.replaceChildren(h("p", {}, words.measuring), bar);
  }

  #context(step: Step) {
    const { unknown } = LANGUAGES[this.language].lesson;
    return contextOf(this.#runs.of(step.state), this.source.base, this.language, unknown);
  }

  get #counting(): Counting {
    return {
      lesson: this.lesson,
      language: this.language,
      words: this.#words,
      report: (step) => this.#runs.of(step.state),
      context: (step) => this.#context(step),
    };
  }

  #showQuestions(): void {
    const { students } = this.#collected;
    if (!students.length) return this.#questions.replaceChildren();
    const asked = this.lesson.steps.filter(({ question }) => question);
    const words = this.#words;
    const unfolded = this.#questions.querySelector<HTMLDetailsElement>(".who")?.open ?? false;
    this.#questions.replaceChildren(
      ...asked.map((step, at) => tallyOf(step, answersTo(students, at), this.#counting)),
      studentTable(students, this.lesson, words, (value) => this.#write(value), unfolded),
    );
  }
}
