/** A lesson's file is read as docs/lessons.md says, and its facts are the report's. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cwd } from "node:process";
import { test } from "node:test";

import { evaluate, FACTS, formula, type Found, written } from "../../www/lesson/facts";
import {
  type Form,
  type Lesson,
  LessonError,
  PARTS,
  type Step,
  stateOf,
} from "../../www/lesson/lesson";
import { parse, read } from "../../www/lesson/parse";
import { LESSON_SETTINGS, setting } from "../../www/lesson/state";
import { judgeOf } from "../../www/lesson/question";
import { presetNamed, presetTexts } from "../../www/network-presets";
import type { Report } from "../../www/report";
import { type Name, PROJECTIONS, SETTINGS } from "../../www/settings";
import * as de from "../../www/text/de";
import * as en from "../../www/text/en";
import { VIEWS } from "../../www/views/table";

const LESSONS = join(cwd(), "www/lessons");

function lesson(name: string): Lesson {
  return parse(readFileSync(join(LESSONS, name), "utf8"));
}

/** What a step is but for its words. */
function bones({ state, minutes, question }: Step) {
  const form = question?.form;
  return {
    state,
    minutes,
    shown: question?.shown,
    hints: question?.hints.length,
    kind: form?.kind,
    right: form?.kind === "choice" ? form.options.map(({ right }) => right) : form?.kind,
  };
}

test("every lesson of the site is one, and its translations differ in words only", () => {
  const names = readdirSync(LESSONS).filter((name) => !name.includes("notes"));
  assert.ok(names.includes("autoencoders.md") && names.includes("autoencoders.de.md"));
  for (const name of names) {
    const read = lesson(name);
    if (read.notes) assert.ok(readdirSync(LESSONS).includes(read.notes), `${name}: ${read.notes}`);
    for (const [language, other] of read.translations) {
      const translated = lesson(other);
      assert.equal(translated.language, language);
      assert.deepEqual(translated.steps.map(bones), read.steps.map(bones), other);
    }
  }
});

test("the lesson fills about an hour, and forty-five minutes without the steps that may be left out", () => {
  const minutes = lesson("autoencoders.md").steps.map(({ minutes }) => minutes ?? 0);
  const total = (some: readonly number[]) => some.reduce((sum, each) => sum + each);
  assert.equal(total(minutes), 64);
  assert.equal(total(minutes.filter((_, step) => step < 9 || step > 12)), 45);
});

test("the example of the guide is a lesson with every way to answer", () => {
  const guide = readFileSync(join(cwd(), "docs/lessons.md"), "utf8");
  const example = /````markdown\n([\s\S]*?)````/.exec(guide)![1]!;
  const kinds = parse(example).steps.map(({ question }) => question?.form.kind);
  assert.deepEqual(new Set(kinds), new Set(["choice", "number", "brush", "open", undefined]));
});

/** The rows of a table of the guide, by what stands in their first cell. */
function guideTable(heading: string): Map<string, string[]> {
  const guide = readFileSync(join(cwd(), "docs/lessons.md"), "utf8");
  const part = guide.split(new RegExp(`^##+ ${heading}$`, "m"))[1]!.split(/^##/m)[0]!;
  const rows = part.split("\n").filter((line) => line.startsWith("| `"));
  return new Map(
    rows.map((row) => {
      const cells = row.split("|").map((cell) => cell.trim());
      return [cells[1]!.replaceAll("`", ""), cells.slice(2, -1)];
    }),
  );
}

test("the guide lists every setting and view that a lesson may use, with its values, and no other", () => {
  const settings = guideTable("Settings");
  assert.deepEqual([...settings.keys()], LESSON_SETTINGS);
  for (const [name, [, values, without]] of settings) {
    const { control, initial } = SETTINGS[name as Name];
    const listed = [...values!.matchAll(/`([^`]+)`/g)].map(([, value]) => value!);
    const options = {
      projection: Object.keys(PROJECTIONS),
      view: [],
      ...("options" in control && { [name]: Object.keys(control.options) }),
    }[name];
    if (control.kind === "choice") assert.deepEqual(listed, options, name);
    else
      for (const option of options ?? []) assert.ok(listed.includes(option), `${name}: ${option}`);
    // What is written as a value is one.
    for (const value of listed) assert.doesNotThrow(() => setting(name as Name, value, 1), name);
    if (/^`/.test(without!)) assert.equal(without, `\`${initial}\``, name);
    else assert.ok(initial === "" || ["engine", "palette"].includes(name), name);
  }
  assert.deepEqual([...guideTable("Views").keys()], Object.keys(VIEWS));
  const guide = readFileSync(join(cwd(), "docs/lessons.md"), "utf8");
  const shown = /^\| `show: figure` +\| (.*)/m.exec(guide)![1]!;
  for (const part of PARTS) assert.ok(shown.includes(`\`${part}\``), part);
});

