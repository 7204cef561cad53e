/** The figure's views: each is drawn, pointed at, read as a table and taken along. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import type { Counted } from "./drawn";
import { EVERY, explore, Explorer, number, QUICK, ranked } from "./explorer";
import { screenshot, visit } from "./harness";
import { coloured, type Matrix, type Report } from "./lens";

const THREE = QUICK.replace("classes=0,1", "classes=0,1,7");

function rows({ data, shape: [, columns] }: Matrix): number[][] {
  return Array.from({ length: data.length / columns }, (_, row) =>
    data.slice(row * columns, (row + 1) * columns),
  );
}

function columnOf(matrix: Matrix, column: number): number[] {
  return rows(matrix).map((row) => row[column]!);
}

function close(text: string, value: number): void {
  const off = Math.abs(number(text) - value);
  assert.ok(off <= 0.006 * Math.abs(value), `${text} is not ${value}`);
}

/** Goes through every place of a view by keyboard and gives what is said. */
async function read(lens: Explorer, key: string, times: number): Promise<string[]> {
  await lens.figure.focus();
  const said: string[] = [];
  for (let at = 0; at < times; at += 1) {
    await lens.page.keyboard.press(key);
    await lens.settle();
    said.push(await lens.readout.innerText());
  }
  return said;
}

test("pixels: a map of importance for every dimension, the widest range first", async () => {
  await explore(async (lens, report) => {
    await lens.view("Importance", "Maps without direction");
    await lens.unfold("numbers");
    await lens.unfold("look");
    const range = (dim: number) => {
      const values = columnOf(report.pixel_importance.mean, dim);
      return Math.max(...values) - Math.min(...values);
    };
    const widest = Array.from({ length: 12 }, (_, dim) => dim)
      .sort((a, b) => range(b) - range(a))
      .map((dim) => dim + 1);
    assert.deepEqual(await lens.dimensions(), widest);
    assert.ok((await coloured(lens.figure)) > 500);

    const colours = await lens.colours(0);
    const values = columnOf(report.pixel_importance.mean, widest[0]! - 1);
    const strongest = values.indexOf(Math.max(...values));
    const ink = colours.map((colour) => 255 - Math.min(...colour.split(",").map(Number)));
    assert.equal(ink[strongest], Math.max(...ink), "the most important pixel is the strongest");
    for (const [pixel, value] of values.entries()) {
      if (value === 0) assert.equal(ink[pixel], 0, "no importance is no ink");
    }

    await lens.choose("Order", "By number");
    assert.deepEqual((await lens.dimensions()).slice(0, 3), [1, 2, 3]);
    await lens.map(0);
    assert.match(await lens.readout.innerText(), /^Dimension 1, row 15, column 15: importance/);
    assert.equal(await lens.element.getByRole("group", { name: "Measure" }).isVisible(), false);
  });
});

test("classes: the importance of every dimension for every class", async () => {
  await explore(async (lens, report) => {
    await lens.view("Classes");
    await lens.unfold("numbers");
    const table = await lens.numbers();
    const [means, errors] = [report.latent_importance.mean, report.latent_importance.std_error!];
    const said = await read(lens, "ArrowDown", 3);
    for (const words of said) {
      const [, dim, name, value, error] = words.match(
        /^Dimension (\d+): importance for a (\d) (\S+) ± (\S+)\.$/,
      )!;
      assert.equal(name, "0");
      close(value!, rows(means)[0]![Number(dim) - 1]!);
      assert.ok(Math.abs(number(error!) / rows(errors)[0]![Number(dim) - 1]! - 1) < 0.06);
    }
    await lens.page.keyboard.press("ArrowRight");
    await lens.settle();
    assert.match(await lens.readout.innerText(), /for a 1 /);

    assert.equal(table.length, 12);
    for (const [dim, ...cells] of table) {
      assert.equal(cells.length, 6, "importance and standard error of three classes");
      for (const row of [0, 1, 2]) close(cells[2 * row]!, rows(means)[row]![Number(dim) - 1]!);
    }
    await screenshot(lens.page, "view classes");
  }, THREE);
});

