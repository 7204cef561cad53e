/** Reads what a class has handed in: one text with a code on a line, or more, in whatever is around them. */
import type { Lesson } from "../lesson";
import { codesIn, decode, type Handed, type NoCode } from "./code";
import { difference, type Difference, editionOf } from "./edition";

export interface Collected {
  /** One for each student, in the order in which they came. */
  students: Handed[];
  /** What is not among them, with the line that it stands on. */
  left: Left[];
}

export interface Left {
  /** From 1. */
  line: number;
  /** What the student called themselves, where that could be read. */
  name: string | undefined;
  why: NoCode | Difference | "foreign" | "double" | "older" | "many";
  /** The lesson's own seed and that of the answers, where they differ. */
  seed?: number;
}

/** Larger than any school. */
const MOST_STUDENTS = 500;

export function collect(text: string, lesson: Lesson): Collected {
  const edition = editionOf(lesson);
  const left: Left[] = [];
  const found = new Map<number, { handed: Handed; line: number }>();
  for (const [at, written] of text.split(/\r\n?|\n/).entries()) {
    const line = at + 1;
    if (!written.trim()) continue;
    const codes = codesIn(written);
    if (!codes.length) left.push({ line, name: undefined, why: "none" });
    for (const code of codes) {
      const handed = decode(code);
      if (typeof handed === "string") {
        left.push({ line, name: undefined, why: handed });
        continue;
      }
      const { name, student, time } = handed;
      const other = difference(edition, handed.edition);
      const before = found.get(student);
      if (other) left.push({ line, name, why: other, seed: handed.edition.seed });
      else if (!fits(handed, lesson)) left.push({ line, name, why: "foreign" });
      else if (!before && found.size >= MOST_STUDENTS) left.push({ line, name, why: "many" });
      else if (before && before.handed.time >= time) {
        left.push({ line, name, why: before.handed.time === time ? "double" : "older" });
      } else {
        if (before) left.push({ line: before.line, name: before.handed.name, why: "older" });
        found.set(student, { handed, line });
      }
    }
  }
  left.sort((a, b) => a.line - b.line);
  return { students: [...found.values()].map(({ handed }) => handed), left };
}

/** Whether every answer is one that the lesson's questions can have. */
function fits({ answers, reached }: Handed, { steps }: Lesson): boolean {
  const questions = steps.flatMap(({ question }) => question ?? []);
  if (answers.length !== questions.length || reached > steps.length) return false;
  return questions.every(({ form, hints }, at) => {
    const answer = answers[at]!;
    const { given } = answer;
    if (answer.kind !== form.kind || answer.hints.some((hint) => hint >= hints.length))
      return false;
    switch (form.kind) {
      case "open":
        return given.length === 0;
      case "choice": {
        const several = form.options.filter(({ right }) => right).length > 1;
        const most = several ? form.options.length : 1;
        return given.length <= most && given.every((option) => option < form.options.length);
      }
      case "number":
        return given.length <= 1;
      case "brush":
        return given.length <= form.pixels;
    }
  });
}

/** Names that several students have, who may be one: on two machines, or after a visit without memory. */
export function sharedNames(students: readonly Handed[]): string[] {
  const counts = new Map<string, number>();
  for (const { name } of students) {
    const key = name.toLocaleLowerCase();
    if (key) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const shared = students.filter(({ name }) => counts.get(name.toLocaleLowerCase())! > 1);
  return [...new Set(shared.map(({ name }) => name))];
}
