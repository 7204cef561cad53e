/** What can be done with a lesson as a whole: folded away, as it is not part of any step. */
import { h } from "../dom";
import type { LessonText } from "../text/en";
import type { Lesson } from "./lesson";
import { FROM_FILE, type Source } from "./source";

export interface Acts {
  languages: Map<string, string>;
  again(): void;
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
    entries.push(
      h("a", { href: `?${query}`.replace("notes=", "notes"), target: "_blank" }, words.notes),
    );
  }
  for (const [code, address] of acts.languages) {
    const name = new Intl.DisplayNames(code, { type: "language" }).of(code) ?? code;
    entries.push(h("a", { href: address, lang: code, hreflang: code }, name));
  }
  entries.push(
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
