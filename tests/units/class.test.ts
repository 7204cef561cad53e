/** What students hand in is read as it was written, or refused with the line; what a class answered is counted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cwd } from "node:process";
import { test } from "node:test";

import { cleanName, codesIn, decode, encode, type Handed } from "../../www/lesson/class/code";
import { collect, sharedNames } from "../../www/lesson/class/collect";
import { toCsv } from "../../www/lesson/class/csv";
import { difference, editionOf } from "../../www/lesson/class/edition";
import { around } from "../../www/lesson/class/heat";
import { handedOf } from "../../www/lesson/class/hand-in";
import { ticks } from "../../www/lesson/class/strip";
import * as summary from "../../www/lesson/class/summary";
import type { Lesson } from "../../www/lesson/lesson";
import { parse } from "../../www/lesson/parse";
import { Progress } from "../../www/lesson/progress";
import { answers as words } from "../../www/text/en";
import { handIn, madeUp, random } from "./answers";

const LESSONS = join(cwd(), "www/lessons");
const lesson = parse(readFileSync(join(LESSONS, "autoencoders.md"), "utf8"));
const german = parse(readFileSync(join(LESSONS, "autoencoders.de.md"), "utf8"));

test("a thousand random sets of answers are read as they were written", () => {
  const next = random(3);
  const below = (most: number) => Math.floor(next() * most);
  const set = (most: number, count: number) =>
    [...new Set(Array.from({ length: below(count + 1) }, () => below(most)))].sort((a, b) => a - b);
  const numbers = [0, -0.5, 65.33, 1e21, -1.5e-7, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53 - 1];
  for (let round = 0; round < 1000; round += 1) {
    const handed: Handed = {
      edition: {
        questions: below(2 ** 32),
        settings: below(2 ** 32),
        seed: [0, 1, below(2 ** 32), 2 ** 32 - 1][below(4)]!,
      },
      student: below(2 ** 32),
      time: below(2 ** 32),
      name: cleanName(
        ["", "AB", "Çelik Ü.", "李雷", "🙂".repeat(below(20)), "x".repeat(below(99))][below(6)]!,
      ),
      reached: below(60),
      answers: Array.from({ length: below(20) }, () => {
        const kind = (["open", "choice", "number", "brush"] as const)[below(4)]!;
        const given = {
          open: () => [],
          choice: () => set(6, 3),
          number: () =>
            [numbers[below(numbers.length)]!, next() * 10 ** below(9)].slice(0, below(2)),
          brush: () => set(784, 40),
        }[kind]();
        const first = [undefined, false, true][below(3)];
        return { kind, given, seen: next() < 0.5, first, hints: set(4, 2) };
      }),
    };
    const code = encode(handed);
    assert.deepEqual(decode(code), handed);
    assert.deepEqual(codesIn(`Anna: https://a.example/?lesson=b.md&answers#${code}, bye`), [code]);
  }
});

test("nothing that is no code is taken for one, whatever is done to it", () => {
  const code = encode(madeUp(lesson, 1));
  const next = random(5);
  const letters = "ABCXYZabcxyz0189-_";
  const wrong = new Set<string>();
  for (let at = 4; at < code.length; at += 1) {
    for (const letter of letters) wrong.add(code.slice(0, at) + letter + code.slice(at + 1));
    wrong.add(code.slice(0, at)).add(code.slice(0, at) + code.slice(at + 1));
    wrong.add(code.slice(0, at) + code[at]! + code.slice(at));
  }
  for (let round = 0; round < 3000; round += 1) {
    const length = Math.floor(next() * 200);
    const text = Array.from({ length }, () => letters[Math.floor(next() * letters.length)]!);
    wrong.add(`LL1-${text.join("")}`);
  }
  wrong.delete(code);
  for (const each of wrong) assert.equal(decode(each), "damaged", each);
  assert.equal(decode(code.replace("LL1-", "LL2-")), "newer");
  assert.equal(decode("hello"), "none");
  // However long it is, and whatever it promises to hold.
  assert.equal(decode(`LL1-${"A".repeat(1e6)}`), "damaged");
});

test("about a hundred letters hold the answers to the lesson with forty pixels", () => {
  const lengths = Array.from({ length: 30 }, (_, at) => encode(madeUp(lesson, at + 1)).length);
  assert.ok(Math.max(...lengths) < 140, `${lengths}`);
});

test("an edition is the same in every language, and another where questions, settings or seed are", () => {
  const edition = editionOf(lesson);
  assert.deepEqual(editionOf(german), edition);
  assert.equal(difference(edition, editionOf(german)), undefined);
  const text = readFileSync(join(LESSONS, "autoencoders.md"), "utf8");
  const other = (from: string | RegExp, to: string) => {
    const changed = text.replace(from, to);
    assert.notEqual(changed, text);
    return difference(edition, editionOf(parse(changed)));
  };
  assert.equal(other("seed: 1", "seed: 4"), "seed");
  assert.equal(other("epochs: 50", "epochs: 60"), "settings");
  assert.equal(other("pixels: 40", "pixels: 30"), "questions");
  assert.equal(other(/- \[ \] .*\n/, ""), "questions");
  assert.equal(other("# What an", "# How an"), undefined);
  assert.equal(other("view: reconstructions", "view: space"), undefined);
});

test("the answers of thirty are told apart from what is none, with the line", () => {
  const students = Array.from({ length: 30 }, (_, at) => madeUp(lesson, at + 1));
  const codes = students.map(encode);
  const later = { ...students[2]!, time: students[2]!.time + 60, reached: 9 };
  const foreign = { ...students[3]!, student: 99, answers: students[3]!.answers.slice(1) };
  const edition = { ...editionOf(lesson), seed: 4 };
  const text = [
    ...codes,
    "",
    "Good morning",
    codes[4]!.slice(0, 50),
    `again: ${codes[5]}`,
    encode(later),
    codes[2],
    encode(foreign),
    encode({ ...students[6]!, student: 100, edition }),
    codes[7]!.replace("LL1", "LL7"),
  ].join("\r\n");
  const found = collect(text, lesson);
  assert.equal(found.students.length, 30);
  assert.deepEqual(found.students[2], later);
  assert.deepEqual(
    found.left.map(({ line, why }) => [line, why]),
    [
      [3, "older"],
      [32, "none"],
      [33, "damaged"],
      [34, "double"],
      [36, "older"],
      [37, "foreign"],
      [38, "seed"],
      [39, "newer"],
    ],
  );
  // Several on one line, as messages without line breaks have them.
  assert.equal(collect(codes.join(" "), lesson).students.length, 30);
  assert.deepEqual(collect("", lesson), { students: [], left: [] });
});

test("answers that the lesson's questions cannot have are foreign, and nothing breaks", () => {
  const one = madeUp(lesson, 1);
  const asked = lesson.steps.flatMap(({ question }) => question ?? []);
  const at = (kind: string) => asked.findIndex(({ form }) => form.kind === kind);
  const changed = (question: number, change: object) => ({
    ...one,
    answers: one.answers.map((each, place) => (place === question ? { ...each, ...change } : each)),
  });
  const many = Array.from({ length: 41 }, (_, pixel) => pixel);
  for (const handed of [
    changed(at("choice"), { given: [9] }),
    changed(at("choice"), { given: [0, 1] }),
    changed(at("choice"), { hints: [7] }),
    changed(at("brush"), { given: many }),
    changed(at("brush"), { kind: "open", given: [] }),
    { ...one, reached: 61 },
  ]) {
    const { students, left } = collect(encode(handed), lesson);
    assert.deepEqual([students, left.map(({ why }) => why)], [[], ["foreign"]]);
  }
});

test("who has the same name as somebody else is told, and nobody is left out for it", () => {
  const names = ["Anna", "anna ", "Ben", "", ""];
  const handed = names.map((name, at) => ({ ...madeUp(lesson, at + 1), name: cleanName(name) }));
  const { students } = collect(handed.map(encode).join("\n"), lesson);
  assert.equal(students.length, 5);
  assert.deepEqual(sharedNames(students), ["Anna", "anna"]);
});

test("a name is one line of letters, however it is typed", () => {
  assert.equal(cleanName("  Anna \n B.\u202e\u0000 "), "Anna B.");
  assert.equal(cleanName("e\u0301"), "é");
  assert.ok(new TextEncoder().encode(cleanName("李".repeat(50))).length <= 63);
});

test("what is handed in is what was done, and only that", () => {
  const progress = new Progress("a test", lesson.steps.length);
  progress.name = " Anna ";
  progress.enter(2);
  progress.set(0, { given: [65], revealed: true, first: false, tried: [12], hints: [0] });
  progress.set(2, { given: [9, 3, 3.5, -1, 7], revealed: false, hints: [8] });
  const handed = handedOf(lesson, progress, 1_800_000_000);
  assert.deepEqual(collect(encode(handed), lesson).students, [handed]);
  assert.equal(handed.name, "Anna");
  assert.equal(handed.reached, 3);
  const [first, , marks] = handed.answers;
  assert.deepEqual(first, { kind: "number", given: [12], seen: true, first: false, hints: [0] });
  assert.deepEqual(marks, {
    kind: "brush",
    given: [3, 7, 9],
    seen: false,
    first: undefined,
    hints: [],
  });
});

/** Of a step with these ways to answer, and four pixels in two rows. */
const SMALL: Lesson = parse(
  "---\ntitle: A\n---\n## One\n### Question\nQ\n- [ ] a, or =b\n- [x] c\n\n### Hint\nh\n### Answer\nA\n## Two\n" +
    "### Question\n```number\nanswer: 5\n```\n### Answer\nA\n## Three\n```lens\nrun: yes\n```\n" +
    "### Question\n```brush\npixels: 2\n```\n### Answer\nA\n",
);

