/** A table of named columns: its maps are bars that are read by name, wherever the page shows one. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Explorer } from "./explorer";
import { bytes } from "./files";
import { screenshot, visit } from "./harness";

const NAMES = ["sepal length", "sepal width", "petal length", "petal width", "stem", "leaf"];

/** Rows of two classes, whose columns differ in how much they vary. */
function table(): Uint8Array {
  const lines = [["species", ...NAMES].join(",")];
  for (let row = 0; row < 60; row += 1) {
    const of = row % 2;
    const values = NAMES.map((_, at) => {
      const noise = ((row * 37 + at * 101) % 29) / 29;
      return Math.min(1, Math.max(0, 0.5 + (of - 0.5) * 0.15 * at + 0.2 * (noise - 0.5))).toFixed(
        4,
      );
    });
    lines.push([["iris", "moss"][of], ...values].join(","));
  }
  return bytes(lines.join("\n"));
}

for (const [width, height] of [
  [1280, 1000],
  [320, 900],
] as const) {
  test(`columns are read by their names, ${width} px wide`, async () => {
    const query = "?engine=cpu&dims=2&epochs=8&permutations=1";
    const options = {
      query,
      context: { viewport: { width, height } },
      expected: /willReadFrequently/,
    };
    await visit(options, async (page) => {
      const lens = new Explorer(page);
      await lens.reach(["idle"]);
      await lens.unfoldPanel("images");
      await lens.element
        .locator("input[type=file][multiple]")
        .first()
        .setInputFiles({
          name: "plants.csv",
          mimeType: "text/csv",
          buffer: Buffer.from(table()),
        });
      await lens.button(/^Use these/).click();
      await lens.element.locator("[part=preview]").waitFor({ state: "hidden" });
      await lens
        .button(/^Train/)
        .first()
        .click();
      await lens.reach(["done"]);
      await lens.figure.focus();
      await page.keyboard.press("ArrowDown");
      const read = new Set<string>();
      for (let step = 0; step < NAMES.length; step += 1) await page.keyboard.press("ArrowUp");
      await lens.settle();
      for (const _ of NAMES) {
        const said = await lens.readout.innerText();
        const [, name] = /^Dimension \d+, ([^:]+): importance [\d.]/.exec(said) ?? [];
        assert.ok(name && NAMES.includes(name), said);
        read.add(name);
        await page.keyboard.press("ArrowDown");
        await lens.settle();
      }
      assert.equal(read.size, NAMES.length);
      const sentences = await lens.element.locator("[part=figure]").innerText();
      assert.match(sentences, /Maps: the columns that drive the dimension/);
      assert.doesNotMatch(sentences, /pixel|image/i);
      await screenshot(page, `columns-${width}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide}`);
    });
  });
}
