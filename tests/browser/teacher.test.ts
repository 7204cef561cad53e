/** What teachers do: collect the answers of a class, and write a lesson of their own from the guide. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cwd } from "node:process";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { encode } from "../../www/lesson/class/code";
import { answersTo, chosen, marked } from "../../www/lesson/class/summary";
import { parse } from "../../www/lesson/parse";
import { VIEWS } from "../../www/views/table";
import { handIn, madeUp } from "../units/answers";
import { complaints } from "./axe";
import { screenshot, SITE, visit } from "./harness";
import { coloured, Lens } from "./lens";

/** The lesson as it is, with so short a training that a test need not wait for it. */
const TEXT = readFileSync(join(cwd(), "www/lessons/autoencoders.md"), "utf8")
  .replace("epochs: 50", "epochs: 10")
  .replace(/loss\(\d+\)/g, "loss(1)");
const LESSON = parse(TEXT);
const QUERY = "?lesson=lessons/autoencoders.md&engine=cpu";

interface Matrix {
  shape: [number, number];
  data: number[];
}

/** A short lesson; of the networks that it runs, the importance of the dense one that is trained is kept. */
async function short(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const done = ({ target }: Event) => {
      const { report } = target as unknown as {
        report: {
          settings: { kind: string; epochs: number };
          pixel_importance: { mean: { shape: number[]; data: Float32Array } };
        };
      };
      const { kind, epochs } = report.settings;
      const { shape, data } = report.pixel_importance.mean;
      if (kind === "dense" && epochs > 0) {
        Object.assign(window, { trained: { shape, data: [...data] } });
      }
    };
    addEventListener("lens-done", done, true);
  });
  await page.route("**/lessons/autoencoders.md", (route) =>
    route.fulfill({ body: TEXT, contentType: "text/markdown" }),
  );
}

/** A file that is saved by a click, as text. */
async function saved(page: Page, button: Locator): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const text = readFileSync(await download.path(), "utf8");
  return { name: download.suggestedFilename(), text };
}