test("RMSE is what the engine measured repeat by repeat", async () => {
  await explore(async (lens, report) => {
    await lens.unfold("look");
    await lens.unfold("numbers");
    await lens.choose("Measure", "RMSE");
    const { mean, std_error } = report.latent_importance_rmse;
    for (const [dim, value, error] of await lens.numbers()) {
      close(value!, mean.data[Number(dim) - 1]!);
      assert.ok(Math.abs(number(error!) / std_error!.data[Number(dim) - 1]! - 1) < 0.06);
    }
    assert.match(await lens.element.getByText(/Bars: how much/).innerText(), /RMSE/);
    assert.match(new URL(lens.page.url()).search, /&metric=rmse$/);
    await lens.unfold("exports");
    const { lines } = await lens.table("Latent importance, CSV");
    const values = lines.slice(1).map((line) => Number(line.split(",")[2]));
    assert.deepEqual(Float32Array.from(values), Float32Array.from(mean.data));
  });
});

/** The two dimensions of the largest standard deviation. */
function widest({ encoded }: Report): number[] {
  const spread = Array.from({ length: encoded.latents.shape[1] }, (_, dim) => {
    const values = columnOf(encoded.latents, dim);
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  });
  return spread
    .map((value, dim) => ({ value, dim }))
    .sort((a, b) => b.value - a.value)
    .slice(0, 2)
    .map(({ dim }) => dim + 1);
}

test("encoded space: a point for every explained image, which opens it", async () => {
  await explore(async (lens, report, page) => {
    await lens.view("Encoded space");
    const [first, second] = widest(report);
    const summary = (await lens.figure.getAttribute("aria-label"))!;
    assert.match(summary, new RegExp(`\\b${first}\\b.*\\b${second}\\b`));
    const [said] = await read(lens, "ArrowRight", 1);
    const { positions } = report.encoded;
    assert.equal(said, `Image ${positions[0]! + 1} of class 0.`);
    await page.keyboard.press("PageDown");
    await lens.settle();
    const zeros = report.encoded.labels.filter((label) => label === 0).length;
    const one = `Image ${positions[zeros]! + 1} of class 1.`;
    assert.equal(await lens.readout.innerText(), one);

    // What opens is the image that the engine encoded, and what its network makes of it.
    await page.keyboard.press("Enter");
    const card = lens.element.locator("[part=image]");
    await card.getByText(`${one} Mean squared error`).waitFor();
    assert.match(new URL(page.url()).search, new RegExp(`&image=1\\+${positions[zeros]! + 1}$`));
    const ink = await card.locator("canvas").evaluateAll((canvases) =>
      canvases.map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const context = (canvas as HTMLCanvasElement).getContext("2d")!;
        const { data } = context.getImageData(0, 0, width, height);
        return Array.from({ length: width * height }, (_, pixel) => data[4 * pixel + 3]! / 255);
      }),
    );
    const sample = report.samples.labels.indexOf(1);
    const images = rows(report.samples.images);
    const rebuilt = rows(report.samples.reconstructions);
    // The first sample of a class is the first of its explained images.
    for (const [drawn, expected] of [
      [ink[0]!, images[sample]!],
      [ink[1]!, rebuilt[sample]!],
    ] as const) {
      const off = drawn.map((value, pixel) => Math.abs(value - expected[pixel]!));
      assert.ok(Math.max(...off) < 0.01, `${Math.max(...off)}`);
    }
    await screenshot(page, "view encoded space");
    await lens.button("Close image").click();
    await lens.settle();
    assert.equal(await card.isVisible(), false);
    await page.goBack();
    await lens.settle();
    assert.equal(await card.isVisible(), true, "Back opens it again");

    await lens.unfold("exports");
    const { name, lines } = await lens.table("Encoded space, CSV");
    assert.equal(name, "latent-lens-encoded-space.csv");
    assert.equal(lines.length, 1 + report.encoded.labels.length);
    const cells = lines[zeros + 1]!.split(",").map(Number);
    assert.deepEqual(cells.slice(0, 2), [1, report.encoded.positions[zeros]! + 1]);
    assert.deepEqual(
      Float32Array.from(cells.slice(4, 16)),
      Float32Array.from(rows(report.encoded.latents)[zeros]!),
    );
  });
});

/**
 * From now on what a worker says waits until what it said before has been drawn, so that no step is left
 * out where frames take long. Gives how many different pictures there have been.
 */
async function stepByStep(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const { drawn } = window as unknown as Counted;
    const root = document.querySelector("latent-lens")!.shadowRoot!;
    const canvas = root.querySelector<HTMLCanvasElement>("[part=figure] canvas.chart")!;
    const pictures = new Set<string>();
    Object.assign(window, { pictures });
    window.Worker = class extends Worker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        let before = Promise.resolve();
        this.addEventListener("message", (event) => {
          event.stopImmediatePropagation();
          const { data } = event as MessageEvent<unknown>;
          before = before.then(async () => {
            this.onmessage?.call(this, new MessageEvent("message", { data }));
            await drawn(30);
            pictures.add(canvas.toDataURL());
          });
        });
      }
    };
  });
  return () => page.evaluate(() => (window as unknown as { pictures: Set<string> }).pictures.size);
}