test("the guide names every fact as it is written, and no other", () => {
  const signatures = Object.entries(FACTS).map(([name, { takes }]) => {
    const needed = takes.filter((each) => !each.endsWith("?"));
    return needed.length ? `${name}(${needed.join(", ")})` : name;
  });
  assert.deepEqual([...guideTable("Facts").keys()].sort(), signatures.sort());
});

test("every lesson that the editor begins with is one", () => {
  for (const { editor } of [en, de]) assert.deepEqual(read(editor.example).faults, []);
});

const HEAD = "---\ntitle: A\n---\n";

test("a step has its settings from the head, its own, and those of its answer", () => {
  const { steps } = parse(
    "---\ntitle: A\nclasses: 3,8\nepochs: 4\n---\n\n## One\n\n```lens\nepochs: 5\nrun\n```\n\nText.\n\n" +
      "### Question\n\nWhy?\n\n### Answer\n\n```lens\nview: pixels\nshow: figure\n```\n\nSo.\n",
  );
  assert.deepEqual(stateOf(steps[0]!, false), {
    settings: { classes: "3,8", epochs: "5" },
    run: true,
    watch: false,
    show: "figure",
  });
  assert.deepEqual(stateOf(steps[0]!, true), {
    settings: { classes: "3,8", epochs: "5", view: "pixels" },
    run: true,
    watch: false,
    show: "figure",
  });
});

test("a step is of a kind of autoencoder by one line, but for what it says itself", () => {
  const { steps } = parse(
    "---\ntitle: A\nbeta: 2\nepochs: 4\npreset: keras-variational\n---\n\n## One\n\n" +
      "```lens\nrun\n```\n\n## Two\n\n```lens\ndims: 3\npreset: keras-sparse\nrun\n```\n\n" +
      "{{top(1)}} or [another](?preset=keras-deep&epochs=3)?\n",
  );
  const [variational, sparse] = steps.map((step) => stateOf(step, false).settings);
  const texts = (name: string) => presetTexts(presetNamed(name));
  assert.deepEqual(variational, { ...texts("keras-variational"), beta: "2", epochs: "4" });
  assert.deepEqual(sparse, { ...texts("keras-sparse"), dims: "3" });
});

