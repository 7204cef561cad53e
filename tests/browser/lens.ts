/** What a test does with the `<latent-lens>` element of a page, in a visitor's terms. */
import assert from "node:assert/strict";

import type { Locator, Page } from "playwright-core";

import { drawn } from "./drawn";
import { PATIENCE_S } from "./harness";

export interface Matrix {
  shape: [rows: number, columns: number];
  data: number[];
}

interface Estimate {
  mean: Matrix;
  std_error: Matrix | null;
  method: "exact" | "sampled";
  repeats: number;
  fraction: number;
}

/** The element's report, with its typed arrays as lists. */
export interface Report {
  engine: string;
  image: { height: number; width: number; channels: number };
  settings: {
    classes: number[];
    kind: string;
    dims: number;
    hidden: number[];
    filters: number[];
    epochs: number;
    seed: number;
  };
  data: {
    name: string;
    files: string[];
    count: number;
    test_set: boolean;
    handling: string[];
    columns?: string[];
    range: [number, number];
  };
  model?: { files: string[]; format: string; notes: string[] };
  classes: {
    label: number;
    name: string;
    training: number;
    held_out: number;
    explained: number;
    measured: boolean;
  }[];
  training: { training_loss: number[]; held_out_loss: number[] };
  encoded: {
    labels: number[];
    positions: number[];
    files: string[];
    file: number[];
    place: number[];
    latents: Matrix;
  };
  samples: { labels: number[]; images: Matrix; latents: Matrix; reconstructions: Matrix };
  pixel_importance: Estimate;
  direction: { slope: Matrix; sign: Matrix };
  latent_importance: Estimate;
  latent_importance_rmse: Estimate;
}

export class Lens {
  readonly element: Locator;
  readonly status: Locator;
  readonly figure: Locator;
  readonly loss: Locator;

  constructor(readonly page: Page) {
    this.element = page.locator("latent-lens");
    this.status = this.element.locator("[part=status]");
    this.figure = this.element.locator("[part=figure] canvas.chart");
    this.loss = this.element.locator("[part=loss] canvas");
  }

  button(name: string | RegExp): Locator {
    return this.element.getByRole("button", { name });
  }

  /** The button that unfolds images or network, which says what is chosen there. */
  fold(name: "images" | "network"): Locator {
    return this.element.locator(`[part=${name}-button]`);
  }

  async unfoldPanel(name: "images" | "network"): Promise<void> {
    const button = this.fold(name);
    if ((await button.getAttribute("aria-expanded")) === "false") await button.click();
  }

  /** A field of a setting, with all unfolded that it lies in. */
  async field(role: "textbox" | "radio" | "checkbox" | "group", name: string): Promise<Locator> {
    const hidden = this.element.getByRole(role, { name, exact: true, includeHidden: true });
    await hidden.first().evaluate((element) => {
      for (let at = element.parentElement; at; at = at.parentElement) {
        if (at instanceof HTMLDetailsElement) at.open = true;
        const root = at.getRootNode() as ShadowRoot;
        if (at.hidden) root.querySelector<HTMLElement>(`[aria-controls="${at.id}"]`)?.click();
      }
    });
    return this.element.getByRole(role, { name, exact: true });
  }

  /** Waits until the element's phase is one of `phases`. */
  async reach(phases: string[], seconds = PATIENCE_S): Promise<void> {
    const reached = this.page.waitForFunction(
      (wanted) => {
        const lens = document.querySelector("latent-lens");
        const phase = lens?.getAttribute("phase");
        // It is answered before it is drawn; what stays is waited for until it is to be seen.
        const drawn =
          lens?.shadowRoot?.querySelector<HTMLElement>("[data-phase]")?.dataset["phase"];
        const passes = phase !== "done" && phase !== "error";
        return wanted.includes(phase!) && (passes || !drawn || drawn === phase);
      },
      phases,
      { timeout: seconds * 1000, polling: 20 },
    );
    await reached.catch(async (error: Error) => {
      throw new Error(`${await this.#state()}, not ${phases.join(" or ")}: ${error.message}`);
    });
  }

  /** Where a page is that does not go on. */
  async #state(): Promise<string> {
    const said = await this.element.evaluate(async (element) => {
      const root = element.shadowRoot!;
      const bar = root.querySelector("[part=status] ~ [role=progressbar]");
      const frame = new Promise((next) => requestAnimationFrame(() => next("come")));
      const none = new Promise((next) => setTimeout(next, 2000, "do not come"));
      return [
        element.getAttribute("phase"),
        root.querySelector("[part=status]")?.textContent,
        bar?.ariaValueText,
        bar?.ariaValueNow,
        `${element.getAttributeNames().join()}`,
        `frames ${await Promise.race([frame, none])}`,
      ].join("; ");
    });
    const workers = this.page.workers().map(async (worker) => {
      const answer = worker.evaluate(() => "answers").catch((error: Error) => error.message);
      const none = new Promise((next) => setTimeout(next, 2000, "does not answer"));
      return `${worker.url().split("/").at(-1)} ${await Promise.race([answer, none])}`;
    });
    return `${said}; ${(await Promise.all(workers)).join()}`;
  }

  /** Waits for a run's end and gives what it found. */
  async finish(seconds = PATIENCE_S): Promise<Report> {
    await this.reach(["done", "error"], seconds);
    assert.equal(await this.element.getAttribute("phase"), "done", await this.status.innerText());
    return this.report();
  }

  /** Until what was asked for has been drawn. */
  settle(): Promise<void> {
    return drawn(this.page);
  }

  report(): Promise<Report> {
    return this.element.evaluate((element) => {
      const { report } = element as unknown as { report: unknown };
      const plain = (_: string, value: unknown) =>
        value instanceof Float32Array ? [...value] : value;
      return JSON.parse(JSON.stringify(report, plain)) as Report;
    });
  }
}

/** Largest difference of two matrices, as a share of the largest value. */
export function distance(a: Matrix, b: Matrix): number {
  assert.deepEqual(a.shape, b.shape);
  let off = 0;
  let largest = 0;
  for (const [cell, value] of a.data.entries()) {
    off = Math.max(off, Math.abs(value - b.data[cell]!));
    largest = Math.max(largest, Math.abs(value));
  }
  return off / largest;
}

export function coloured(canvas: Locator): Promise<number> {
  return canvas.evaluate(colouredPixels);
}

/** How many pixels of a canvas are neither white, black nor grey; for the page to count. */
export function colouredPixels(element: Element): number {
  const { width, height } = element as HTMLCanvasElement;
  const context = (element as HTMLCanvasElement).getContext("2d")!;
  const { data } = context.getImageData(0, 0, width, height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 40) count += 1;
  }
  return count;
}
