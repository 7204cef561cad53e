/** Errors over images: asked for, shown with bars and pixels, and taken home. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { explore } from "./explorer";
import { screenshot } from "./harness";
import type { Matrix, Report } from "./lens";

const ASKED =
  "?classes=0,1&dims=4&epochs=5&explain=60&engine=cpu&image-errors=true&errors=images&autorun";

type Asked = Report & {
  image_errors?: { latent_importance: Matrix; order: number[][]; lit: number[] };
};

test("errors over images stand with bars and pixels, and few images are said to be too few", async () => {
  await explore(async (lens, _, page) => {
    const { image_errors: errors } = (await lens.report()) as Asked;
    assert.deepEqual(errors?.latent_importance.shape, [2, 4]);
    assert.deepEqual([...errors!.order[0]!].sort(), [0, 1, 2, 3]);
    assert.equal(errors!.lit.length, 784);

    await lens.figure.focus();
    await page.keyboard.press("ArrowRight");
    await lens.settle();
    const middle = await lens.readout.innerText();
    assert.match(middle, /importance [\d.e−-]+ ± [\d.e−-]+ over images/);
    // No digit reaches the corners.
    for (let step = 0; step < 14; step += 1) {
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("ArrowLeft");
    }
    await lens.settle();
    assert.match(await lens.readout.innerText(), /too few: lit in 0 images/);
    await screenshot(page, "errors over images");
  }, ASKED);
});

test("errors that were not measured are said to be missing", async () => {
  await explore(
    async (lens) => {
      await lens.element
        .getByText(/Errors over images are to be measured: switch them on/)
        .waitFor();
    },
    ASKED.replace("&image-errors=true", ""),
  );
});
