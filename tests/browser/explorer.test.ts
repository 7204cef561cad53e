/** The explorer: looking at one result in many ways, pointing at it, taking it along. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { screenshot, visit } from "./harness";
import { Lens, type Report } from "./lens";

const QUICK = "?classes=0,1&epochs=3&permutations=2&engine=cpu&autorun";

/** What a visitor does with the figure and sees of it. */
class Explorer extends Lens {
  readonly readout: Locator;
  readonly findings: Locator;

  constructor(page: Page) {
    super(page);
    this.readout = this.element.locator("[part=readout]");
    this.findings = this.element.locator("[part=findings]");
  }

  async unfold(part: "look" | "numbers" | "exports"): Promise<void> {
    await this.element.locator(`[part=${part}] > summary`).click();
    await this.settle();
  }

  /** Chooses one of the buttons of a setting of the view. */
  async choose(setting: string, option: string): Promise<void> {
    await this.element
      .getByRole("group", { name: setting, exact: true })
      .getByRole("radio", { name: option, exact: true })
      .check({ force: true });
    await this.settle();
  }

  async explain(digit: number): Promise<void> {
    await this.element.getByRole("radio", { name: `${digit}`, exact: true }).check({ force: true });
    await this.settle();
  }

  async fill(setting: string, text: string): Promise<void> {
    await this.element.getByRole("textbox", { name: setting, exact: true }).fill(text);
    await this.settle();
  }