test("the answers of thirty are read at once, counted, and held against what was measured", async () => {
  await visit({ query: `${QUERY}&answers`, before: short }, async (page) => {
    const answers = page.locator(".answers");
    await answers.getByText("No answers yet.").waitFor();
    const codes = answers.getByRole("textbox");
    const students = Array.from({ length: 30 }, (_, at) => madeUp(LESSON, at + 1));
    const seed = { ...students[0]!, edition: { ...students[0]!.edition, seed: 9 }, student: 99 };
    const bad = ["Good morning!", encode(students[8]!).slice(0, 60), encode(seed)];
    await codes.fill([handIn(LESSON, 30), ...bad, encode(students[3]!)].join("\n"));
    await answers.getByText("30 students · 4 codes are not counted").waitFor();
    const left = await answers.locator(".left li").allInnerTexts();
    assert.deepEqual(left, [
      "Line 31: there is no code in it",
      "Line 32: the code is incomplete or was changed: let it be copied again",
      "Line 33 (Ben 1): answers to this lesson with seed 9, not 1",
      "Line 34 (E. F. 4): the same code once more",
    ]);
    await answers.getByRole("button", { name: "Line 32" }).click();
    const selected = () =>
      codes.evaluate(({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) =>
        value.slice(selectionStart, selectionEnd),
      );
    assert.equal(await selected(), bad[1]);

    await answers.locator(".run:empty").waitFor({ state: "attached", timeout: 60_000 });
    const asked = LESSON.steps.flatMap(({ question }) => question ?? []);
    for (const [at, { form }] of asked.entries()) {
      const shown = answers.locator(".tally").nth(at);
      const given = answersTo(students, at);
      if (form.kind === "choice") {
        const counts = await shown.locator(".bars li > b").allInnerTexts();
        assert.deepEqual(counts.map(Number), chosen(given, form));
        const right = await shown.locator(".bars li.right").count();
        assert.equal(right, form.options.filter(({ right }) => right).length);
      } else if (form.kind === "number") {
        const far = (await shown.locator(".beyond").innerText()).match(/\d+/g) ?? [];
        const dots = await shown.locator(".dot").count();
        const all = given.flatMap((answer) => answer.given).length;
        assert.equal(dots + far.reduce((sum, each) => sum + Number(each), 0), all);
        assert.ok((await shown.locator(".true").count()) >= 1, await shown.innerText());
      } else if (form.kind === "brush") {
        const [guessed, measured] = await shown.locator("canvas").all();
        assert.ok((await coloured(guessed!)) > 50 && (await coloured(measured!)) > 100);
        const counts = marked(given, 784)!;
        const pixel = counts.indexOf(Math.max(...counts));
        const { data, shape } = await page.evaluate(
          () => (window as unknown as { trained: Matrix }).trained,
        );
        const value = data
          .slice(pixel * shape[1], (pixel + 1) * shape[1])
          .reduce((sum, each) => sum + each, 0);
        const board = shown.locator(".board").first();
        const { width } = (await board.boundingBox())!;
        const cell = width / 28;
        const [row, column] = [Math.floor(pixel / 28), pixel % 28];
        await board.hover({ position: { x: (column + 0.5) * cell, y: (row + 0.5) * cell } });
        const said = await shown.getByText(`Row ${row + 1}, column ${column + 1}:`).innerText();
        assert.ok(said.includes(`marked by ${counts[pixel]}, importance `), said);
        const told = Number(/importance ([\d.]+)\.$/.exec(said)![1]);
        assert.ok(Math.abs(told - value) < 0.01 * value, `${said} ${value}`);
        await shown.getByText(/The median student has \d/).waitFor();
      }
    }
    // Names are not on the wall.
    assert.ok(await answers.getByText("Ben 1", { exact: true }).isHidden());

    const table = await saved(page, answers.getByRole("button", { name: "Save as CSV" }));
    assert.equal(table.name, "autoencoders.answers.csv");
    const lines = table.text.trim().split("\r\n");
    assert.equal(lines.length, 31);
    assert.ok(lines[1]!.startsWith("Ben 1,"), lines[1]);

    await page.reload();
    await answers.getByText("30 students · 4 codes are not counted").waitFor();
    await answers.getByRole("button", { name: "Remove all" }).click();
    await answers.getByText("No answers yet.").waitFor();
  });
});

for (const [width, height, colorScheme, locale] of [
  [390, 844, "dark", "en-GB"],
  [1024, 768, "light", "de-DE"],
] as const) {
  test(`the answers of a class are accessible and in their place, ${width} pixels wide`, async () => {
    const context = { viewport: { width, height }, colorScheme, locale };
    await visit({ query: `${QUERY}&answers&lang=en`, before: short, context }, async (page) => {
      const answers = page.locator(".answers");
      await answers.getByRole("textbox").fill(handIn(LESSON, 35));
      await answers.locator(".run:empty").waitFor({ state: "attached", timeout: 60_000 });
      await answers.locator(".heat canvas").first().waitFor();
      assert.deepEqual(await complaints(page), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(wide, width, "nothing is wider than the screen");
      await screenshot(page, `answers ${width}`);
    });
  });
}

test("a student's own code opens the teacher's page with what was answered first", async () => {
  await visit({ query: QUERY, before: short }, async (page) => {
    const panel = page.locator("aside.lesson");
    const answer = async (text: string) => {
      await panel.locator("article").getByRole("textbox").fill(text);
      await panel.getByRole("button", { name: "Check", exact: true }).click();
    };
    await panel.locator(".hint summary").first().click();
    await answer("12");
    await panel.getByText("Not quite.").waitFor();
    await answer("65");
    await panel.getByText("That is right.").waitFor();
    await panel.getByText("About this lesson").click();
    await panel.getByText("Give your answers to the teacher").click();
    await panel.getByLabel("Your name or initials").fill(" Anna  B. ");
    await panel.getByRole("button", { name: "Copy as a link" }).click();
    const link = await panel.getByLabel("The code of your answers").inputValue();
    assert.ok(link.startsWith(`${SITE}?lesson=lessons/autoencoders.md&answers#LL1-`), link);
    // Of the student nothing but the name that was typed, of the page nothing else.
    await page.evaluate(() => localStorage.clear());
    await page.goto("about:blank");
    await page.goto(link);
    const answers = page.locator(".answers");
    await answers.getByText("1 student", { exact: true }).waitFor();
    const first = answers.locator(".tally").first();
    await first.getByText("1 of 1 answered · 0 right at the first try · 1 opened a hint").waitFor();
    await first.getByText("Given: 12.").waitFor({ state: "attached" });
    assert.ok(!page.url().includes("LL1"), "what was read does not stay in the address");
    await answers.getByText("How far the students are").click();
    await answers.getByRole("cell", { name: "Anna B.", exact: true }).waitFor();
  });
});

test("a lesson is written beside its preview, with every mistake by its line", async () => {
  await visit({ query: QUERY, before: short }, async (page) => {
    const panel = page.locator("aside.lesson");
    await panel.getByText("About this lesson").click();
    const own = await saved(
      page,
      panel.getByRole("button", { name: "Save this lesson as a file" }),
    );
    assert.deepEqual(own, { name: "autoencoders.md", text: TEXT });
    await panel.getByRole("button", { name: "Write a lesson" }).click();
    await panel.getByRole("button", { name: "Begin with a short example" }).click();
    const editor = page.locator(".editor");
    const text = editor.getByRole("textbox");
    await panel.getByRole("heading", { name: "Look" }).waitFor();
    await editor.getByText("No mistakes.").waitFor();
    const example = await text.inputValue();

    const broken = example.replace("view: figure", "view: pie").replace("top(8)", "top(5)");
    await text.fill(broken);
    await editor.getByText("2 mistakes").waitFor();
    const lineOf = (part: string) => broken.slice(0, broken.indexOf(part)).split("\n").length;
    const faults = await editor.locator(".faults li").allInnerTexts();
    assert.deepEqual(faults, [
      `Line ${lineOf("{{top(5)}}")}: In {{top(5)}}: 5 is not one of the classes here, 3, 8.`,
      `Line ${lineOf("view: pie")}: View must be one of ${Object.keys(VIEWS).join(", ")}.`,
    ]);
    await editor.getByRole("button", { name: `Line ${lineOf("view: pie")}` }).click();
    const selected = await text.evaluate(
      ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement) =>
        value.slice(selectionStart, selectionEnd),
    );
    assert.equal(selected, "view: pie");
    // What was right before stays to be seen.
    assert.ok(await panel.getByRole("heading", { name: "Look" }).isVisible());

    await text.fill(`${example}\n## And on\n\nMore {{dims}}.\n`.replace("{{dims}}", "words"));
    await editor.getByText("No mistakes.").waitFor();
    await text.press("Control+End");
    await panel.getByRole("heading", { name: "And on" }).waitFor();
    assert.ok(
      await text.evaluate((element) => element === document.activeElement),
      "writing goes on where it was",
    );
    await page.reload();
    await panel.getByRole("heading", { name: "Look" }).waitFor();
    assert.match(await text.inputValue(), /## And on/);
    assert.deepEqual(await complaints(page), []);
    const file = await saved(page, editor.getByRole("button", { name: "Save as a file" }));
    assert.equal(file.name, "two-digits.md");
    parse(file.text);
  });
});

test("a lesson that is written from the guide alone can be gone through", async () => {
  const guide = readFileSync(join(cwd(), "docs/lessons.md"), "utf8");
  const written = /````markdown\n([\s\S]*?)````/
    .exec(guide)![1]!
    .replace("epochs: 30", "epochs: 2");
  const lesson = parse(written);
  await visit({ query: QUERY, before: short }, async (page) => {
    const panel = page.locator("aside.lesson");
    await panel.getByText("About this lesson").click();
    await panel.locator("input[type=file]").setInputFiles({
      name: "mine.md",
      mimeType: "text/markdown",
      buffer: Buffer.from(written),
    });
    const step = panel.locator("article.step");
    const button = (name: string) => panel.getByRole("button", { name, exact: true });
    for (const [at, { title, question }] of lesson.steps.entries()) {
      if (at) await button("Next").click();
      await step.getByRole("heading", { name: title }).waitFor();
      await step.locator(".run:empty").waitFor({ state: "attached", timeout: 60_000 });
      if (question?.form.kind === "open") await button("Show the answer").click();
      else if (question?.form.kind === "choice") {
        await step
          .getByRole("radio")
          .nth(question.form.options.findIndex(({ right }) => right))
          .check();
        await button("Check").click();
        await step.getByText("That is right.").waitFor();
      } else if (question?.form.kind === "brush") {
        await step.getByRole("application").focus();
        for (const key of ["ArrowDown", "Space"]) await page.keyboard.press(key);
        await button("Compare").click();
      } else if (question?.form.kind === "number") {
        const { latent_importance } = await new Lens(page).report();
        const [, dims] = latent_importance.mean.shape;
        const values = latent_importance.mean.data.slice(dims, 2 * dims);
        await step.getByRole("textbox").fill(`${values.indexOf(Math.max(...values)) + 1}`);
        await button("Check").click();
        await step.getByText("That is right.").waitFor();
      }
      if (question) await step.locator(".answer").waitFor();
      // Nothing that it speaks of stays open.
      assert.doesNotMatch(await step.innerText(), /…/);
    }
    await step.getByText("You had 2 of 2 questions right at the first try.").waitFor();
    await step.getByRole("button", { name: "Copy the code" }).waitFor();
    // A file is on this machine only: there is no link to it.
    assert.equal(await step.getByRole("button", { name: "Copy as a link" }).count(), 0);
  });
});