for (const method of ["t-SNE", "UMAP"]) {
  test(`${method} settles before the visitor's eyes, can be stopped, and separates the digits`, async () => {
    await explore(async (lens, report, page) => {
      await lens.view("Encoded space");
      await lens.unfold("look");
      await lens.unfold("exports");
      const before = await lens.drawn();
      const words = lens.element.locator("[part=projection]");
      const pictures = await stepByStep(page);
      // Within the page: on a fast machine it may have settled before a click from outside arrives.
      const answered = await lens.element.evaluate(async (element, method) => {
        const root = element.shadowRoot!;
        const radios = root.querySelectorAll<HTMLInputElement>(".field.projection input");
        [...radios].find((radio) => radio.parentElement!.textContent === method)!.click();
        const line = root.querySelector("[part=projection]")!;
        while (!line.textContent!.includes("is settling")) {
          await new Promise(requestAnimationFrame);
        }
        line.querySelector("button")!.click();
        return line.textContent;
      }, method);
      assert.match(answered!, /was stopped/, "answered within the click");
      await lens.element.locator("[part=projection] button", { hasText: "Try again" }).click();
      await words.getByText(/has settled/).waitFor({ timeout: 120_000 });
      await lens.settle();
      const different = await pictures();
      assert.ok(different >= 3, `${different} different pictures`);
      const settled = await lens.drawn();
      assert.notEqual(settled, before);

      const { lines } = await lens.table("Encoded space, CSV");
      const header = lines[0]!.split(",");
      const at = header.findIndex((title) => /umap|sne|^x$/i.test(title));
      assert.ok(at > 0, lines[0]);
      const points = lines.slice(1).map((line) => line.split(",").map(Number));
      const nearest = points.map((point, one) => {
        const away = points.map((other, two) =>
          one === two
            ? Infinity
            : Math.hypot(point[at]! - other[at]!, point[at + 1]! - other[at + 1]!),
        );
        return report.encoded.labels[away.indexOf(Math.min(...away))];
      });
      const alike = nearest.filter((label, image) => label === report.encoded.labels[image]).length;
      assert.ok(alike / points.length > 0.95, `${alike} of ${points.length} beside their own`);

      await lens.choose("Axes", "Two widest dimensions");
      assert.equal(await lens.drawn(), before);
      await lens.choose("Axes", method);
      assert.equal(await lens.drawn(), settled, "what has settled is kept");
      await screenshot(page, `view ${method}`);
    });
  });
}