  /** Until what was asked for has been drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(async () => {
      for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
    });
    await this.page.waitForTimeout(100);
  }

  /** The rows of the table of numbers. */
  async numbers(): Promise<string[][]> {
    const rows = this.element.locator("[part=numbers] tbody tr");
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
    const path = await this.element.locator(".marks .line").getAttribute("d");
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

async function explore(
  use: (lens: Explorer, report: Report, page: Page) => Promise<void>,
  query = QUICK,
  context = {},
): Promise<void> {
  // Chromium has advice for who reads canvases, as these tests do.
  const expected = /willReadFrequently/;
  await visit({ query, context, expected }, async (page) => {
    const lens = new Explorer(page);
    const report = await lens.finish();
    await lens.settle();
    await use(lens, report, page);
  });
}

/** Dimensions from 1 by importance for a class. */
function ranked({ latent_importance: { mean } }: Report, row: number): number[] {
  const dims = mean.shape[1];
  const values = mean.data.slice(row * dims, (row + 1) * dims);
  return values
    .map((value, dim) => ({ value, dim: dim + 1 }))
    .sort((a, b) => b.value - a.value)
    .map(({ dim }) => dim);
}

test("the figure's order and number of dimensions are the visitor's", async () => {
  await explore(async (lens, report) => {
    await lens.unfold("look");
    await lens.unfold("numbers");
    assert.deepEqual(await lens.dimensions(), ranked(report, 0));
    await lens.explain(1);
    assert.deepEqual(await lens.dimensions(), ranked(report, 1));

    await lens.choose("Order", "By number");
    assert.deepEqual(
      await lens.dimensions(),
      Array.from({ length: 12 }, (_, dim) => dim + 1),
    );
    await lens.choose("Order", "Important first");
    await lens.fill("How many dimensions", "3");
    assert.deepEqual(await lens.dimensions(), ranked(report, 1).slice(0, 3));

    await lens.fill("How many dimensions", "none");
    await lens.element.getByText("How many dimensions must be a whole number from 1").waitFor();
    assert.equal((await lens.dimensions()).length, 12, "what is refused counts as not given");
    assert.equal(await lens.button("Run again").getAttribute("aria-disabled"), "false");
    await lens.fill("How many dimensions", "");

    const { mean, std_error } = report.latent_importance;
    const [first] = await lens.numbers();
    const dim = Number(first![0]) - 1;
    const close = (text: string, value: number) =>
      assert.ok(Math.abs(number(text) / value - 1) < 0.06, `${text} is not ${value}`);
    close(first![1]!, mean.data[12 + dim]!);
    close(first![2]!, std_error!.data[12 + dim]!);
  });
});

test("dimensions that no pixel moves are named, and left out when asked", async () => {
  const query = "?classes=0,1&dims=24&hidden=8&epochs=2&permutations=1&engine=cpu&autorun";
  await explore(async (lens, { pixel_importance: { mean } }) => {
    const dims = mean.shape[1];
    const moved = Array.from({ length: dims }, (_, dim) => dim + 1).filter((dim) =>
      mean.data.some((value, at) => at % dims === dim - 1 && value !== 0),
    );
    assert.ok(moved.length < dims, "some are empty");
    const words = await lens.findings.innerText();
    assert.match(words, /No pixel moves dimensions? \d/);
    assert.match(words, /at least two permutations/);

    await lens.unfold("look");
    await lens.unfold("numbers");
    await lens.choose("Empty dimensions", "Left out");
    assert.deepEqual(
      (await lens.dimensions()).sort((a, b) => a - b),
      moved,
    );
  }, query);
});

test("maps are turned and flipped, and pointing at them names the stored pixel", async () => {
  await explore(async (lens, _, page) => {
    await lens.unfold("look");
    const upright = await lens.colours(0);
    assert.ok(new Set(upright).size > 50);
    const at = (row: number, column: number) => upright[row * 28 + column];
    const where = async () =>
      (await lens.readout.innerText())
        .match(/row (\d+), column (\d+)/)!
        .slice(1)
        .map(Number);
    assert.deepEqual(await where(), [15, 15]);

    // Where a drawn pixel is stored, after each further change.
    for (const [setting, option, from] of [
      ["Rotation", "90°", (row, column) => [27 - column, row]],
      ["Left and right", "Swapped", (row, column) => [column, row]],
      ["Top and bottom", "Swapped", (row, column) => [column, 27 - row]],
    ] as [string, string, (row: number, column: number) => [number, number]][]) {
      await lens.choose(setting, option);
      const drawn = await lens.colours(0);
      const expected = drawn.map((_, cell) => at(...from(Math.floor(cell / 28), cell % 28)));
      assert.deepEqual(drawn, expected, setting);
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowLeft");
      await lens.settle();
      const [row, column] = from(16, 13);
      assert.deepEqual(await where(), [row + 1, column + 1], setting);
    }

    await lens.choose("Rotation", "180°");
    assert.deepEqual(await lens.colours(0), upright, "half a turn and both flips are nothing");
  });
});

test("colours, their scale and the threshold of directions", async () => {
  await explore(async (lens, report, page) => {
    await lens.unfold("look");
    const caption = lens.element.getByText(/^Bars: how much/);
    const position = 11;
    const shared = await lens.colours(position);

    await lens.choose("Colour scale", "Each map its own");
    assert.match(await caption.innerText(), /each map|own scale/);
    const own = await lens.colours(position);
    const strength = (colours: string[]) =>
      Math.max(...colours.map((colour) => 255 - Math.min(...colour.split(",").map(Number))));
    assert.ok(strength(own) > strength(shared), "the weakest map gains");
    await lens.choose("Colour scale", "Shared");

    await lens.choose("Colours", "Colour-blind safe");
    assert.match(await caption.innerText(), /orange ones raise it, blue ones lower it/);
    const safe = await lens.colours(position);
    assert.deepEqual(
      safe.map((colour) => colour === "255,255,255,255"),
      shared.map((colour) => colour === "255,255,255,255"),
      "no effect stays white",
    );
    assert.notDeepEqual(safe, shared);
    await screenshot(page, "explorer colour-blind safe");
    await lens.choose("Colours", "Blue to red");

    const steepest = Math.max(...report.direction.slope.data.map(Math.abs));
    await lens.fill("Direction threshold", `${Math.ceil(steepest)}`);
    assert.deepEqual(new Set(await lens.colours(position)), new Set(["255,255,255,255"]));
    assert.match(await lens.readout.innerText(), /no direction|importance 0/);
    assert.match(await caption.innerText(), /count as no direction/);
    await lens.fill("Direction threshold", "-1");
    await lens.element.getByText("must be a number from 0").waitFor();
    await lens.fill("Direction threshold", "0");
    assert.deepEqual(await lens.colours(position), shared);
  });
});

test("pointing reads a pixel and lights it in every map without drawing the figure again", async () => {
  await explore(async (lens, report, page) => {
    const first = ranked(report, 0)[0]! - 1;
    const { x, y, width, height } = await lens.map(0);
    await page.keyboard.press("Escape");
    await lens.figure.scrollIntoViewIfNeeded();
    const box = (await lens.figure.boundingBox())!;
    const drawn = () => lens.figure.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const before = await drawn();
    const [row, column] = [12, 10];
    await page.mouse.move(
      box.x + x + ((column + 0.5) * width) / 28,
      box.y + y + ((row + 0.5) * height) / 28,
    );
    await lens.settle();
    const words = await lens.readout.innerText();
    const told = words.match(
      /^Dimension (\d+), row (\d+), column (\d+): importance (\S+) ± (\S+); (a brighter pixel raises it|a brighter pixel lowers it|no direction), slope (\S+)\.$/,
    );
    assert.ok(told, words);
    assert.deepEqual(told.slice(1, 4).map(Number), [first + 1, row + 1, column + 1]);
    const cell = (row * 28 + column) * 12 + first;
    const { mean, std_error } = report.pixel_importance;
    const close = (text: string, value: number) =>
      assert.ok(Math.abs(number(text) - value) <= Math.abs(value) * 0.06, `${text}: ${value}`);
    close(told[4]!, mean.data[cell]!);
    close(told[5]!, std_error!.data[cell]!);
    close(told[7]!, report.direction.slope.data[cell]!);
    const effect = {
      "1": "a brighter pixel raises it",
      "-1": "a brighter pixel lowers it",
      "0": "no direction",
    };
    assert.equal(told[6], effect[`${report.direction.sign.data[cell]}` as keyof typeof effect]);

    const marks = await lens.element.locator(".marks .line").getAttribute("d");
    assert.equal(marks!.match(/M/g)!.length, 12 + 2, "one cell per map, and the map and its bar");
    assert.equal(await drawn(), before);

    // Sixty moves of the mouse, a frame each.
    const frames = await page.evaluate(
      async ({ left, top, width, height }) => {
        const canvas = document
          .querySelector("latent-lens")!
          .shadowRoot!.querySelector("[part=figure] canvas")!;
        const from = performance.now();
        for (let step = 0; step < 60; step += 1) {
          const clientX = left + (width * (step + 0.5)) / 60;
          const clientY = top + (height * (step + 0.5)) / 60;
          canvas.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY }));
          await new Promise(requestAnimationFrame);
        }
        return 60_000 / (performance.now() - from);
      },
      { left: box.x + x, top: box.y + y, width, height },
    );
    assert.ok(frames >= 30, `${frames} frames a second`);

    await page.mouse.move(box.x + 60, box.y + y + 8);
    await lens.settle();
    assert.match(await lens.readout.innerText(), /^Dimension \d+: importance for a 0 \S+ ± \S+\.$/);
    await page.mouse.move(0, 0);
    await lens.settle();
    assert.match(await lens.readout.innerText(), /^Point at a map/);
  });
});

