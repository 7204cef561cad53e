/** What can be done with a lesson as a whole: folded away, as it is not part of any step. */
import { h, setText } from "../dom";
import { address } from "../settings";
import { save } from "../save";
import type { LanguageText } from "../text";
import type { LessonText } from "../text/en";
import { ANSWERS } from "./class/address";
import type { Lesson } from "./lesson";
import type { Source } from "./source";

export interface Acts {
  /** Other languages that the lesson can be had in. */
  languages: string[];
  again(): void;
  present(): void;
  print(): Promise<void>;
  open(file: File): void;
  /** Writes a lesson, of which this may be the beginning. */
  write(): void;
  /** What a student hands in, as it is now. */
  handIn(): HTMLElement;
}

export function menu(
  lesson: Lesson,
  source: Source,
  { lesson: words, answers, editor }: LanguageText,
  acts: Acts,
): HTMLElement {
  const quiet = (text: string, act: () => void) =>
    h("button", { type: "button", class: "quiet", onclick: act }, text);
  const entries: Node[] = [];
  const query = new URLSearchParams(location.search);
  const here = source.from === "address";
  if (lesson.notes && here) {
    query.set("notes", "");
    const href = address(location.pathname, query);
    entries.push(h("a", { href, target: "_blank" }, words.notes));
    query.delete("notes");
  }
  query.set(ANSWERS, "");
  entries.push(h("a", { href: address(location.pathname, query), target: "_blank" }, answers.page));
  for (const code of acts.languages) {
    const name = new Intl.DisplayNames(code, { type: "language" }).of(code) ?? code;
    const to = h("a", { href: inLanguage(code), lang: code, hreflang: code }, name);
    // The step is another one by then.
    to.addEventListener("click", () => (to.href = inLanguage(code)));
    entries.push(to);
  }
  const printing = h("span", { class: "note", role: "status" });
  const onPaper = async () => {
    setText(printing, ` ${words.preparing}`);
    await acts.print();
    setText(printing, "");
  };
  entries.push(
    quiet(words.present, acts.present),
    h(
      "span",
      {},
      quiet(words.print, () => void onPaper()),
      printing,
    ),
    quiet(words.again, acts.again),
    quiet(words.save, () =>
      save(new Blob([source.text], { type: "text/markdown" }), fileName(source)),
    ),
    ...(source.from === "draft" ? [] : [quiet(editor.write, acts.write)]),
  );
  entries.push(h("a", { href: location.pathname }, words.leave));
  const folded = h("details", { class: "handing" }, h("summary", {}, answers.handIn));
  folded.addEventListener("toggle", () => {
    if (folded.open) folded.replaceChildren(folded.firstElementChild!, acts.handIn());
  });
  const from = here ? words.source(source.base) : words.sourceFile(source.name);
  return h(
    "details",
    { class: "more" },
    h("summary", {}, words.more),
    folded,
    h(
      "ul",
      {},
      ...entries.map((entry) => h("li", {}, entry)),
      h("li", {}, picker(words, acts.open)),
    ),
    ...(source.from === "draft" ? [] : [h("p", { class: "note" }, from)]),
  );
}

/** As a file is called that is a lesson's text. */
function fileName({ name }: Source): string {
  return /\.(md|markdown|txt)$/i.test(name) ? name : `${name}.md`;
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
