/** The runs of the lesson: watched, looked at again, brought back; and answered with other seeds. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { visit } from "./harness";
import type { Lens } from "./lens";
import {
  another,
  type Answer,
  briefly,
  dimensions,
  ENGLISH,
  GERMAN,
  LESSON,
  shorter,
  Student,
} from "./student";

/** Notes in the page when each phase began. */
function timePhases(): void {
  const phases: Record<string, number> = {};
  Object.assign(window, { phases });
  new MutationObserver(() => {
    const phase = document.querySelector("latent-lens")?.getAttribute("phase");
    if (phase) phases[phase] ??= performance.now();
  }).observe(document, { subtree: true, attributeFilter: ["phase"] });
}

/** What the first sample's reconstruction looks like. */
function drawing({ element }: Lens): Promise<string> {
  const canvas = element.locator("[part~=samples] canvas").nth(1);
  return canvas.evaluate((drawn: HTMLCanvasElement) => drawn.toDataURL());
}

/** The chart of the loss in words. */
function curve({ element }: Lens): Promise<string | null> {
  return element.locator("[part~=loss] canvas").getAttribute("aria-label");
}

test("the training is slow enough to be watched, and is looked at again epoch by epoch", async () => {
  const before = async (page: Page) => {
    await page.addInitScript(timePhases);
    await shorter(page, 15);
  };
  await visit({ query: `${LESSON}#step-2`, before }, async (page) => {
    const student = new Student(page);
    const { step, lens } = student;
    await student.ran();
    const { training, analysing } = await page.evaluate(
      () => (window as unknown as { phases: Record<string, number> }).phases,
    );
    assert.ok(analysing! - training! > 2000, `it took ${analysing! - training!} ms`);
    const { held_out_loss } = (await lens.report()).training;
    const after = (epoch: number) =>
      step.getByText(`After epoch ${epoch} of 15: loss ${held_out_loss[epoch - 1]!.toFixed(3)}.`);
    await after(15).waitFor();
    const slider = step.getByRole("slider", { name: "Epoch" });
    assert.ok(Number(await slider.getAttribute("max")) >= 8, "most epochs were kept");
    await lens.settle();
    const [learned, whole] = [await drawing(lens), await curve(lens)];
    // On a busy machine the samples of some epochs are missing.
    const earliest = step.getByText(/^After epoch [1-5] of 15/);
    await slider.press("Home");
    await earliest.waitFor();
    await lens.settle();
    assert.notEqual(await drawing(lens), learned);
    assert.equal(await curve(lens), whole, "a handle says where the samples are from");
    await student.button("One epoch on").click();
    assert.equal(await slider.inputValue(), "1");
    await student.button("One epoch back").click();
    await earliest.waitFor();
    await student.button("Replay").click();
    // Halted from within the page: however busy the machine is, it has not come to its end by then.
    await page.evaluate(async () => {
      const replay = document.querySelector(".replay")!;
      const value = () => Number(replay.querySelector("input")!.value);
      while (value() < 3) await new Promise((next) => requestAnimationFrame(next));
      replay.querySelector("button")!.click();
    });
    await student.button("Replay").waitFor();
    const halted = await slider.inputValue();
    await page.waitForTimeout(1000);
    assert.equal(await slider.inputValue(), halted);
    // A step that is left shows the network as it has learned.
    await student.next(3);
    await lens.settle();
    assert.equal(await drawing(lens), learned);
    assert.equal(await curve(lens), whole);
  });
});

test("who wants nothing to move steps through the training by hand", async () => {
  const context = { reducedMotion: "reduce" as const };
  const before = (page: Page) => shorter(page, 3);
  await visit({ query: `${LESSON}#step-2`, context, before }, async (page) => {
    const student = new Student(page);
    await student.ran();
    await student.button("One epoch back").click();
    await student.step.getByText("After epoch 2 of 3").waitFor();
    assert.ok(await student.button("Replay").isHidden());
  });
});

test("where training was not watched it can be watched later, and gives the same numbers", async () => {
  const before = (page: Page) => shorter(page, 40);
  // Another worker would have measured its epochs all the same.
  await visit({ query: `${LESSON}&workers=1#step-4`, before }, async (page) => {
    const student = new Student(page);
    await student.ran();
    const report = await student.lens.report();
    await student.panel.getByRole("button", { name: /^Step 2:/ }).click();
    await student.button("Train it again, slowly").click();
    await student.step.getByText("After epoch 40 of 40").waitFor();
    const again = await student.lens.report();
    assert.deepEqual(again.training, report.training);
    assert.deepEqual(again.pixel_importance, report.pixel_importance);
  });
});

