/** The students of a class, one by one. */
import { h } from "../../dom";
import type { AnswersText } from "../../text/en";
import type { Lesson } from "../lesson";
import type { Handed } from "./code";

/** Names are folded away: the page may hang on the wall. */
export function studentTable(
  students: readonly Handed[],
  lesson: Lesson,
  words: AnswersText,
  write: (value: number) => string,
  open: boolean,
): HTMLElement {
  const { columns } = words;
  const row = (tag: "th" | "td", cells: string[]) =>
    h("tr", {}, ...cells.map((cell) => h(tag, {}, cell)));
  const of = write(lesson.steps.length);
  const rows = students.map(({ name, reached, answers }) => {
    const right = answers.filter(({ first }) => first).length;
    const hints = answers.reduce((sum, each) => sum + each.hints.length, 0);
    return row("td", [name || "–", `${write(reached)} / ${of}`, write(right), write(hints)]);
  });
  return h(
    "details",
    { class: "who", open },
    h("summary", {}, words.reached),
    h(
      "table",
      {},
      h("thead", {}, row("th", [columns.name, columns.reached, columns.first, columns.hints])),
      h("tbody", {}, ...rows),
    ),
  );
}
