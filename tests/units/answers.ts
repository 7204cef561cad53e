/** Made-up answers of a class, the same in every run. */
import { encode, type Handed, type HandedAnswer } from "../../www/lesson/class/code";
import { editionOf } from "../../www/lesson/class/edition";
import type { Form, Lesson } from "../../www/lesson/lesson";

/** Numbers from 0 to 1 that look random. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Of a student who has come to step 5 or further. */
export function madeUp(lesson: Lesson, student: number): Handed {
  const next = random(7919 * student);
  const reached = 5 + Math.floor(next() * (lesson.steps.length - 4));
  const answers = lesson.steps.flatMap(({ question }, at): HandedAnswer[] => {
    if (!question) return [];
    const { form, hints } = question;
    if (at >= reached)
      return [{ kind: form.kind, given: [], seen: false, first: undefined, hints: [] }];
    const given = answer(form, next);
    const opened = hints.length && next() < 0.3 ? [0] : [];
    const right = form.kind === "choice" ? form.options[given[0]!]!.right : next() < 0.6;
    const first = form.kind === "choice" || form.kind === "number" ? right : undefined;
    return [{ kind: form.kind, given, seen: true, first, hints: opened }];
  });
  const name = ["Anna", "Ben", "Çelik", "Dora", "E. F."][student % 5]! + ` ${student}`;
  const time = 1_790_000_000 + student;
  return { edition: editionOf(lesson), student, time, name, reached, answers };
}

/** The codes of a class, one on a line. */
export function handIn(lesson: Lesson, students: number): string {
  return Array.from({ length: students }, (_, at) => encode(madeUp(lesson, at + 1))).join("\n");
}

function answer(form: Form, next: () => number): number[] {
  switch (form.kind) {
    case "open":
      return [];
    case "choice": {
      const right = form.options.findIndex((option) => option.right);
      return [next() < 0.6 ? right : Math.floor(next() * form.options.length)];
    }
    case "number":
      return [
        typeof form.answer === "number"
          ? Math.round((form.answer + 1) * (0.5 + next()) * 10) / 10
          : 1 + Math.floor(next() * 12),
      ];
    case "brush": {
      // Around a point near the middle of an image of 28 × 28 pixels.
      const [x, y] = [10 + 8 * next(), 8 + 12 * next()];
      const marks = new Set<number>();
      while (marks.size < Math.min(form.pixels, 40)) {
        const column = Math.round(x + 5 * (next() + next() - 1));
        const row = Math.round(y + 9 * (next() + next() - 1));
        if (column >= 0 && column < 28 && row >= 0 && row < 28) marks.add(28 * row + column);
      }
      return [...marks].sort((a, b) => a - b);
    }
  }
}
