/**
 * Every sentence of the lesson is either no statement about the numbers, or has a check here that holds
 * for ten seeds; on networks of convolutions for as many as `class-of-ten.ts` has. A paragraph that is
 * changed, in either language, fails until somebody has looked whether its checks still prove it, and has
 * written down its new digest.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cwd } from "node:process";
import { test } from "node:test";
import type { Token, Tokens } from "marked";

import { evaluate, FACTS, formula, written } from "../../www/lesson/facts";
import { type Lesson, stateOf } from "../../www/lesson/lesson";
import { plain } from "../../www/lesson/markdown";
import { parse } from "../../www/lesson/parse";
import { judgeOf } from "../../www/lesson/question";
import { classOfTen, isConvolutional, type Seen } from "./class-of-ten";
import { CLAIMS } from "./lesson-claims";
import { accepted, DIMS } from "./lesson-measures";

const LANGUAGES = ["en", "de"] as const;
type Language = (typeof LANGUAGES)[number];

const LESSONS: Record<Language, Lesson> = {
  en: lesson("autoencoders.md"),
  de: lesson("autoencoders.de.md"),
};

function lesson(name: string): Lesson {
  return parse(readFileSync(join(cwd(), "www/lessons", name), "utf8"));
}

let computed: Promise<Seen[]> | undefined;
const seen = () => (computed ??= classOfTen());

/** A paragraph, an option or a hint, with where it stands. */
interface Passage {
  where: string;
  text: string;
  /** Whether it is read beside the run that the answer is about. */
  after: boolean;
  step: number;
}

function passages({ opening, steps }: Lesson): Passage[] {
  const found: Passage[] = opening.map((token) => ({
    where: "opening",
    text: textOf(token),
    after: false,
    step: 0,
  }));
  for (const [step, { intro, question }] of steps.entries()) {
    const add = (part: string, tokens: readonly Token[], after = false) => {
      const texts = tokens.map(textOf).filter(Boolean);
      for (const [at, text] of texts.entries()) {
        found.push({ where: `step ${step + 1}, ${part} ${at + 1}`, text, after, step });
      }
    };
    add("introduction", intro);
    if (!question) continue;
    add("question", question.asked);
    if (question.form.kind === "choice") {
      for (const { words, right } of question.form.options) add(right ? "right" : "wrong", words);
    }
    for (const [at, hint] of question.hints.entries()) add(`hint ${at + 1},`, hint);
    add("answer", question.answer, true);
  }
  return found;
}

function textOf(token: Token): string {
  return token.type === "space"
    ? ""
    : plain((token as Tokens.Paragraph).tokens ?? [token]).replace(/\s+/g, " ");
}

function sentences(text: string): string[] {
  return text.split(/(?<=[.?!:]”?) (?=[“{A-Z0-9])/);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 6);
}

test("every sentence has been looked at in both languages", () => {
  const [english, german] = LANGUAGES.map((language) => passages(LESSONS[language]));
  assert.equal(german!.length, english!.length);
  const wrong: string[] = [];
  for (const [at, { where, text }] of english!.entries()) {
    const other = german![at]!.text;
    const key = `${digest(text)} ${digest(other)}`;
    const claims = CLAIMS[at];
    const all = sentences(text);
    const begins = Object.keys(claims?.sentences ?? {});
    const same =
      all.length === begins.length && all.every((each, at) => each.startsWith(begins[at]!));
    if (claims?.digest === key && same) continue;
    wrong.push(`${where}: digest ${key}, not ${claims?.digest}\n  ${all.join("\n  ")}\n  ${other}`);
  }
  assert.equal(wrong.length, 0, wrong.join("\n"));
  assert.equal(CLAIMS.length, english!.length);
});

test("both languages speak of the same numbers, and every run has them", async () => {
  const facts = (text: string) => [...text.matchAll(/\{\{(.+?)\}\}/g)].map(([, inside]) => inside!);
  const [english, german] = LANGUAGES.map((language) => passages(LESSONS[language]));
  for (const [at, { where, text, after, step }] of english!.entries()) {
    assert.deepEqual(facts(german![at]!.text).sort(), facts(text).sort(), where);
    const { epochs, kind, features, opinions } = stateOf(LESSONS.en.steps[step]!, after).settings;
    const ofConvolutions = kind === "convolutional";
    for (const one of await seen()) {
      if (ofConvolutions && !isConvolutional(one)) continue;
      const { seed, trained, untrained } = one;
      for (const fact of facts(text)) {
        const usual = epochs === "0" ? untrained : trained;
        const dense = features || opinions ? one.measured : usual;
        const found = ofConvolutions ? one.convolutional : dense;
        const value = evaluate(formula(fact), found);
        assert.ok(value !== undefined, `${where}, seed ${seed}: ${fact}`);
        const words = written(value, FACTS[formula(fact).name].kind, "en");
        assert.doesNotMatch(
          words,
          /^0(%|\.0*)?$|NaN/,
          `${where}, seed ${seed}: ${fact} is ${words}`,
        );
      }
    }
  }
});

for (const [at, { where, text, step }] of passages(LESSONS.en).entries()) {
  const checks = Object.entries(CLAIMS[at]?.sentences ?? {}).filter(
    ([, check]) => typeof check === "function",
  );
  if (!checks.length) continue;
  const ofConvolutions = LESSONS.en.steps[step]?.state.settings.kind === "convolutional";
  test(`${where} is true for every seed: ${text.slice(0, 60)}`, async () => {
    for (const one of await seen()) {
      if (ofConvolutions && !isConvolutional(one)) continue;
      for (const [sentence, check] of checks) {
        assert.ok((check as (seen: Seen) => boolean)(one), `seed ${one.seed}: ${sentence} …`);
      }
    }
  });
}

test("a right answer is taken as right and a wrong one as wrong, for ten seeds", async () => {
  for (const { trained } of await seen()) {
    for (const { question } of LESSONS.en.steps) {
      if (question?.form.kind !== "number") continue;
      const judge = judgeOf(question.form, trained)!;
      const right = [...Array(800).keys()].filter(judge);
      const all = typeof question.form.answer === "object" && "higher" in question.form.answer;
      assert.ok(all ? right.length >= 3 && right.length <= 9 : right.length === 1, `${right}`);
    }
  }
});

test("the teacher’s notes expect what the first seed gives", async () => {
  const [{ trained }] = (await seen()) as [Seen];
  const number = (text: string, language: Language) =>
    written(evaluate(formula(text), trained)!, FACTS[formula(text).name].kind, language);
  const higher = DIMS.filter(accepted(trained));
  for (const [language, name] of [
    ["en", "autoencoders.notes.md"],
    ["de", "autoencoders.notes.de.md"],
  ] as const) {
    const notes = readFileSync(join(cwd(), "www/lessons", name), "utf8").replace(/\s+/g, " ");
    const rest = ["loss(1)", "loss(10)", "loss", "marks(1)", "alone(top(1))", "top(1)"];
    const list = new Intl.ListFormat(language === "de" ? "de" : "en-GB").format(higher.map(String));
    for (const each of [list, ...rest.map((text) => number(text, language))]) {
      const words = each.replace(/\s/g, " ");
      assert.ok(notes.includes(words), `${name} lacks ${words}`);
    }
    for (const [step, { title }] of LESSONS[language].steps.entries()) {
      assert.ok(notes.includes(`| ${step + 1} ${title} `), title);
    }
  }
});
