/** Rows of a table and signals, from file to figure: they are shown as what they are. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { bytes } from "./files";
import { screenshot, visit } from "./harness";
import { Lens } from "./lens";

const QUICK = "?engine=cpu&dims=2&epochs=3&permutations=1";

/** Two species of flowers that differ in what hangs together, in columns of quite different ranges. */
function flowers(): Uint8Array {
  const lines = Array.from({ length: 60 }, (_, at) => {
    const kind = at % 2;
    const size = ((at * 37) % 60) / 60;
    const noise = ((at * 17) % 23) / 230;
    const numbers = [
      -4 + 2 * size + kind,
      1000 + 900 * size,
      0.02 + 0.01 * kind + noise / 10,
      5 + noise,
      7,
      12 + 3 * kind + size,
      0.4 - 0.3 * size,
      30 + 20 * noise,
    ];
    return [...numbers.map((number) => number.toFixed(4)), kind ? "aster" : "dahlia"].join();
  });
  const header = "temperature,leaf area,seed mass,height,beds,petals,humidity,age,kind";
  return bytes([header, ...lines].join("\n"));
}

/** Waves of many frequencies and phases, without a header. */
function waves(): Uint8Array {
  const lines = Array.from({ length: 60 }, (_, row) =>
    Array.from({ length: 64 }, (_, at) =>
      Math.sin((0.15 + 0.004 * ((row * 37) % 60)) * at + row).toFixed(4),
    ).join(),
  );
  return bytes(lines.join("\n"));
}

async function open(page: Page, name: string, file: Uint8Array): Promise<Lens> {
  const lens = new Lens(page);
  await lens.reach(["idle"]);
  await lens.unfoldPanel("images");
  const input = lens.element.locator("input[type=file][multiple]").first();
  await input.setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(file) });
  await lens.element.locator("[part=preview] dl").waitFor();
  return lens;
}

async function fits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= page.viewportSize()!.width, `the page is ${wide} wide`);
}

test("a table is told as one, what fits it is taken at a press, and its rows have names", async () => {
  await visit({ query: QUICK, expected: /willReadFrequently/ }, async (page) => {
    const lens = await open(page, "flowers.csv", flowers());
    const card = lens.element.locator("[part=preview]");
    await card.getByText("rows of a table: the columns have names of their own.").waitFor();
    const fit = card.locator("[part=fit]");
    await fit
      .getByText(/quantities.*mean squared error and a linear output.*different ranges/)
      .waitFor();
    await screenshot(page, "table proposed");
    await fit.getByRole("button", { name: "Take MSE, a linear output and this scale" }).click();
    await fit.getByText("Taken with these: the loss MSE and a linear output.").waitFor();
    await card
      .getByText(/brought to mean 0 and deviation 1/)
      .first()
      .waitFor();
    assert.equal(await card.locator("[part=warning]").innerText(), "");
    await lens.button("Use these rows").click();
    await lens.status.getByText(/rows to learn from/).waitFor();

    // Settings and their help speak of them as well.
    assert.match(await lens.element.locator("[part=images-button]").innerText(), /^Rows/);
    const said = await lens.element.locator("[part=settings]").allTextContents();
    assert.match(said.join(), /Explained rows.*Noise on rows.*Rows per step.*Single columns/s);
    assert.doesNotMatch(said.join(), /image|pixel/i);

    // Before a run the strip has a row with its names already, in the units of the file.
    const strip = lens.element.locator("[part=pipeline] [part=row]");
    await strip.getByText("8 columns, in the units of the file.").waitFor();
    await strip.getByRole("rowheader", { name: "leaf area" }).waitFor();
    assert.match(await strip.innerText(), /beds\s+7/);
    await lens.button("Train and explain").click();
    const report = await lens.finish();
    const { form, scaling, columns } = report.data as unknown as Record<string, unknown>;
    assert.equal(form, "table");
    assert.equal((columns as string[])[1], "leaf area");
    assert.equal((scaling as { scale: number[] }).scale[4], 1);
    const { loss, variant } = (report as unknown as { settings: Record<string, unknown> }).settings;
    assert.deepEqual([loss, (variant as { output: string }).output], ["mse", "linear"]);

    await strip.getByRole("columnheader", { name: "Difference" }).waitFor();
    assert.equal(await strip.getByRole("rowheader").count(), 6);
    await strip.getByRole("button", { name: "2 more" }).click();
    assert.equal(await strip.getByRole("rowheader").count(), 8);
    // Value and reconstruction are as far apart as is said.
    const cells = await strip.locator("tbody tr").first().locator("td").allInnerTexts();
    const [value, rebuilt, off] = cells.map((cell) => Number(cell.replace("−", "-")));
    assert.ok(
      Math.abs(rebuilt! - value! - off!) < 0.02 * Math.max(1, Math.abs(value!)),
      `${cells}`,
    );

    await lens.element.evaluate((element) => element.setAttribute("dimension", "1"));
    const dialog = lens.element.locator("[part=dimension]").filter({ visible: true });
    await dialog.getByRole("rowheader", { name: "petals" }).waitFor();
    const slider = dialog.getByRole("slider", { name: /Dimension 1/ });
    await slider.evaluate((input: HTMLInputElement) => {
      input.value = input.max;
      input.dispatchEvent(new Event("input"));
    });
    await dialog.getByRole("columnheader", { name: "Moved" }).waitFor();
    await screenshot(page, "table dimension");
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 700 });
      await lens.settle();
      await fits(page);
      await screenshot(page, `table at ${width}`);
    }
  });
});

test("smooth rows are signals, drawn over their reconstructions", async () => {
  await visit({ query: QUICK, expected: /willReadFrequently/ }, async (page) => {
    const lens = await open(page, "waves.csv", waves());
    const card = lens.element.locator("[part=preview]");
    await card.getByText(/signals: numbers side by side are alike/).waitFor();
    await card.locator("[part=fit] button").click();
    await lens.button("Use these signals").click();
    await lens.status.getByText(/signals to learn from/).waitFor();
    await lens.button("Train and explain").click();
    const report = await lens.finish();
    assert.equal((report.data as unknown as { form: string }).form, "signal");
    const strip = lens.element.locator("[part=pipeline] [part=row]");
    await strip.getByText("Reconstruction").waitFor();
    const lines = strip.locator("polyline");
    assert.equal(await lines.count(), 2);
    const points = (await lines.first().getAttribute("points"))!.split(" ");
    assert.equal(points.length, 64);
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 700 });
      await lens.settle();
      await fits(page);
      await screenshot(page, `signals at ${width}`);
    }
  });
});