test("words beside the figure say what it shows", async () => {
  await explore(async (lens, report) => {
    for (const row of [0, 1]) {
      await lens.explain(row);
      const [a, b, c] = ranked(report, row);
      const words = await lens.findings.innerText();
      assert.ok(words.startsWith(`Dimensions ${a}, ${b} and ${c} matter most for a ${row}`), words);
      const common = ranked(report, row)
        .slice(0, 3)
        .filter((dim) =>
          ranked(report, 1 - row)
            .slice(0, 3)
            .includes(dim),
        );
      if (common.length) assert.match(words, new RegExp(`also at the top for a ${1 - row}`));
      else assert.match(words, /None of them is at the top/);

      const { mean, std_error } = report.latent_importance;
      const [first, second] = [row * 12 + a! - 1, row * 12 + b! - 1];
      const apart =
        (mean.data[first]! - mean.data[second]!) /
        Math.hypot(std_error!.data[first]!, std_error!.data[second]!);
      assert.match(words, apart > 2 ? /is clearly first/ : /is first is not settled/);
    }
  });
});

test("every change of the view is in the address, and Back takes it back", async () => {
  await explore(async (lens, _, page) => {
    await lens.unfold("look");
    await lens.unfold("numbers");
    const start = new URL(page.url()).search;
    assert.equal(start, QUICK, "nothing is rewritten on arrival");
    const all = await lens.dimensions();

    await lens.choose("Order", "By number");
    assert.equal(new URL(page.url()).searchParams.get("sort"), "false");
    await lens.fill("How many dimensions", "5");
    assert.deepEqual(await lens.dimensions(), [1, 2, 3, 4, 5]);
    await lens.explain(1);
    await lens.choose("Rotation", "90°");
    const last = new URL(page.url()).search;
    assert.equal(last, `${QUICK}&sort=false&top=5&class=1&rotate=90`);

    await page.goBack();
    assert.equal(new URL(page.url()).searchParams.get("rotate"), null);
    await page.goBack();
    await page.goBack();
    await lens.settle();
    assert.deepEqual((await lens.dimensions()).length, 12);
    await page.goBack();
    await lens.settle();
    assert.equal(new URL(page.url()).search, start);
    assert.deepEqual(await lens.dimensions(), all);
    for (let step = 0; step < 4; step += 1) await page.goForward();
    await lens.settle();
    assert.equal(new URL(page.url()).search, last);
    assert.deepEqual(await lens.dimensions(), [1, 2, 3, 4, 5]);
  });
});

