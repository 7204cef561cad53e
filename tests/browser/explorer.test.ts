/** The explorer: looking at one result in many ways, pointing at it, taking it along. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { explore, near, number, QUICK, ranked } from "./explorer";
import { screenshot } from "./harness";
import type { Report } from "./lens";
import { taskTimes } from "./tasks";

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
    await lens.element
      .locator("#top-help")
      .getByText("How many dimensions must be a whole number from 1")
      .waitFor();
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
  const query =
    "?classes=0,1&dims=24&hidden-layers=8&epochs=2&method=sampled&permutations=1&engine=cpu&autorun";
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
    const caption = lens.element.getByText(/Bars: how much/);
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
    assert.match(
      await caption.innerText(),
      /orange where more ink raises it, blue where it lowers it/,
    );
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
    await lens.element.locator("#threshold-help").getByText("must be a number from 0").waitFor();
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
    const before = await lens.drawn();
    const [row, column] = [12, 10];
    await page.mouse.move(
      box.x + x + ((column + 0.5) * width) / 28,
      box.y + y + ((row + 0.5) * height) / 28,
    );
    await lens.settle();
    const words = await lens.readout.innerText();
    const told = words.match(
      /^Dimension (\d+), row (\d+), column (\d+): importance (\S+) ± (\S+); (more ink raises it|more ink lowers it|no direction), slope (\S+)\.$/,
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
      "1": "more ink raises it",
      "-1": "more ink lowers it",
      "0": "no direction",
    };
    assert.equal(told[6], effect[`${report.direction.sign.data[cell]}` as keyof typeof effect]);

    const marks = await lens.element.locator("[part=figure] .marks .line").getAttribute("d");
    assert.equal(marks!.match(/M/g)!.length, 12 + 2, "one cell per map, and the map and its bar");
    assert.equal(await lens.drawn(), before);

    // Sixty moves of the mouse, a frame each: two frames' time of the processor at most for one.
    const place = { left: box.x + x, top: box.y + y, width, height };
    const move = () =>
      page.evaluate(async ({ left, top, width, height }) => {
        const canvas = document
          .querySelector("latent-lens")!
          .shadowRoot!.querySelector("[part=figure] canvas.chart")!;
        for (let step = 0; step < 60; step += 1) {
          const clientX = left + (width * (step + 0.5)) / 60;
          const clientY = top + (height * (step + 0.5)) / 60;
          canvas.dispatchEvent(new PointerEvent("pointermove", { clientX, clientY }));
          await new Promise(requestAnimationFrame);
        }
      }, place);
    const times = await taskTimes(page, move);
    const each = times.reduce((sum, ms) => sum + ms, 0) / 60;
    assert.ok(each < 1000 / 30, `a move of the mouse takes ${each} ms`);

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
      assert.ok(words.includes(`Dimensions ${a}, ${b} and ${c} matter most for a ${row}`), words);
      const common = ranked(report, row)
        .slice(0, 3)
        .filter((dim) =>
          ranked(report, 1 - row)
            .slice(0, 3)
            .includes(dim),
        );
      if (common.length) assert.match(words, / (is|are) among the first 3 for both classes\./);
      if (common.length < 3)
        assert.match(words, new RegExp(`among the first 3 for a ${row} alone\\.`));
      assert.match(words, new RegExp(`(Dimension|No dimension) .*distinguishes a ${row} `));

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
    assert.equal(last, `${QUICK}&sort=false&top=5&explain-class=1&rotate=90`);

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
  await explore(
    async (lens, _, page) => {
      await lens.unfold("look");
      await lens.choose("Order", "By number");
      await lens.choose("Rotation", "270°");
      await lens.choose("Colour scale", "Each map its own");
      await lens.fill("Direction threshold", "0.001");
      await lens.explain(1);
      await lens.unfold("look");
      picture = await lens.drawn();
      await lens.unfold("exports");
      link = (await lens.share()).link!;
      await lens.button("Copy caption").click();
      await lens.element.getByText("Caption copied.").waitFor();
      const caption = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(
        caption,
        /\bBars: how much .* Measured on 321 held-out images of 2,128 \(MNIST digits\)\. Made by latent-lens /,
      );
      assert.match(
        caption,
        /a network with 12 latent dimensions, trained here for 3 epochs; .*; pixel importance over 2 permutations, latent importance over 2 permutations; seed 1\./,
      );
    },
    QUICK,
    context,
  );
  await explore(async (lens) => assert.equal(await lens.drawn(), picture), new URL(link).search);
});

test("the figure and its numbers can be taken along", async () => {
  await explore(async (lens, report, page) => {
    await lens.explain(1);
    await lens.unfold("exports");
    const take = (button: string) => lens.take(button);
    const text = (button: string) => lens.table(button);

    const png = await take("Figure, PNG");
    assert.equal(png.name, "latent-lens-figure-class-1.png");
    const box = (await lens.figure.boundingBox())!;
    assert.equal(png.bytes.readUInt32BE(16), 2 * Math.round(box.width));
    assert.equal(png.bytes.readUInt32BE(20), 2 * Math.round(box.height));

    assert.match(
      png.bytes.toString(),
      /Description\0{5}.*Bars: how much the reconstructions of a 1/,
    );

    const svg = await take("Figure, SVG");
    assert.equal(svg.name, "latent-lens-figure-class-1.svg");
    const image = svg.bytes.toString();
    assert.match(image, /^(<\?xml[^>]*>\s*)?<svg /);
    const summary = await lens.figure.getAttribute("aria-label");
    assert.ok(image.includes(`<title>${summary}</title>`), image.slice(0, 500));
    assert.match(image, /<desc>.*Bars: how much the reconstructions of a 1 change/);
    assert.match(
      image,
      /Made by latent-lens \d\S+: a network with 12 latent dimensions, trained here for 3 epochs/,
    );
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
    assert.deepEqual(Object.keys(await lens.share()), ["element"]);
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
      const tap = async () => {
        await page.touchscreen.tap(box.x + x + width / 2, box.y + y + height / 2);
        await lens.settle();
      };
      await page.keyboard.press("Escape");
      await tap();
      assert.match(await lens.readout.innerText(), /row 15, column 15/);
      const dialog = lens.element.getByRole("dialog");
      assert.equal(await dialog.isVisible(), false, "the first tap only reads");
      await tap();
      await dialog.waitFor();
      await screenshot(page, "dimension phone");
      await dialog.getByRole("button", { name: "Close" }).click();
      await lens.settle();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      await screenshot(page, "explorer phone");
    },
    QUICK,
    { ...context, colorScheme: "dark" },
  );
});