test("a file that is no lesson is refused with the line and what would be right", () => {
  const question = "## S\n\n### Question\n\nQ\n\n";
  for (const [text, line, reason] of [
    ["# Hello\n", 1, /must begin with a line “---”/],
    ["---\nlanguage: en\n---\n## S\n", 1, /has no title/],
    ["---\ntitle: A\nlanguage: ?\n---\n## S\n", 3, /no language/],
    ["---\ntitle: A\ndims: many\n---\n## S\n", 3, /whole number, such as 12/],
    ["---\ntitle: A\njust words\n---\n## S\n", 3, /“name: value”/],
    [HEAD, undefined, /There is no step/],
    [`${HEAD}\n## S\n\n\`\`\`lens\nview: pie\n\`\`\`\n`, 8, /View must be one of/],
    [
      `${HEAD}\n## S\n\n\`\`\`lens\ncolour: red\n\`\`\`\n`,
      8,
      /no setting “colour”; there are run, watch, show/,
    ],
    [`${HEAD}\n## S\n\n\`\`\`lens\npreset: nice\n\`\`\`\n`, 8, /^Preset must be one of keras/],
    [`${HEAD}## S\n\n[a](?preset=nice)\n`, 6, /Preset must be one of keras/],
    [`${HEAD}\n## S\n\n\`\`\`lens\nautorun: true\n\`\`\`\n`, 8, /no setting “autorun”/],
    [`${HEAD}\n## S\n\n\`\`\`lens\nshow: me\n\`\`\`\n`, 8, /one of pipeline/],
    [`${HEAD}\n## S\n\n### Frage\n`, 7, /parts are Question, Hint and Answer/],
    [`${HEAD}${question}`, 8, /no “### Answer”/],
    [`${HEAD}## S\n\n### Answer\n\nA\n`, 8, /no “### Question”/],
    [`${HEAD}${question}- [ ] a\n- [ ] b\n\n### Answer\nA\n`, 10, /No option is the right one/],
    [`${HEAD}${question}- [x] a\n\n### Answer\nA\n`, 10, /at least two options/],
    [`${HEAD}${question}\`\`\`number\nwithin: 1\n\`\`\`\n### Answer\nA\n`, 10, /lacks its “answer/],
    [
      `${HEAD}## S\n\`\`\`lens\nrun\n\`\`\`\n### Question\n\`\`\`brush\npixels: 0\n\`\`\`\n### Answer\nA\n`,
      10,
      /from 1 to/,
    ],
    [`${HEAD}## S\n\n- [ ] a\n- [x] b\n`, 6, /belong under “### Question”/],
    [`${HEAD}## S\n\nThe top is {{best(1)}}.\n`, 6, /“best” is no fact; facts are height/],
    [`${HEAD}## S\n\nThe top is {{top()}}.\n`, 6, /“\)” is no fact/],
    [`${HEAD}## S\n\nThe top is {{top}}.\n`, 6, /takes 1 or 2 numbers/],
    [`${HEAD}## S\n${"a".repeat(300_000)}`, undefined, /larger than 256 kB/],
    [HEAD + "## S\n".repeat(61), 64, /more than 60 steps/],
  ] as const) {
    assert.throws(
      () => parse(text),
      (error) => {
        assert.ok(error instanceof LessonError, `${error}`);
        assert.match(error.message, reason);
        assert.equal(error.line, line, error.message);
        return true;
      },
    );
  }
});

/** The one thing that is wrong with a text: its line and why. */
function fault(text: string): [line: number | undefined, reason: string] {
  const { lesson, faults } = read(text);
  assert.equal(lesson, undefined, text);
  assert.equal(faults.length, 1, `${faults.map(({ message }) => message).join(" | ")} in ${text}`);
  return [faults[0]!.line, faults[0]!.message];
}

/** A step of two classes, four dimensions and three epochs that is run, with a question. */
function runStep({
  head = "",
  set = "",
  intro = "",
  asked = "Q",
  hint = "H",
  after = "",
  answer = "A",
}) {
  return [
    `---\ntitle: A\nclasses: 3,8\ndims: 4\nepochs: 3\n${head}---\n## S\n\`\`\`lens\nrun: yes\n${set}\`\`\``,
    `${intro}\n\n### Question\n\n${asked}\n\n### Hint\n\n${hint}\n\n### Answer`,
    `\`\`\`lens\n${after}\`\`\`\n\n${answer}\n`,
  ].join("\n\n");
}

test("what a step's run will not have is refused with the line, wherever it stands", () => {
  assert.deepEqual(read(runStep({})).faults, []);
  const brush = (lines: string) => `\`\`\`brush\n${lines}\n\`\`\``;
  for (const [parts, named, reason] of [
    // Facts
    [{ intro: "a\n{{top(5)}}" }, "{{top(5)}}", "5 is not one of the classes here, 3, 8."],
    [
      { asked: "{{rank(5, 3)}}" },
      "{{rank(5",
      "dimension 5 is not there: they go from 1 to 4 here.",
    ],
    [{ hint: "> {{top(3, 5)}}" }, "{{top(3, 5", "place 5 is not there: they go from 1 to 4 here."],
    [
      { answer: "- a\n- b\n- {{loss(4)}}" },
      "{{loss(4",
      "epoch 4 is not there: they go from 1 to 3",
    ],
    [{ answer: "| a |\n|---|\n| {{loss(0)}} |" }, "{{loss(0", "epoch 0 is not there"],
    [{ intro: "**{{share(top(7), 3)}}**" }, "{{share(top(7)", "7 is not one of the classes"],
    [{ intro: "{{share(idle, 3)}}" }, "{{share(idle", "“idle” is no dimension."],
    [{ after: "epochs: 0\n", answer: "{{loss}}" }, "{{loss", "there is no loss"],
    [{ answer: "{{shared(1)}}" }, "{{shared", "no groups are shuffled; add “features: patches”"],
    [{ set: "features: rows\n", intro: "{{together(5)}}" }, "{{together", "from 1 to 4 here."],
    [{ intro: "{{undecided}}" }, "{{undecided", "no other method is asked; add “opinions: true”."],
    [{ after: "classes: 3,5\n", asked: "{{top(8)}}" }, "{{top(8", "classes here, 3, 5."],
    [{ set: "top: {{idle}}\n" }, "top:", "“idle” is no place."],
    [{ intro: "{{top(3)}}, then {{top(3}}" }, "{{top(3}}", "lacks a closing bracket"],
    [{ intro: "a {{ b" }, "a {{ b", "“{{” stands alone"],
    // Settings
    [{ set: "explain-class: 5\n" }, "explain-class", "not one of the classes here, 3, 8."],
    [{ after: "explain-class: 5\n" }, "explain-class", "not one of the classes here, 3, 8."],
    [{ head: "explain-class: 5\n" }, "explain-class", "not one of the classes here, 3, 8."],
    [{ set: "dimension: 5\n" }, "dimension", "from 1 to 4 here."],
    [{ set: "about: 5\n" }, "about", "from 1 to 4 here."],
    [{ set: "projection: 1,5\n" }, "projection", "from 1 to 4 here."],
    [{ set: "image: 5 1\n" }, "image", "not one of the classes"],
    [{ set: "image: x\n" }, "image", "write a class and a place"],
    [{ set: "classes:\n" }, "classes:\n", "choose at least one class."],
    [{ set: "epochs: {{dims}}\n" }, "epochs: {{", "cannot be a fact of that run"],
    [{ set: "sort: maybe\n" }, "sort", "“sort” must be one of true, false."],
    [{ set: "workers: 2\n" }, "workers", "There is no setting “workers”"],
    // Links
    [{ intro: "a\nb [c](?dimension=5)" }, "?dimension", "from 1 to 4 here."],
    [{ intro: "a\nb [c](?dimenson=1)" }, "?dimenson", "There is no setting “dimenson”"],
    [{ answer: "[c](?view=pie)" }, "?view", "View must be one of"],
    [{ answer: "[c](<?dimension={{top(5)}}>)" }, "?dimension", "5 is not one of the classes"],
    // Brushes and numbers
    [{ asked: brush("image: 5") }, "image: 5", "5 is not one of the classes here, 3, 8."],
    [{ asked: brush("against: 5") }, "against: 5", "dimension 5 is not there"],
    [{ asked: brush("against: {{idle}}") }, "against: {{", "“idle” is no dimension."],
    [{ asked: brush("pixel: 5") }, "pixel:", "it has image, pixels and against."],
    [{ asked: "\`\`\`number\nanswer: {{top(5)}}\n\`\`\`" }, "answer: {{", "5 is not one of"],
    [{ asked: "\`\`\`number\nanswer: 1\nunit: {{dims}}\n\`\`\`" }, "unit:", "A unit has no facts."],
    [{ asked: "- [x] a\n- [ ] b\n- c" }, "- [x]", "Every option begins with"],
    // What does nothing
    [{ intro: "\`\`\`lenz\nview: pixels\n\`\`\`" }, "\`\`\`lenz", "There is no block “lenz”"],
    // What is given twice
    [{ set: "view: pixels\nview: figure\n" }, "view: figure", "“view” stands on line"],
    [{ after: "top: 1\ntop: 2\n" }, "top: 2", "“top” stands on line"],
    [{ asked: brush("pixels: 5\npixels: 6") }, "pixels: 6", "“pixels” stands on line"],
    [{ set: "minutes: 5\nminutes: 6\n" }, "minutes: 6", "“minutes” stands on line"],
    [{ head: "language: de\nlanguage: en\n" }, "language: en", "“language” stands on line"],
    // The head
    [{ head: "translations: de=a.md, de=b.md\n" }, "translations", "“de” stands here twice"],
    [{ head: "translations: en=a.md\n" }, "translations", "“en” is the lesson’s own language"],
    [{ head: "translations: de=a.md,\n" }, "translations", "written like “de=lesson.de.md"],
    [{ head: "translations: de=javascript:a\n" }, "translations", "is no address of a file"],
    [{ head: "notes: http://[\n" }, "notes", "is no address of a file"],
  ] as const) {
    const text = runStep(parts);
    const [line, message] = fault(text);
    assert.ok(message.includes(reason), `${message}, not ${reason}`);
    const at = text.lastIndexOf(named);
    assert.ok(at >= 0, named);
    assert.equal(line, text.slice(0, at).split("\n").length, message);
  }
});

test("what the images do not have is refused where it is known", () => {
  const classes = ["0", "3", "8", "9"].map((name) => ({ label: Number(name), name }));
  const images = new Map([["mnist", { classes, pixels: 784 }]]);
  const faultOf = (parts: Parameters<typeof runStep>[0]) =>
    read(runStep(parts), images).faults.map(({ message }) => message);
  assert.deepEqual(faultOf({}), []);
  assert.deepEqual(faultOf({ set: "classes: 3,12\n" }), [
    "“classes: 3,12”: there is no class 12; there are 0, 3, 8, 9.",
  ]);
  const brush = "\`\`\`brush\npixels: 900\n\`\`\`";
  assert.deepEqual(faultOf({ asked: brush }), ["“pixels: 900”: the images have 784 here."]);
  assert.deepEqual(faultOf({ asked: brush, set: "dataset: mine\n" }), []);
  // Classes with names may be meant by their numbers.
  const named = new Map([
    ["mnist", { pixels: 784, classes: [3, 8].map((label) => ({ label, name: `c${label}` })) }],
  ]);
  const text = (top: number) => runStep({ intro: `{{top(${top})}}` }).replace("3,8", "c3");
  assert.deepEqual(read(text(3), named).faults, []);
  assert.match(read(text(8), named).faults[0]!.message, /8 is not one of the classes here, c3\./);
});

test("where there is no run, nothing speaks of one", () => {
  const step = (text: string) => `---\ntitle: A\n---\n## S\n\n${text}`;
  assert.match(fault(step("{{loss}}"))[1], /add “run: yes”/);
  assert.match(
    fault(step("### Question\n\n\`\`\`brush\n\`\`\`\n### Answer\nA"))[1],
    /add “run: yes”/,
  );
  assert.match(fault(`---\ntitle: A\n---\n{{loss}}\n## S\n`)[1], /add “run: yes”/);
  assert.match(fault(`---\ntitle: A {{dims}}\n---\n## S\n`)[1], /A title has no facts/);
  assert.match(fault(`---\ntitle: A\n---\n## S {{dims}}\n`)[1], /A title has no facts/);
  // As it is written, code is not filled in.
  assert.deepEqual(read(step("\`{{loss}}\` and\n\n\`\`\`\n{{loss}}\n\`\`\`\n")).faults, []);
});

test("one fault does not hide the next", () => {
  const text = runStep({ set: "view: pie\ntop: no\n", intro: "{{best(1)}} {{top(5)}}" });
  const lines = read(text).faults.map(({ line }) => line);
  assert.deepEqual(lines, [10, 11, 14, 14]);
  assert.throws(() => parse(text), /View must be one of/);
});

test("lines are counted whatever ends them, and whatever stands before", () => {
  const text = `${HEAD}\nIntro\n\n## S\n\n> quote\n\n- a\n- b\n\n| a |\n|---|\n| b |\n\n### Oops\n`;
  for (const each of [text, text.replaceAll("\n", "\r\n"), `\uFEFF${text}`]) {
    assert.throws(
      () => parse(each),
      (error) => error instanceof LessonError && error.line === 18,
    );
  }
});

test("what is nested without end is refused, not a crash", () => {
  assert.doesNotThrow(() => {
    try {
      parse(`${HEAD}## S\n\n${">".repeat(100_000)} a\n`);
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
    }
  });
});

/** Two pixels in a row, two dimensions, two classes of two images. */
const REPORT = {
  image: { height: 1, width: 2, channels: 1 },
  settings: { classes: [3, 8], dims: 2, epochs: 2, seed: 1 },
  classes: [
    { label: 3, name: "3", training: 10, held_out: 2, explained: 2 },
    { label: 8, name: "8", training: 20, held_out: 2, explained: 2 },
  ],
  training: { training_loss: [0.6, 0.5], held_out_loss: [0.61, 0.51] },
  samples: { images: matrix(2, 2, [0, 0.9, 0, 0.2]), labels: [3, 8] },
  encoded: { labels: [3, 3, 8, 8], latents: matrix(4, 2, [0, 1, 0, 3, 2, 1, 2, 3]) },
  pixel_importance: { mean: matrix(2, 2, [0, 0, 0.5, 0.25]) },
  direction: { sign: matrix(2, 2, [0, 0, 1, -1]) },
  latent_importance: { mean: matrix(2, 2, [0.1, 0.3, 0.6, 0.2]) },
} as unknown as Report;

function matrix(rows: number, columns: number, values: number[]) {
  return { shape: [rows, columns], data: Float32Array.from(values) };
}

test("facts are the report's numbers", () => {
  for (const [text, value] of [
    ["pixels", 2],
    ["training", 30],
    ["heldout", 4],
    ["explained", 4],
    ["loss", 0.51],
    ["loss(1)", 0.61],
    ["top(3)", 2],
    ["top(8)", 1],
    ["top(3, 2)", 1],
    ["rank(top(3), 8)", 2],
    ["importance(top(8), 8)", 0.6],
    ["share(top(8), 8)", 0.75],
    ["marks(8)", 1],
    ["marks(3)", undefined],
    ["idle", 1],
    ["empty", 0],
    ["raising(1)", 1],
    ["lowering(2)", 1],
    ["column(1)", 2],
    ["strongest(2)", 0.25],
    // The first dimension is 0, 0, 2, 2: variance 1.
    ["alone(1)", 0.25],
    ["zero(1, 3)", 1],
    ["mean(2, 8)", 2],
    ["inked", 0.5],
    ["onink", 1],
    ["loss(7)", undefined],
    ["top(4)", undefined],
    ["mean(9, 8)", undefined],
  ] as const) {
    const found = evaluate(formula(text), REPORT);
    if (value === undefined) assert.equal(found, undefined, text);
    else assert.ok(Math.abs(found! - value) < 1e-6, `${text} is ${found}, not ${value}`);
  }
});

test("groups share what their pixels come to, and dimensions without a winner are counted", () => {
  const grouping = { names: ["both"], of: [1, 1] };
  const importance = { mean: matrix(1, 2, [2, 0.1]) };
  const area = (values: (number | null)[]) => ({ area: values });
  const found = {
    ...REPORT,
    groups: { grouping, importance, merges: [] },
    opinions: { test: { winners: [null, null], scores: [area([0.5, null]), area([0.4, null])] } },
  } as unknown as Found;
  const value = (text: string, of = found) => evaluate(formula(text), of);
  const single = value("alone(1)")! * 2;
  // The first dimension has variance 1, so that whole images come to 2.
  assert.ok(Math.abs(value("together(1)")! - 1) < 1e-6);
  assert.ok(Math.abs(value("shared(1)")! - 2 / single) < 1e-6);
  // The second is the same in all images: nothing to win.
  assert.equal(value("undecided"), 1);
  for (const text of ["together(1)", "shared(1)", "undecided"]) {
    assert.equal(value(text, REPORT), undefined, text);
  }
});

test("of colours a pixel counts with the channel that matters most", () => {
  const image = { height: 1, width: 2, channels: 3 };
  const samples = { images: matrix(1, 6, [0, 0, 0, 0, 0.4, 0]), labels: [3] };
  const together = { ...REPORT, image, samples } as unknown as Found;
  const each = {
    ...together,
    // Of the first pixel nothing matters; green of the second does.
    pixel_importance: { mean: matrix(6, 2, [0, 0, 0, 0, 0, 0, 0.1, 0, 0.5, 0.2, 0.2, 0]) },
    direction: { sign: matrix(6, 2, [0, 0, 0, 0, 0, 0, 1, 0, 1, 1, -1, 0]) },
  } as unknown as Found;
  const of = (found: Found, text: string) => evaluate(formula(text), found);
  for (const found of [together, each]) {
    assert.equal(of(found, "pixels"), 2);
    assert.equal(of(found, "idle"), 1);
    assert.equal(of(found, "column(1)"), 2);
    assert.equal(of(found, "strongest(1)"), 0.5);
    assert.equal(of(found, "inked"), 0.5);
    assert.equal(of(found, "onink"), 1);
    assert.equal(of(found, "alike(1)"), undefined);
  }
  assert.equal(of(each, "raising(1)"), 2);
  assert.equal(of(each, "lowering(1)"), 1);
});

test("facts of a class are of the one that people call so, if it can be measured", () => {
  const classes = [
    { label: 0, name: "3", training: 10, held_out: 2, explained: 2 },
    { label: 3, name: "1000", training: 20, held_out: 2, explained: 2 },
  ];
  const encoded = { ...REPORT.encoded!, labels: [0, 0, 3, 3] };
  const named = { ...REPORT, classes, encoded } as Report;
  assert.equal(evaluate(formula("top(3)"), named), 2);
  assert.equal(evaluate(formula("top(1000)"), named), 1);
  assert.equal(evaluate(formula("top(0)"), named), undefined);
  assert.equal(evaluate(formula("zero(1, 3)"), named), 1);
  const [first, second] = classes;
  const alone = { ...named, classes: [first, { ...second, explained: 1 }] } as Report;
  assert.equal(evaluate(formula("top(3)"), alone), 2);
  assert.equal(evaluate(formula("top(1000)"), alone), undefined);
  assert.equal(evaluate(formula("importance(1, 1000)"), alone), undefined);
});

test("neighbours are alike whose weights for a dimension have the same sign", () => {
  // Two rows of two pixels, the last of which does not matter to the first dimension.
  const square = {
    ...REPORT,
    image: { height: 2, width: 2, channels: 1 },
    pixel_importance: { mean: matrix(4, 2, [1, 1, 1, 1, 1, 1, 0, 1]) },
    network: {
      encoder: [{ weight: matrix(4, 2, [1, 1, 2, -1, -3, 1, 4, 1]) }],
      decoder: [],
    },
  } as unknown as Found;
  assert.equal(evaluate(formula("alike(1)"), square), 1 / 2);
  assert.equal(evaluate(formula("alike(2)"), square), 1 / 2);
  assert.equal(evaluate(formula("alike(1)"), REPORT), undefined);
});

test("a number may be every dimension that is higher for a class", () => {
  const [{ question }] = parse(
    `---\ntitle: A\nclasses: 3,8\n---\n## S\n\n\`\`\`lens\nrun: yes\nwatch: yes\n\`\`\`\n\n### Question\n\nWhich?\n\n\`\`\`number\nhigher: 8\n\`\`\`\n\n### Answer\n\nA\n`,
  ).steps as [Step];
  const form = question!.form as Form & { kind: "number" };
  assert.equal(judgeOf(form, undefined), undefined, "a run has to say it");
  assert.deepEqual([0, 1, 1.5, 2, 3].filter(judgeOf(form, REPORT)!), [1]);
});

test("numbers are written as the language has them", () => {
  assert.equal(written(1807, "count", "en"), "1,807");
  assert.equal(written(1807, "count", "de"), "1.807");
  assert.equal(written(0.1465, "loss", "de"), "0,147");
  assert.equal(written(0.00002947, "measure", "en"), "2.95×10⁻⁵");
  assert.equal(written(2.4, "measure", "de"), "2,40");
  assert.equal(written(0.047, "percent", "en"), "4.7%");
});

test("every language has every word, each of the same kind", () => {
  const shape = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shape(each)]))
      : typeof value === "function"
        ? `function of ${value.length}`
        : typeof value;
  assert.deepEqual(shape({ ...de }), shape({ ...en }));
});
