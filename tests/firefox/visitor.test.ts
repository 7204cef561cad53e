/** The way of a visitor through the page, in Firefox, which has no WebGPU: the CPU engine works. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { cdn } from "../browser/servers";
import { visit } from "./harness";

const FIGURE = "[part=figure] canvas.chart";

test("a visitor trains, pauses, reads the figure, turns it and takes it along", async () => {
  await visit({}, async (lens) => {
    const { page } = lens;
    // The first look: digits, an empty figure in its place, one button.
    await lens.see("[part=samples] canvas");
    await lens.reach(["idle"]);
    assert.match(await lens.text("[part=status]"), /1,807 images to learn from, 321 held out/);
    assert.match(await lens.text("[part=engine]"), /CPU/);
    const empty = await lens.coloured(FIGURE);
    await lens.screenshot("firefox first visit");

    // Paused within the page as soon as there is an epoch: a click from outside may be late.
    const paused = page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const element = document.querySelector("latent-lens")!;
          const { shadowRoot } = element;
          const pause = () => {
            const buttons = shadowRoot!.querySelectorAll<HTMLElement>("[part=transport] button");
            const button = [...buttons].find(({ textContent }) => textContent === "Pause");
            const { report } = element as unknown as { report: { training?: object } | null };
            if (!report?.training || !button) return;
            element.removeEventListener("lens-progress", pause);
            button.click();
            resolve();
          };
          element.addEventListener("lens-progress", pause);
        }),
    );
    await lens.press("Train and explain");
    await paused;
    await lens.reach(["paused"]);
    const epochs = async () => (await lens.report()).training.held_out_loss.length;
    // What was under way when the click came still arrives; then nothing does.
    let [before, now] = [0, await epochs()];
    while (before !== now) {
      await sleep(500);
      [before, now] = [now, await epochs()];
    }
    assert.ok(now < 50, "nothing is computed during a pause");
    await lens.press("Resume");

    const report = await lens.finish();
    assert.equal(report.engine, "cpu");
    const loss = report.training.held_out_loss;
    assert.equal(loss.length, 50);
    assert.ok(Math.abs(loss[49]! / 0.1465246 - 1) < 0.01, "as Keras, within 1 %");
    assert.deepEqual(report.pixel_importance.mean.shape, [784, 12]);
    assert.deepEqual(report.latent_importance.mean.shape, [2, 12]);
    await lens.settle();
    const full = await lens.coloured(FIGURE);
    assert.ok(full > empty + 5000, `${empty} coloured pixels became ${full}`);
    await lens.screenshot("firefox done");

    // What is pointed at is said.
    const figure = await lens.see(FIGURE);
    await figure.scrollIntoView();
    await figure.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    assert.match(
      await lens.text("[part=figure] [part=readout]"),
      /^Dimension \d+, row \d+, column \d+: /,
    );
    await page.keyboard.press("Escape");
    const outside = await lens.text("[part=figure] [part=readout]");
    const box = (await figure.boundingBox())!;
    const said = new Set<string>();
    for (let across = 0.05; across < 1; across += 0.05) {
      await page.mouse.move(box.x + across * box.width, box.y + box.height / 4);
      await lens.settle();
      said.add(await lens.text("[part=figure] [part=readout]"));
    }
    said.delete(outside);
    assert.ok(said.size >= 5, `pointing says ${[...said].join(" | ")}`);

    // Another class, another view: the page's address says so.
    await lens.press("1");
    await lens.settle();
    assert.match(new URL(page.url()).search, /explain-class=1/);
    await lens.press("Classes");
    await lens.settle();
    assert.match(new URL(page.url()).search, /view=classes/);
    assert.ok((await lens.coloured(FIGURE)) > 500);
    await lens.screenshot("firefox classes");

    // A figure and a table leave the page.
    await (await lens.see("[part=figure] [part=exports] > summary")).click();
    const png = await lens.take("Figure, PNG", "latent-lens-classes.png");
    assert.deepEqual(
      [...png.subarray(1, 4)],
      [..."PNG"].map((letter) => letter.charCodeAt(0)),
    );
    const csv = await lens.take("Latent importance, CSV", "latent-lens-latent-importance.csv");
    const rows = csv.toString().trim().split("\n");
    assert.equal(rows[0], "class,dimension,importance,std_error");
    const values = rows.slice(1).map((row) => Number(row.split(",")[2]));
    assert.deepEqual(
      Float32Array.from(values),
      Float32Array.from(report.latent_importance.mean.data),
    );

    // Back leads back.
    await page.goBack();
    await page.waitForFunction(() => !location.search.includes("view="));
  });
});

test("on a narrow screen, in the dark, nothing is wider than the screen", async () => {
  const viewport = { width: 390, height: 844, deviceScaleFactor: 2 };
  await visit({ query: "?epochs=5&autorun", viewport, dark: true }, async (lens) => {
    await lens.finish();
    await lens.settle();
    const width = await lens.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${width} px`);
    await lens.screenshot("firefox phone dark");
  });
});

test("a second visit, the server stopped, reaches the finished figure", async () => {
  await cdn(async (origin, stop) => {
    await visit({ url: `${origin}/` }, async (lens) => {
      const { page } = lens;
      await page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
      await stop();
      await page.goto(`${origin}/?autorun`);
      const report = await lens.finish();
      assert.deepEqual(report.pixel_importance.mean.shape, [784, 12]);
    });
  });
});
