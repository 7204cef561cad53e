/** The lines between two “---” at the top of a lesson's file. */
import { refuseFacts } from "./blocks";
import type { Faults } from "./faults";
import { type Lesson, LessonError, type State } from "./lesson";
import { Given, type Pair, pairs } from "./pairs";
import { emptyState, setState } from "./state";

export type Head = Pick<Lesson, "title" | "language" | "notes" | "translations"> & {
  state: State;
  given: Given;
};

/** What the head says, the text below it, and the line on which that begins. */
export function frontMatter(
  text: string,
  faults: Faults,
): { head: Head; body: string; begins: number } {
  const found = /^---\n([\s\S]*?)\n---(?:\n|$)/.exec(text);
  if (!found) {
    throw new LessonError(
      1,
      "The file must begin with a line “---”, its title as “title: …” and a line “---”.",
    );
  }
  const head: Head = {
    title: "",
    language: "en",
    notes: undefined,
    translations: new Map(),
    state: emptyState(),
    given: new Given(),
  };
  const all = pairs(found[1]!, 2, faults);
  for (const pair of all) faults.attempt(() => setHead(head, pair, faults), undefined);
  if (!all.some(({ name, value }) => name === "title" && value)) {
    faults.add(new LessonError(1, "The lesson has no title: add a line “title: …” at its top."));
  }
  const own = all.find(({ name }) => name === "translations");
  if (own && head.translations.has(head.language)) {
    const words = `“${head.language}” is the lesson’s own language: translations are others.`;
    faults.add(new LessonError(own.line, words));
  }
  const begins = found[0].split("\n").length;
  return { head, body: text.slice(found[0].length), begins };
}

function setHead(head: Head, pair: Pair, faults: Faults): void {
  const { name, value, line } = pair;
  switch (name) {
    case "title":
      refuseFacts(value, line, faults);
      head.title = value;
      break;
    case "language":
      head.language = language(value, line);
      break;
    case "notes":
      head.notes = page(value, line);
      break;
    case "translations":
      for (const entry of value.split(",")) {
        const [code = "", address = ""] = entry.split("=").map((each) => each.trim());
        if (!address) {
          throw new LessonError(
            line,
            "Translations are written like “de=lesson.de.md, fr=lesson.fr.md”.",
          );
        }
        const tag = language(code, line);
        if (head.translations.has(tag)) {
          throw new LessonError(line, `“${tag}” stands here twice: keep one translation.`);
        }
        head.translations.set(tag, page(address, line));
      }
      break;
    default:
      // The head holds for all steps, which may differ in what they show and whether they run.
      return setState(head.state, pair, head.given);
  }
  head.given.once(name, line);
}

function language(text: string, line: number): string {
  try {
    return new Intl.Locale(text).toString();
  } catch {
    throw new LessonError(line, `“${text}” is no language: write its code, such as en or de.`);
  }
}

/** The address of a page, which may be relative. */
function page(text: string, line: number): string {
  const url =
    text &&
    URL.canParse(text, "https://lesson.example/") &&
    new URL(text, "https://lesson.example/");
  if (url && ["https:", "http:"].includes(url.protocol)) return text;
  throw new LessonError(line, `“${text}” is no address of a file, such as lesson.de.md.`);
}
