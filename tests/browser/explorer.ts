/** What a test does with the figure of a `<latent-lens>` element, in a visitor's terms. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import type { Locator, Page } from "playwright-core";

import { until, visit } from "./harness";
import { Lens, type Report } from "./lens";

export const QUICK = "?classes=0,1&epochs=3&method=sampled&permutations=2&engine=cpu&autorun";

/** Every view, by its tab and what it is called there. */
export const EVERY: [tab: string, kind?: string][] = [
  ["Importance", "Bars and maps"],
  ["Importance", "Maps without direction"],
  ["Classes", "Importance"],
  ["Classes", "Similarity"],
  ["Encoded space"],
  ["Images"],
];

/** What a visitor does with the figure and sees of it. */
export class Explorer extends Lens {
  readonly readout: Locator;
  readonly findings: Locator;

  constructor(page: Page) {
    super(page);
    this.readout = this.element.locator("[part=figure] [part=readout]");
    this.findings = this.element.locator("[part=findings]");
  }

  async unfold(part: "look" | "numbers" | "exports"): Promise<void> {
    await this.element.locator(`[part=figure] [part=${part}] > summary`).click();
    await this.settle();
  }

  /** Chooses one of the buttons of a setting of the view. */
  async choose(setting: string, option: string): Promise<void> {
    const group = await this.field("group", setting);
    await group.getByRole("radio", { name: option, exact: true }).check({ force: true });
    await this.settle();
  }

  async explain(digit: number): Promise<void> {
    await this.element.getByRole("radio", { name: `${digit}`, exact: true }).check({ force: true });
    await this.settle();
  }

  async fill(setting: string, text: string): Promise<void> {
    await (await this.field("textbox", setting)).fill(text);
    await this.settle();
  }

  /** Goes to one of the figure's views, by its tab and what it is called there. */
  async view(tab: string, kind?: string): Promise<void> {
    const views = this.element.locator("[part=views]");
    const called = { name: tab, exact: true };
    // Its label is what is seen and hit: once it stands still.
    await views
      .locator("label")
      .filter({ has: this.page.getByRole("radio", called) })
      .click();
    await until(
      () => views.getByRole("radio", called).isChecked(),
      () => `${tab} is not chosen`,
    );
    // The choice of views moves as that of the tab comes.
    await this.settle();
    if (kind) await this.choose("Show", kind);
  }

  /** The pixels that the figure has on the screen. */
  drawn(): Promise<string> {
    return this.figure.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  }

  /** A file that a button hands out. */
  async take(button: string): Promise<{ name: string; bytes: Buffer }> {
    const [download] = await Promise.all([
      this.page.waitForEvent("download"),
      this.button(button).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  /** What the dialog gives to be copied. */
  async share(
    from: Locator = this.element,
  ): Promise<{ link?: string; frame?: string; element: string }> {
    await from.getByRole("button", { name: "Share", exact: true }).click();
    const dialog = this.element.getByRole("dialog", { name: "Share what is shown" });
    const boxes = await dialog.getByRole("textbox").filter({ visible: true }).all();
    const lines = await Promise.all(
      boxes.map(async (box) => [
        (await box.getAttribute("id"))!.replace("share-", ""),
        await box.inputValue(),
      ]),
    );
    await dialog.getByRole("button", { name: "Close" }).click();
    return Object.fromEntries(lines) as { element: string };
  }

  /** A table that a button hands out, line by line. */
  async table(button: string): Promise<{ name: string; lines: string[] }> {
    const { name, bytes } = await this.take(button);
    return { name, lines: bytes.toString().trim().split("\n") };
  }

  /** The rows of the table of numbers. */
  async numbers(): Promise<string[][]> {
    const rows = this.element.locator("[part=figure] [part=numbers] tbody tr");
    // What makes the first table has to be fetched.
    await rows.first().waitFor({ state: "attached" });
    return Promise.all((await rows.all()).map((row) => row.locator("th, td").allInnerTexts()));
  }

  async dimensions(): Promise<number[]> {
    return (await this.numbers()).map(([dimension]) => Number(dimension));
  }

  /**
   * Goes to the map at a place of the order by keyboard, and gives where it is. Afterwards the
   * middle of the map is pointed at.
   */
  async map(position: number): Promise<{ x: number; y: number; width: number; height: number }> {
    await this.figure.focus();
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("ArrowRight");
    for (let at = 0; at < position; at += 1) await this.page.keyboard.press("PageDown");
    await this.settle();
    const path = await this.element.locator("[part=figure] .marks .line").getAttribute("d");
    const [x, y, width, height] = path!.match(/^M([\d.-]+) ([\d.-]+)h([\d.]+)v([\d.]+)/)!.slice(1);
    // The outline stands two pixels off.
    return {
      x: Number(x) + 2,
      y: Number(y) + 2,
      width: Number(width) - 4,
      height: Number(height) - 4,
    };
  }

  /** Colour of every pixel of a map as it is drawn, row by row from the top. */
  async colours(position: number, columns = 28, rows = 28): Promise<string[]> {
    const place = await this.map(position);
    return this.figure.evaluate(
      (element, { x, y, width, height, columns, rows }) => {
        const context = (element as HTMLCanvasElement).getContext("2d")!;
        return Array.from({ length: rows * columns }, (_, cell) => {
          const across = ((cell % columns) + 0.5) / columns;
          const down = (Math.floor(cell / columns) + 0.5) / rows;
          const at = [x + across * width, y + down * height].map((side) => side * devicePixelRatio);
          return context.getImageData(Math.floor(at[0]!), Math.floor(at[1]!), 1, 1).data.join();
        });
      },
      { ...place, columns, rows },
    );
  }
}

export async function explore(
  use: (lens: Explorer, report: Report, page: Page) => Promise<void>,
  query = QUICK,
  context = {},
  // Chromium has advice for who reads canvases, as these tests do.
  expected = /willReadFrequently/,
): Promise<void> {
  await visit({ query, context, expected }, async (page) => {
    const lens = new Explorer(page);
    const report = await lens.finish();
    await lens.settle();
    await use(lens, report, page);
  });
}

/** Dimensions from 1 by importance for a class. */
export function ranked({ latent_importance: { mean } }: Report, row: number): number[] {
  const dims = mean.shape[1];
  const values = mean.data.slice(row * dims, (row + 1) * dims);
  return values
    .map((value, dim) => ({ value, dim: dim + 1 }))
    .sort((a, b) => b.value - a.value)
    .map(({ dim }) => dim);
}

/** A number as it is written for people. */
export function number(text: string): number {
  const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const plain = text
    .replace("−", "-")
    .replace("×10", "e")
    .replace("⁻", "-")
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => `${raised.indexOf(digit)}`);
  return Number(plain);
}

export function near(actual: number[], expected: number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [at, value] of actual.entries()) {
    const off = Math.abs(value - expected[at]!);
    assert.ok(off <= 1e-6 * Math.abs(expected[at]!), `${value} is not ${expected[at]}`);
  }
}