test("each step brings the run that it speaks of, at once where it has been", async () => {
  const before = (page: Page) => shorter(page, 2);
  await visit({ query: `${LESSON}#step-7`, before }, async (page) => {
    const student = new Student(page);
    const { panel, lens } = student;
    const epochs = async () => (await lens.report()).settings.epochs;
    await student.ran();
    assert.equal(await epochs(), 2);
    await student.next(8);
    await student.button("Show the answer").click();
    await student.ran();
    assert.equal(await epochs(), 0);
    await page.evaluate(() => {
      const runs: string[] = [];
      Object.assign(window, { runs });
      const lens = document.querySelector("latent-lens")!;
      new MutationObserver(() => runs.push(lens.getAttribute("phase")!)).observe(lens, {
        attributeFilter: ["phase"],
      });
    });
    const facts = await student.answer.innerText();
    for (const [name, there] of [
      [/^Step 10/, 2],
      [/^Step 8/, 0],
      [/^Step 5/, 2],
      [/^Step 8/, 0],
    ] as const) {
      await panel.getByRole("button", { name }).click();
      assert.equal(await epochs(), there, `${name}`);
    }
    // The other network, without another step: the words still speak of their own.
    await student.button("trained").click();
    assert.equal(await epochs(), 2);
    assert.equal(await student.answer.innerText(), facts);
    await student.button("Set the explorer as this step has it").click();
    assert.equal(await epochs(), 0);
    const phases = await page.evaluate(() => (window as unknown as { runs: string[] }).runs);
    assert.deepEqual(
      phases.filter((phase) => phase !== "done"),
      [],
      "nothing was run again",
    );
  });
});

/** What a student does with a question: answers it wrong, wrong and then right, or not at all. */
const MANNERS = ["wrong", "right", "none"] as const;

for (const [at, seed] of [5, 8].entries()) {
  for (const [words, language] of [
    [ENGLISH, "en"],
    [GERMAN, "de"],
  ] as const) {
    test(`seed ${seed}, ${language}: answers that are right, wrong and not given are taken as such`, async () => {
      const change = (text: string) =>
        briefly(text).replace("seed: 1\n", `seed: ${seed}\n`).replace("watch: yes\n", "");
      const context = { locale: language };
      await visit(
        { query: LESSON, context, before: (page) => another(page, change) },
        async (page) => {
          const student = new Student(page, words);
          let right = 0;
          for (let step = 1; step <= 14; step += 1) {
            if (step > 1) await student.next(step);
            if (step > 1) await student.ran();
            const manner = MANNERS[(step + at + (language === "de" ? 1 : 0)) % 3]!;
            assert.ok(await student.answer.isHidden());
            const tries = await answers(student, step);
            if (tries && manner !== "none") {
              if (manner === "wrong") {
                await student.give(tries.wrong);
                await student.step.getByText(words.wrong).waitFor();
                assert.ok(await student.answer.isHidden());
              } else right += 1;
              await student.give(tries.right);
              await student.step.getByText(words.right).waitFor();
            } else await student.button(words.reveal).click();
            if (step > 1) await student.ran();
            const said = await student.answer.innerText();
            assert.ok(!said.includes("…") && said.length > 40, said);
            assert.ok(!(await student.step.innerText()).includes("…"));
          }
          const tested = words.done.replace("12", `${right}`);
          await student.step.getByText(tested).waitFor();
          assert.equal((await student.lens.report()).settings.seed, seed);
        },
      );
    });
  }
}

/** A right and a wrong answer, from the run's own numbers; none where there is nothing to be right. */
async function answers(
  { step, lens }: Student,
  at: number,
): Promise<{ right: Answer; wrong: Answer } | undefined> {
  const options: Record<number, [right: number, wrong: number]> = {
    2: [0, 2],
    5: [2, 0],
    7: [2, 0],
    8: [2, 1],
    10: [2, 0],
    11: [2, 0],
    12: [2, 0],
    13: [1, 0],
    14: [2, 0],
  };
  const [right, wrong] = options[at] ?? [];
  if (right !== undefined) return { right: { option: right }, wrong: { option: wrong! } };
  if (!(await step.getByRole("textbox").count())) return undefined;
  const numbers: Record<number, number> = { 1: 65, 4: 0, 9: 7 };
  if (at !== 6) return { right: { number: numbers[at]! }, wrong: { number: 12 } };
  const higher = dimensions(await lens.report(), 12);
  return {
    right: { number: higher.indexOf(true) + 1 },
    wrong: { number: higher.indexOf(false) + 1 },
  };
}