function student(name: string, option: number[], number: number[], pixels: number[]): Handed {
  const answer = { seen: true, first: undefined, hints: [] };
  return {
    edition: editionOf(SMALL),
    student: name.charCodeAt(0),
    time: 1_800_000_000,
    name,
    reached: 3,
    answers: [
      { ...answer, kind: "choice", given: option, first: option[0] === 1, hints: [0] },
      { ...answer, kind: "number", given: number },
      { ...answer, kind: "brush", given: pixels },
    ],
  };
}

test("a class is counted: options, numbers, pixels, and how its guesses hold", () => {
  const students = [
    student("A", [1], [5], [0, 1]),
    student("B", [0], [7], [0, 2]),
    student("C", [1], [], [0]),
    student("D", [], [1e9], []),
  ];
  const to = (question: number) => summary.answersTo(students, question);
  assert.deepEqual(summary.tally(to(0)), { answered: 3, seen: 4, right: 2, hinted: 4 });
  const { form } = SMALL.steps[0]!.question!;
  assert.ok(form.kind === "choice");
  assert.deepEqual(summary.chosen(to(0), form), [1, 2]);
  assert.deepEqual(summary.numbers(to(1)), [5, 7, 1e9]);
  const counts = summary.marked(to(2), 4)!;
  assert.deepEqual(counts, [3, 1, 1, 0]);
  assert.equal(summary.marked(to(2), 2), undefined, "a pixel that the images do not have");
  // The first two pixels matter most: A has both, B one of two, C the one.
  const held = summary.guesses(to(2), counts, [0.4, 0.3, 0.2, 0.1], 2)!;
  assert.deepEqual(held, { median: 1, chance: 5 / 12, atLeast: 3, together: 1, hits: 1 });
  assert.equal(summary.guesses([], [0, 0], [1, 2], 2), undefined);
  assert.equal(summary.median([4, 1, 3]), 3);
  assert.equal(summary.median([4, 1, 3, 2]), 2.5);
});

