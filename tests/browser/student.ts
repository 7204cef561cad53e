/** A student with the lesson, and what they need to know of it. */
import assert from "node:assert/strict";

import type { Locator, Page } from "playwright-core";

import { Lens } from "./lens";

export const LESSON = "?lesson=lessons/autoencoders.md&engine=cpu";

export type Answer = { number: number } | { option: number };

export interface Words {
  step(at: number): RegExp;
  next: string;
  check: string;
  compare: string;
  reveal: string;
  right: string;
  wrong: string;
  done: string;
}

export const ENGLISH: Words = {
  step: (at) => new RegExp(`^Step ${at} of 14`),
  next: "Next",
  check: "Check",
  compare: "Compare",
  reveal: "Show the answer",
  right: "That is right.",
  wrong: "Not quite.",
  done: "You had 12 of 13 questions right at the first try.",
};

export const GERMAN: Words = {
  step: (at) => new RegExp(`^Schritt ${at} von 14`),
  next: "Weiter",
  check: "Prüfen",
  compare: "Vergleichen",
  reveal: "Antwort zeigen",
  right: "Das stimmt.",
  wrong: "Nicht ganz.",
  done: "Beim ersten Versuch hattest du 12 von 13 Fragen richtig.",
};

/** What a student does with the lesson and sees of it. */
export class Student {
  readonly panel: Locator;
  readonly step: Locator;
  readonly answer: Locator;
  readonly lens: Lens;

  constructor(
    readonly page: Page,
    readonly words = ENGLISH,
  ) {
    this.panel = page.locator("aside.lesson");
    this.step = this.panel.locator("article.step");
    this.answer = this.step.locator(".answer");
    this.lens = new Lens(page);
  }

  button(name: string): Locator {
    return this.panel.getByRole("button", { name, exact: true });
  }

  async at(step: number): Promise<void> {
    await this.step.getByText(this.words.step(step)).waitFor();
    assert.match(this.page.url(), new RegExp(`#step-${step}$`));
  }

  async next(step: number): Promise<void> {
    await this.button(this.words.next).click();
    await this.at(step);
  }

  /** Until the step's own run is done, and its numbers are known. */
  async ran(): Promise<void> {
    await this.lens.finish();
    await this.step.locator(".run:empty").waitFor({ state: "attached" });
  }

  async number(text: string): Promise<void> {
    await this.step.getByRole("textbox").fill(text);
    await this.button(this.words.check).click();
  }

  async choose(option: number): Promise<void> {
    await this.step.getByRole("radio").nth(option).check();
    await this.button(this.words.check).click();
  }

  give(answer: Answer): Promise<void> {
    return "number" in answer ? this.number(`${answer.number}`) : this.choose(answer.option);
  }

  async right(): Promise<string> {
    await this.step.getByText(this.words.right).waitFor();
    return this.answer.innerText();
  }

  setting(name: string): Promise<string | null> {
    return this.lens.element.getAttribute(name);
  }
}

type Measured = Awaited<ReturnType<Lens["report"]>>;

/** Of each dimension, whether its mean over the 1s is higher than over the 0s. */
export function dimensions({ encoded }: Measured, dims: number): boolean[] {
  const { labels, latents } = encoded!;
  return Array.from({ length: dims }, (_, dim) => {
    const sums = [0, 0];
    const counts = [0, 0];
    for (const [row, label] of labels.entries()) {
      sums[label]! += latents.data[row * dims + dim]!;
      counts[label]! += 1;
    }
    return sums[1]! / counts[1]! > sums[0]! / counts[0]!;
  });
}

/** The lesson's file, changed, in both languages. */
export async function another(page: Page, change: (text: string) => string): Promise<void> {
  await page.route(/lessons\/autoencoders(\.de)?\.md/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: change(await response.text()) });
  });
}

/** The lesson with a network of convolutions that is trained so briefly that a busy machine has it in time. */
export function briefly(text: string): string {
  return text.replace(/epochs(: |=)20\b/g, (_, between: string) => `epochs${between}2`);
}

/** The lesson with so short a training that a test need not wait for it. */
export function shorter(page: Page, epochs: number): Promise<void> {
  return another(page, (text) =>
    text.replace(/epochs(: |=)(50|20)/g, `epochs$1${epochs}`).replace(/loss\(\d+\)/g, "loss(1)"),
  );
}
