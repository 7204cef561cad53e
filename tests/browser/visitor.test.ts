/** The way of a visitor through the page: look, train, watch, understand. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { Held } from "./engine-workers";
import { screenshot, visit } from "./harness";
import { coloured, Lens, type Report } from "./lens";
import { longestTask, trace } from "./tasks";

test("within a second a visitor sees what this is, the digits and one button", async () => {
  let times!: () => Promise<number[]>;
  const before = async (page: Page) => void (times = await trace(page));
  await visit({ query: "?engine=cpu", before }, async (page) => {
    const lens = new Lens(page);
    await lens.element.locator("[part=samples] canvas").first().waitFor();
    // Of processor time: how long others have the processor is not the page's doing. Where they have
    // the other half of its core, and its caches, the same work takes up to twice as long.
    const busy = (await times()).reduce((sum, ms) => sum + ms, 0);
    assert.ok(busy < 2000, `it took ${Math.round(busy)} ms until the digits were there`);

    await page.getByRole("heading", { name: /neural network on handwritten digits/ }).waitFor();
    const buttons = lens.element.getByRole("button").filter({ visible: true });
    const names = (await buttons.allInnerTexts()).map((text) => text.split("\n")[0]);
    assert.deepEqual(names, ["Images", "Network", "Train and explain", "Enlarge"]);
    assert.match(
      await lens.status.innerText(),
      /1,807 images to learn from, 321 held out/,
      "the default is digits 0 and 1",
    );
    await screenshot(page, "first visit");
  });
});

test("a visitor trains the paper's autoencoder on the CPU and gets its figure", async () => {
  let held!: Held;
  await visit(
    {
      query: "?engine=cpu",
      // Chromium has advice for who reads canvases, as this test does.
      expected: /willReadFrequently/,
      before: async (page) => {
        held = await Held.at(page, {
          early: ({ stage, done }) => stage === "training" && done > 4,
        });
        await page.addInitScript(() => {
          const seen = { shift: 0 };
          Object.assign(window, { seen });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              seen.shift += (entry as unknown as { value: number }).value;
            }
          }).observe({ type: "layout-shift", buffered: true });
        });
      },
    },
    async (page) => {
      const lens = new Lens(page);
      await lens.reach(["idle"]);
      await lens.settle();
      const emptyFigure = await coloured(lens.figure);
      let early!: Report["samples"];
      let report!: Report;
      const longest = await longestTask(page, async () => {
        await lens.button("Train and explain").click();
        await held.reached("early");
        await lens.reach(["training"]);
        await lens.status.getByText(/Epoch \d+ of 50 · held-out loss 0\.\d+/).waitFor();
        await lens.status.getByText(/left$/).waitFor();
        early = (await lens.report()).samples;
        held.release("early");
        report = await lens.finish();
        await lens.settle();
      });
      assert.ok(longest < 80, `the longest task took ${longest} ms`);

      // Training: 50 epochs, lower and lower, images that come to resemble themselves.
      assert.equal(report.engine, "cpu");
      const { training_loss, held_out_loss } = report.training;
      assert.equal(training_loss.length, 50);
      assert.ok(Math.abs(held_out_loss[49]! / 0.1465246 - 1) < 0.01, "as Keras, within 1 %");
      const error = ({ images, reconstructions }: typeof early) =>
        images.data.reduce((sum, x, i) => sum + (x - reconstructions.data[i]!) ** 2, 0);
      assert.ok(error(report.samples) < error(early) / 2);
      assert.deepEqual(report.samples.labels, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);

      // Importance: every pixel and every latent exactly.
      const { pixel_importance, latent_importance, direction } = report;
      assert.deepEqual(pixel_importance.mean.shape, [784, 12]);
      assert.deepEqual(pixel_importance.std_error?.shape, [784, 12]);
      for (const { method, std_error } of [pixel_importance, latent_importance]) {
        assert.equal(method, "exact");
        assert.ok(std_error!.data.every((error) => error === 0));
      }
      assert.equal(pixel_importance.mean.data[0], 0, "a corner is always black");
      assert.ok(Math.max(...pixel_importance.mean.data) > 0.001);
      assert.deepEqual(new Set(direction.sign.data), new Set([-1, 0, 1]));
      assert.deepEqual(latent_importance.mean.shape, [2, 12]);

      // The figure: bars sorted for the class, maps in the same order.
      const fullFigure = await coloured(lens.figure);
      assert.ok(
        fullFigure > emptyFigure + 5000,
        `${emptyFigure} coloured pixels became ${fullFigure}`,
      );
      for (const [row, label] of ["0", "1"].entries()) {
        await lens.element.getByRole("radio", { name: label, exact: true }).check({ force: true });
        const bars = latent_importance.mean.data.slice(12 * row, 12 * row + 12);
        const top = bars.indexOf(Math.max(...bars)) + 1;
        // The figure is drawn anew in the browser's next frame.
        const name = new RegExp(`class ${label} .*? of 12: dimension ${top} `);
        await lens.element.getByLabel(name).first().waitFor();
      }

      const seen = await page.evaluate(
        () => (window as unknown as { seen: { shift: number } }).seen,
      );
      assert.ok(seen.shift < 0.01, `things moved by ${seen.shift}`);
      // A picture of the whole page takes another viewport, in which things move.
      await screenshot(page, "done");
    },
  );
});

test("charts are drawn in the screen's own pixels", async () => {
  for (const deviceScaleFactor of [1, 1.5, 2]) {
    await visit({ query: "?engine=cpu", context: { deviceScaleFactor } }, async (page) => {
      const lens = new Lens(page);
      await lens.element.locator("[part=samples] canvas").first().waitFor();
      await page.waitForLoadState("networkidle");
      await lens.settle();
      for (const chart of [lens.figure, lens.loss]) {
        const [drawn, shown] = await chart.evaluate((element) => {
          const { width, height } = element as HTMLCanvasElement;
          const box = element.getBoundingClientRect();
          return [
            [width, height],
            [box.width * devicePixelRatio, box.height * devicePixelRatio],
          ];
        });
        for (const side of [0, 1]) {
          assert.ok(
            Math.abs(drawn![side]! - shown![side]!) <= 1,
            `${drawn} pixels for ${shown} at ${deviceScaleFactor}`,
          );
        }
      }
    });
  }
});

test("a visitor on a phone, in the dark, gets the same", async () => {
  const context = {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    colorScheme: "dark",
  } as const;
  await visit({ query: "?engine=cpu&epochs=5&autorun", context }, async (page) => {
    const lens = new Lens(page);
    await lens.finish();
    await lens.settle();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width, 390, "nothing is wider than the screen");
    await screenshot(page, "phone dark");
  });
});