test("a strip of numbers has the right one on it, and is not pressed together by one that is far off", () => {
  const span = summary.span([5, 6, 6, 7, 7, 8, 1e6], [65]);
  assert.ok(span.from < 5 && span.to > 65 && span.to < 100, JSON.stringify(span));
  assert.deepEqual([span.below, span.above], [0, 1]);
  for (const [numbers, right] of [
    [[], []],
    [[3], [3]],
    [[0, 0, 0], [0]],
    [[-4], [1e-9]],
    [[1e300], [-1e300]],
  ] as const) {
    const { from, to } = summary.span(numbers, right);
    assert.ok(to > from, `${numbers} ${right}`);
    const marks = ticks({ from, to });
    assert.ok(marks.length >= 2 && marks.length <= 7, `${marks}`);
    assert.ok(marks.every((mark) => mark >= from && mark <= to));
  }
});

test("pixels are drawn around where they end", () => {
  const path = around(new Set([0, 1]), { width: 2, height: 2, channels: 1 });
  // Six edges around two pixels side by side, and none between them.
  assert.equal(path.match(/M/g)!.length, 6);
  assert.ok(!path.includes("M1 0v1"));
});

test("a table of the class is one that spreadsheets read, and do not run", () => {
  const students = [student('=1+1 "x"', [0], [5], [0, 3]), student("B", [1], [], [])];
  const option = (_: number, at: number) => ["a, or =b", "c"][at]!;
  const lines = toCsv(students, SMALL, words, option, 2).split("\r\n");
  assert.equal(lines.length, 4);
  assert.ok(
    lines[0]!.startsWith("Name,Furthest step,Handed in,1. One: answer,1. One: right at first try"),
  );
  assert.equal(
    lines[1],
    `"'=1+1 ""x""",3,2027-01-15T08:00:00.000Z,"a, or =b",0,1,1,5,,0,1,r1c1 r2c2,,0,1`,
  );
  assert.equal(lines[2], "B,3,2027-01-15T08:00:00.000Z,c,1,1,1,,,0,1,,,0,1");
});

test("the made-up answers of a class are handed in as the lesson has its questions", () => {
  assert.equal(collect(handIn(lesson, 35), lesson).students.length, 35);
});