test("a copied link shows exactly the same", async () => {
  const context = { permissions: ["clipboard-read", "clipboard-write"] };
  let link = "";
  let picture = "";
  const drawn = (lens: Explorer) =>
    lens.figure.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  await explore(
    async (lens, _, page) => {
      await lens.unfold("look");
      await lens.choose("Order", "By number");
      await lens.choose("Rotation", "270°");
      await lens.choose("Colour scale", "Each map its own");
      await lens.fill("Direction threshold", "0.001");
      await lens.explain(1);
      await lens.unfold("look");
      picture = await drawn(lens);
      await lens.unfold("exports");
      await lens.button("Copy link").click();
      await lens.element.getByText("Link copied.").waitFor();
      link = await page.evaluate(() => navigator.clipboard.readText());
    },
    QUICK,
    context,
  );
  await explore(async (lens) => assert.equal(await drawn(lens), picture), new URL(link).search);
});

test("the figure and its numbers can be taken along", async () => {
  await explore(async (lens, report, page) => {
    await lens.explain(1);
    await lens.unfold("exports");
    const take = async (button: string) => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        lens.button(button).click(),
      ]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };
    const text = async (button: string) => {
      const { name, bytes } = await take(button);
      return { name, lines: bytes.toString().trim().split("\n") };
    };

    const png = await take("Figure, PNG");
    assert.equal(png.name, "latent-lens-figure-class-1.png");
    const box = (await lens.figure.boundingBox())!;
    assert.equal(png.bytes.readUInt32BE(16), 2 * Math.round(box.width));
    assert.equal(png.bytes.readUInt32BE(20), 2 * Math.round(box.height));

    assert.match(png.bytes.toString(), /Description\0{5}Bars: how much the reconstructions of a 1/);

    const svg = await take("Figure, SVG");
    assert.equal(svg.name, "latent-lens-figure-class-1.svg");
    const image = svg.bytes.toString();
    assert.match(image, /^(<\?xml[^>]*>\s*)?<svg /);
    const summary = await lens.figure.getAttribute("aria-label");
    assert.ok(image.includes(`<title>${summary}</title>`), image.slice(0, 500));
    assert.match(image, /<desc>Bars: how much the reconstructions of a 1 change/);
    assert.match(image, /Made by latent-lens \d\S+: digits 0, 1 · 12 latent dimensions · 3 epochs/);
    assert.match(image, /Latent importance, class 1/);

    const pixels = await text("Pixel importance, CSV");
    assert.equal(pixels.name, "latent-lens-pixel-importance.csv");
    assert.equal(pixels.lines.length, 785);
    assert.match(pixels.lines[0]!, /^pixel,row,col,dim_1,.*,dim_12$/);
    const middle = 14 * 28 + 13;
    const cells = pixels.lines[middle + 1]!.split(",").map(Number);
    assert.deepEqual(cells.slice(0, 3), [middle + 1, 15, 14]);
    near(cells.slice(3), report.pixel_importance.mean.data.slice(middle * 12, middle * 12 + 12));

    const direction = await text("Direction, CSV");
    assert.equal(direction.name, "latent-lens-direction.csv");
    assert.deepEqual(
      direction.lines[middle + 1]!.split(",").map(Number).slice(3),
      report.direction.sign.data.slice(middle * 12, middle * 12 + 12),
    );

    const latent = await text("Latent importance, CSV");
    assert.equal(latent.name, "latent-lens-latent-importance.csv");
    assert.equal(latent.lines[0], "class,dimension,importance,std_error");
    assert.equal(latent.lines.length, 1 + 24);
    const rows = latent.lines.slice(1).map((line) => line.split(",").map(Number));
    assert.deepEqual(rows[13]!.slice(0, 2), [1, 2]);
    near(
      rows.map((row) => row[2]!),
      report.latent_importance.mean.data,
    );

    const json = await take("Report, JSON");
    assert.equal(json.name, "latent-lens-report.json");
    const saved = JSON.parse(json.bytes.toString()) as Report;
    assert.deepEqual(saved.settings, report.settings);
    assert.deepEqual(
      Float32Array.from(saved.pixel_importance.mean.data),
      Float32Array.from(report.pixel_importance.mean.data),
    );
    await screenshot(page, "explorer exports");
  });
});

