/** Documents that were knitted with the R package: served, and as one file that is opened from a disk. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { env } from "node:process";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { screenshot, SITE, visit } from "../browser/harness";
import { Lens } from "../browser/lens";

/** What a file on a disk has instead of an origin. */
const NOBODYS = "null";

const onDisk = (name: string) => pathToFileURL(join(env.DIST!, name)).href;

for (const [how, url, origins] of [
  ["one file, opened from a disk,", onDisk("whole.html"), [NOBODYS]],
  ["with scripts beside it, opened from a disk,", onDisk("parts.html"), [NOBODYS]],
  ["one file, served,", `${SITE}whole.html`, [new URL(SITE).origin]],
] as const) {
  test(`a document of R Markdown, ${how} trains and explains`, async () => {
    await visit({ other: { url, origins: [...origins] } }, async (page) => {
      const lens = new Lens(page);
      await lens.element.scrollIntoViewIfNeeded();
      await lens.button("Train and explain").click();
      const report = await lens.finish();
      assert.deepEqual(report.pixel_importance.mean.shape, [64, 4]);
      assert.deepEqual(
        report.classes.map(({ name }) => name),
        ["lying", "standing"],
      );
      // What is fetched by workers other than the engine's.
      await lens.element.evaluate((of) => Object.assign(of, { view: "space", projection: "tsne" }));
      await lens.element.getByText(/t-SNE of \d+ images has settled/).waitFor();
      await screenshot(page, `R, ${how}`);
    });
  });
}

test("what aim has computed is shown as it is", async () => {
  await visit({ other: { url: onDisk("results.html"), origins: [NOBODYS] } }, async (page) => {
    const lens = new Lens(page);
    const { classes, pixel_importance, direction, model } = await lens.finish();
    assert.deepEqual(
      classes.map(({ name }) => name),
      ["Bag", "Coat"],
    );
    assert.deepEqual(pixel_importance.mean.shape, [9, 2]);
    // Pixel i and dimension j have i + 10 j.
    assert.deepEqual(Object.values(pixel_importance.mean.data).slice(0, 4), [11, 21, 12, 22]);
    assert.deepEqual(Object.values(direction.sign.data).slice(0, 4), [1, -1, -1, 0]);
    assert.deepEqual(model?.files, ["vimp.RData"]);
    await screenshot(page, "R, results of aim");
  });
});
