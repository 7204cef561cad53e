/** What can be done with a lesson as a whole: folded away, as it is not part of any step. */
import { h } from "../dom";
import { address } from "../settings";
import type { LessonText } from "../text/en";
import type { Lesson } from "./lesson";
import { FROM_FILE, type Source } from "./source";

export interface Acts {
  /** Other languages that the lesson can be had in. */
  languages: string[];
  again(): void;
  present(): void;
  open(file: File): void;
}

export function menu(lesson: Lesson, source: Source, words: LessonText, acts: Acts): HTMLElement {
  const quiet = (text: string, act: () => void) =>
    h("button", { type: "button", class: "quiet", onclick: act }, text);
  const entries: Node[] = [];
  const query = new URLSearchParams(location.search);
  const file = query.get("lesson") === FROM_FILE;
  if (lesson.notes && !file) {
    query.set("notes", "");
    const href = address(location.pathname, query);
    entries.push(h("a", { href, target: "_blank" }, words.notes));
  }
  for (const code of acts.languages) {
    const name = new Intl.DisplayNames(code, { type: "language" }).of(code) ?? code;
    const to = h("a", { href: inLanguage(code), lang: code, hreflang: code }, name);
    // The step is another one by then.
    to.addEventListener("click", () => (to.href = inLanguage(code)));
    entries.push(to);
  }
  entries.push(
    quiet(words.present, acts.present),
    quiet(words.print, () => print()),
    quiet(words.again, acts.again),
  );
  entries.push(h("a", { href: location.pathname }, words.leave));
  const from = file ? words.sourceFile(source.name) : words.source(source.base);
  return h(
    "details",
    { class: "more" },
    h("summary", {}, words.more),
    h(
      "ul",
      {},
      ...entries.map((entry) => h("li", {}, entry)),
      h("li", {}, picker(words, acts.open)),
    ),
    h("p", { class: "note" }, from),
  );
}

/** The address of the page as it stands, in another language. */
function inLanguage(code: string): string {
  const query = new URLSearchParams(location.search);
  query.set("lang", code);
  return address(location.pathname, query) + location.hash;
}

/** Chooses a lesson from a file. */
export function picker(words: LessonText, open: (file: File) => void): HTMLElement {
  const input = h("input", {
    type: "file",
    accept: ".md,.markdown,text/markdown,text/plain",
    class: "unseen",
    onchange: () => {
      const [file] = input.files ?? [];
      if (file) open(file);
    },
  });
  return h(
    "label",
    { class: "picker" },
    input,
    h("span", {}, words.own),
    h("span", { class: "note" }, words.drop),
  );
}