test("reconstructions: of each class the best and the worst of all explained images", async () => {
  await explore(async (lens, report, page) => {
    await lens.view("Images");
    const count = report.encoded.labels.length;
    await lens.element
      .getByText("Of each class the 3 images rebuilt with the smallest error")
      .waitFor();
    const caption = lens.element.locator(".figure-caption");
    assert.match(
      await caption.innerText(),
      new RegExp(`largest, of all ${count} explained images\\.`),
    );
    await lens.unfold("look");
    assert.equal(await coloured(lens.figure), 0, "ink is grey");

    // What the page finds is what each image's card says of it, one by one.
    const said = await read(lens, "ArrowRight", 12);
    assert.equal(new Set(said).size, 12);
    const told = said.map((words) => {
      const [, place, name, value] = words.match(
        /^Image ([\d,]+) of class (\d): mean squared error (\S+)\.$/,
      )!;
      return { place: Number(place!.replace(",", "")), name: Number(name), error: number(value!) };
    });
    assert.deepEqual(
      told.map(({ name }) => name),
      [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
    );
    const listed = await lens.element.locator(".errors dd").allInnerTexts();
    for (const label of [0, 1]) {
      const parts = listed[label]!.split(/, | – /).map(number);
      assert.deepEqual(
        parts,
        told.filter(({ name }) => name === label).map(({ error }) => error),
      );
      const own = told.filter(({ name }) => name === label).map(({ error }) => error);
      assert.deepEqual(
        own,
        [...own].sort((a, b) => a - b),
      );
      assert.ok(own[3]! > own[2]!);
    }

    await lens.view("Encoded space");
    const card = lens.element.locator("[part=image]");
    const errors = new Map<string, number>();
    for (const [image, label] of report.encoded.labels.entries()) {
      // The samples too, and some between.
      const place = report.encoded.positions[image]! + 1;
      const shown = told.some((one) => one.name === label && one.place === place);
      if (!shown && image % 40) continue;
      await lens.element.evaluate(
        (element, text) => element.setAttribute("image", text),
        `${label} ${place}`,
      );
      await card.getByText(`Image ${place.toLocaleString("en")} of class ${label}`).waitFor();
      const words = await card.innerText();
      errors.set(`${label} ${place}`, number(words.match(/error per pixel (\S+)\./)![1]!));
    }
    for (const { name, place, error } of told) close(`${errors.get(`${name} ${place}`)}`, error);
    for (const label of [0, 1]) {
      const own = told.filter(({ name }) => name === label).map(({ error }) => error);
      const others = [...errors]
        .filter(([which]) => which.startsWith(`${label} `))
        .map(([, error]) => error);
      assert.equal(Math.min(...others), own[0]);
      assert.equal(Math.max(...others), own[5]);
    }

    await lens.view("Images");
    await lens.choose("Images", "Viridis");
    assert.ok((await coloured(lens.figure)) > 500);
    await lens.unfold("exports");
    // Tables are of the run, whatever is drawn.
    const { lines } = await lens.table("Encoded space, CSV");
    assert.equal(lines.length, 1 + count);
    await screenshot(page, "view reconstructions");
  });
});

test("similarity: how alike the classes' profiles are", async () => {
  await explore(async (lens, report) => {
    await lens.view("Classes", "Similarity");
    await lens.unfold("numbers");
    const profiles = rows(report.latent_importance.mean);
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    const similarity = (a: number[], b: number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    const table = await lens.numbers();
    // In an order in which classes that are alike stand side by side.
    const names = table.map(([name]) => name!);
    assert.deepEqual([...names].sort(), ["0", "1", "7"]);
    const profile = (name: string) => profiles[["0", "1", "7"].indexOf(name)]!;
    for (const [row, [, ...cells]] of table.entries()) {
      for (const [column, cell] of cells.entries()) {
        close(cell, similarity(profile(names[row]!), profile(names[column]!)));
      }
    }
    const [said] = await read(lens, "ArrowRight", 1);
    const [, a, b, value] = said!.match(/^(\d) and (\d): similarity (\S+)\.$/)!;
    assert.notEqual(a, b);
    close(value!, similarity(profile(a!), profile(b!)));
    await screenshot(lens.page, "view similarity");
  }, THREE);
});

test("every view goes out as SVG and PNG and comes back by its link", async () => {
  const views = EVERY.slice(1);
  const links: string[] = [];
  const pictures: string[] = [];
  await explore(async (lens) => {
    await lens.unfold("exports");
    for (const view of views) {
      await lens.view(...view);
      if (view[0] === "Images") {
        // They are looked for first, and samples are shown until then.
        const caption = lens.element.locator(".figure-caption");
        await caption.getByText("rebuilt with the smallest error").waitFor();
        await lens.settle();
      }
      const summary = (await lens.figure.getAttribute("aria-label"))!;
      const svg = await lens.take("Figure, SVG");
      assert.match(svg.name, /^latent-lens-[a-z]+\.svg$/);
      assert.ok(svg.bytes.toString().includes(`<title>${summary}</title>`), summary);
      const png = await lens.take("Figure, PNG");
      const box = (await lens.figure.boundingBox())!;
      assert.equal(png.bytes.readUInt32BE(16), 2 * Math.round(box.width), summary);
      pictures.push(await lens.drawn());
      links.push((await lens.share()).link!);
    }
  }, QUICK);
  assert.equal(new Set(pictures).size, views.length);
  const at = views.findIndex(([, kind]) => kind === "Importance");
  await explore(
    async (lens) => assert.equal(await lens.drawn(), pictures[at]),
    new URL(links[at]!).search,
  );
});

test("a tab shows the view that it had last", async () => {
  await explore(async (lens, _, page) => {
    const view = () => new URL(page.url()).searchParams.get("view");
    await lens.view("Classes", "Similarity");
    assert.equal(view(), "similarity");
    await lens.view("Images");
    assert.equal(view(), "reconstructions");
    await lens.view("Encoded space");
    assert.equal(view(), "space");
    assert.equal(await lens.element.getByRole("group", { name: "Show" }).isVisible(), true);
    await lens.view("Classes");
    assert.equal(view(), "similarity");
    await lens.element.getByRole("heading", { name: "Which classes need the same" }).waitFor();
    await lens.view("Importance");
    assert.equal(view(), null);
  });
});

test("a dimension opens large, and moving it changes what the decoder draws", async () => {
  await explore(async (lens, report, page) => {
    const first = ranked(report, 0)[0]!;
    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    const dialog = lens.element.getByRole("dialog", { name: `Dimension ${first}` });
    await dialog.waitFor();
    await lens.settle();
    assert.match(new URL(page.url()).search, new RegExp(`&dimension=${first}$`));
    assert.ok((await coloured(dialog.locator("canvas.chart"))) > 200);

    const values = columnOf(report.encoded.latents, first - 1);
    const slider = dialog.getByRole("slider");
    const bounds = await slider.evaluate(({ min, max }: HTMLInputElement) =>
      [min, max].map(Number),
    );
    assert.deepEqual(
      Float32Array.from(bounds),
      Float32Array.of(Math.min(...values), Math.max(...values)),
    );
    const own = columnOf(report.samples.latents, first - 1)[0]!;
    assert.ok(Math.abs(Number(await slider.inputValue()) - own) < 1e-4);
    const moved = () =>
      dialog.locator(".moved-images canvas").evaluateAll((canvases) =>
        canvases.map((canvas) => {
          const { width, height } = canvas as HTMLCanvasElement;
          const context = (canvas as HTMLCanvasElement).getContext("2d")!;
          return [...context.getImageData(0, 0, width, height).data];
        }),
      );
    const [, rebuilt, still, change] = await moved();
    assert.deepEqual(still, rebuilt, "nothing is moved yet");
    assert.equal(Math.max(...change!), 0);

    await slider.focus();
    await page.keyboard.press("End");
    await lens.settle();
    const [, same, changed, difference] = await moved();
    assert.deepEqual(same, rebuilt);
    assert.notDeepEqual(changed, rebuilt);
    assert.ok(Math.max(...difference!) > 0);
    await dialog
      .getByText(/this image has it: \d+ pixels? with (more|less) ink|differs by more than/)
      .waitFor();
    await screenshot(page, "dimension");
    const link = page.url();
    assert.match(new URL(link).search, /&moved=/);

    await dialog.getByRole("button", { name: "Back to the image’s own" }).click();
    await lens.settle();
    assert.deepEqual((await moved())[2], rebuilt);
    await dialog.getByRole("button", { name: "Next" }).click();
    await lens.element.getByRole("dialog", { name: `Dimension ${first + 1}` }).waitFor();
    const svg = await lens.take("Maps, SVG");
    assert.equal(svg.name, `latent-lens-dimension-${first + 1}.svg`);
    await page.keyboard.press("Escape");
    await lens.settle();
    assert.equal(await dialog.isVisible(), false);
    assert.doesNotMatch(page.url(), /dimension/);
  });
});

test("other charts than the first figure's are fetched when they are wanted, and again if that failed", async () => {
  const asked: string[] = [];
  let broken = true;
  await visit(
    {
      query: QUICK,
      // What the browser says of a file that does not come.
      expected: /Failed to load resource|wasm/,
      before: async (page) => {
        page.on("request", (request) => asked.push(request.url().split("/").at(-1)!));
        await page.route("**/charts_bg.wasm", (route) =>
          broken ? route.abort() : route.continue(),
        );
      },
    },
    async (page) => {
      const lens = new Explorer(page);
      await lens.finish();
      assert.ok(asked.includes("view_bg.wasm") && !asked.includes("charts.js"), "the figure first");
      const figure = await lens.drawn();
      await lens.view("Classes");
      await lens.element.getByText("A part of this page could not be loaded").waitFor();
      broken = false;
      await lens.view("Importance");
      await lens.view("Classes");
      await page.waitForFunction(() =>
        document
          .querySelector("latent-lens")!
          .shadowRoot!.querySelector("[part=figure] canvas")!
          .ariaLabel?.includes("on one axis from 0"),
      );
      assert.equal(asked.filter((file) => file === "charts_bg.wasm").length, 2);
      await lens.view("Importance");
      assert.equal(await lens.drawn(), figure, "both packages draw it alike");
    },
  );
});

test("beside each view stand the settings that it heeds, as soon as it has come in", async () => {
  await explore(async (lens) => {
    const stands = (part: string) =>
      lens.element.locator(`[part=figure] [part=${part}]`).isVisible();
    assert.equal(await stands("measured"), true);
    const views: [tab: string, kind: string | undefined, measured: boolean][] = [
      ["Images", undefined, false],
      ["Classes", "Similarity", true],
      ["Encoded space", undefined, false],
      ["Importance", undefined, true],
    ];
    for (const [tab, kind, measured] of views) {
      await lens.view(tab, kind);
      assert.equal(await stands("measured"), measured, tab);
    }
  });
});
