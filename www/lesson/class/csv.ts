/** The answers of a class as a table for spreadsheets: a student in a row. */
import type { AnswersText } from "../../text/en";
import type { Handed } from "./code";
import type { Lesson } from "../lesson";

/** `optionText` gives an option's words, `width` the pixels in a row of the images. */
export function toCsv(
  students: readonly Handed[],
  { steps }: Lesson,
  words: AnswersText,
  optionText: (step: number, option: number) => string,
  width: number | undefined,
): string {
  const asked = steps.flatMap(({ title, question }, step) =>
    question ? [{ step, form: question.form, title: `${step + 1}. ${title}` }] : [],
  );
  const { columns } = words;
  const head = [
    ...[columns.name, columns.reached, columns.time],
    ...asked.flatMap(({ title }) =>
      [columns.answer, columns.first, columns.hints, columns.seen].map(
        (each) => `${title}: ${each}`,
      ),
    ),
  ];
  const rows = students.map(({ name, reached, time, answers }) => [
    ...[name, reached, new Date(1000 * time).toISOString()],
    ...answers.flatMap(({ given, first, hints, seen }, at) => {
      const { step, form } = asked[at]!;
      const place = (pixel: number) =>
        width ? `r${Math.floor(pixel / width) + 1}c${(pixel % width) + 1}` : `${pixel + 1}`;
      const answer =
        form.kind === "number"
          ? (given[0] ?? "")
          : form.kind === "choice"
            ? given.map((option) => optionText(step, option)).join("; ")
            : given.map(place).join(" ");
      const yes = (value: boolean | undefined) => (value === undefined ? "" : Number(value));
      return [answer, yes(first), hints.length, Number(seen)];
    }),
  ]);
  return [head, ...rows].map((row) => `${row.map(cell).join()}\r\n`).join("");
}

/** What a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: string | number): string {
  if (typeof value === "number") return `${value}`;
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