test("an element without a page that follows it offers no link and leaves the address alone", async () => {
  await explore(async (lens, _, page) => {
    await lens.element.evaluate((element) => element.removeAttribute("link"));
    await lens.unfold("exports");
    await lens.button("Report, JSON").waitFor();
    assert.equal(await lens.button("Copy link").isVisible(), false);
    assert.equal(new URL(page.url()).search, QUICK);
  });
});

test("the explorer fits a phone", async () => {
  const context = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true };
  await explore(
    async (lens, _, page) => {
      for (const part of ["look", "numbers", "exports"] as const) await lens.unfold(part);
      const { x, y, width, height } = await lens.map(0);
      await lens.figure.scrollIntoViewIfNeeded();
      const box = (await lens.figure.boundingBox())!;
      await page.touchscreen.tap(box.x + x + width / 2, box.y + y + height / 2);
      await lens.settle();
      assert.match(await lens.readout.innerText(), /row 15, column 15/);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      await screenshot(page, "explorer phone");
    },
    QUICK,
    { ...context, colorScheme: "dark" },
  );
});

/** A number as it is written for people. */
function number(text: string): number {
  const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const plain = text
    .replace("−", "-")
    .replace("×10", "e")
    .replace("⁻", "-")
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => `${raised.indexOf(digit)}`);
  return Number(plain);
}

function near(actual: number[], expected: number[]): void {
  assert.equal(actual.length, expected.length);
  for (const [at, value] of actual.entries()) {
    const off = Math.abs(value - expected[at]!);
    assert.ok(off <= 1e-6 * Math.abs(expected[at]!), `${value} is not ${expected[at]}`);
  }
}
