/** A lesson being written: its text, everything that is wrong with it by line, and a hand on the preview. */
import { h, setText } from "../../dom";
import { save } from "../../save";
import type { EditorText } from "../../text/en";
import type { Images } from "../images";
import type { Lesson, LessonError } from "../lesson";
import { read } from "../parse";
import type { Source } from "../source";
import { keep, kept } from "../store";

/** In the page's address, in place of a lesson's: the draft that this browser keeps. */
export const DRAFT = "draft";

/** What is typed is read when it has paused. */
const PAUSE_MS = 500;

export function keptDraft(): string | undefined {
  const found = kept(DRAFT);
  return typeof found === "string" && found.trim() ? found : undefined;
}

export function sourceOf(draft: string): Source {
  return { name: "lesson.md", from: "draft", text: draft, base: location.href, key: DRAFT };
}

export function keepDraft(text: string): void {
  keep(DRAFT, text);
}

export class Editor {
  readonly #text;
  readonly #numbers = h("div", { class: "numbers", "aria-hidden": "true" });
  readonly #status = h("p", { class: "status", role: "status" });
  readonly #faults = h("ul", { class: "faults" });
  readonly element;
  #shown: { text: string; step: number } | undefined;
  #title = "";
  #pause = 0;

  constructor(
    text: string,
    readonly words: EditorText,
    readonly images: Images,
    /** Shows a lesson at one of its steps, counted from 0, or hears that there is none. */
    readonly preview: (lesson: Lesson | undefined, text: string, step: number) => void,
  ) {
    this.#text = h("textarea", {
      wrap: "off",
      spellcheck: "false",
      autocomplete: "off",
      "aria-label": words.text,
      oninput: () => {
        this.#number();
        this.#later();
      },
      onscroll: () => {
        this.#numbers.style.translate = `0 ${-this.#text.scrollTop}px`;
      },
      // Wherever the hand is in the text, there is the preview.
      onclick: () => this.#later(),
      onkeyup: () => this.#later(),
    });
    this.#text.value = text;
    this.element = h(
      "section",
      { class: "lesson editor", "aria-label": words.heading },
      h(
        "div",
        { class: "row" },
        h("h2", {}, words.heading),
        h("button", { type: "button", class: "button", onclick: () => this.#save() }, words.save),
        h("a", { href: "book/lessons.html", target: "_blank", rel: "noopener" }, words.guide),
      ),
      h("div", { class: "page" }, h("div", { class: "gutter" }, this.#numbers), this.#text),
      this.#status,
      this.#faults,
    );
    this.#number();
  }

  /** Shows what there is; to be called when the editor is in the page. */
  start(): void {
    this.#text.focus();
    this.#text.setSelectionRange(0, 0);
    this.#text.scrollTop = 0;
    this.#read();
  }

  #later(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#read(), PAUSE_MS);
  }

  #number(): void {
    const lines = this.#text.value.split("\n").length;
    setText(this.#numbers, Array.from({ length: lines }, (_, at) => at + 1).join("\n"));
  }

  #read(): void {
    const text = this.#text.value;
    keepDraft(text);
    const { lesson, faults } = read(text, this.images);
    this.#tell(faults);
    const line = text.slice(0, this.#text.selectionStart).split("\n").length;
    const begun = lesson?.steps.filter((each) => each.line <= line).length ?? 0;
    const step = Math.max(0, begun - 1);
    if (this.#shown?.text === text && this.#shown.step === step) return;
    if (lesson || !this.#shown) {
      this.#shown = { text, step };
      this.#title = lesson?.title ?? "";
      const { selectionStart, selectionEnd } = this.#text;
      const writing = document.activeElement === this.#text;
      this.preview(lesson, text, step);
      if (!writing) return;
      this.#text.focus({ preventScroll: true });
      this.#text.setSelectionRange(selectionStart, selectionEnd);
    }
  }

  #tell(faults: LessonError[]): void {
    const { words } = this;
    setText(this.#status, words.faults(faults.length));
    this.#status.classList.toggle("off", faults.length > 0);
    this.#faults.replaceChildren(
      ...faults.map(({ line, message }) =>
        line === undefined
          ? h("li", {}, message)
          : h(
              "li",
              {},
              h(
                "button",
                { type: "button", class: "link", onclick: () => this.#goTo(line) },
                words.line(`${line}`),
              ),
              `: ${message}`,
            ),
      ),
    );
  }

  #goTo(line: number): void {
    const lines = this.#text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    this.#text.focus();
    this.#text.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    const height = this.#text.scrollHeight / lines.length;
    this.#text.scrollTop = Math.max(0, (line - 3) * height);
  }

  #save(): void {
    const name = this.#title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "");
    save(new Blob([this.#text.value], { type: "text/markdown" }), `${name || "lesson"}.md`);
  }
}
