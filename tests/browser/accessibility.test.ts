/** What axe-core finds wrong for people who use the page by keyboard, screen reader or eye: nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints } from "./axe";
import { explore, QUICK } from "./explorer";
import { csv, set } from "./files";
import { screenshot, visit } from "./harness";

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe-core finds nothing on the first visit in ${colorScheme} mode`, async () => {
    await visit({ context: { colorScheme } }, async (page) => {
      await page.locator("latent-lens[phase=idle]").waitFor();
      for (const name of ["images", "network"] as const) {
        await page.locator(`latent-lens [part=${name}-button]`).click();
        for (const more of await page.locator("latent-lens .more > summary:visible").all()) {
          await more.click();
        }
        assert.deepEqual(await complaints(page), [], name);
      }
    });
  });

  test(`axe-core finds nothing where images are chosen in ${colorScheme} mode`, async () => {
    await visit({ context: { colorScheme } }, async (page) => {
      await page.locator("latent-lens[phase=idle]").waitFor();
      const data = page.locator("latent-lens [part=data]");
      await page.locator("latent-lens [part=images-button]").click();
      await data.getByText("Record spoken digits").click();
      const buffer = Buffer.from(csv(set(3, 4, 8, 8)));
      const file = { name: "toy.csv", mimeType: "text/csv", buffer };
      await data.locator("input[type=file]").first().setInputFiles(file);
      await data.locator("[part=preview] dt").first().waitFor();
      await data.locator(".preset").first().waitFor();
      assert.deepEqual(await complaints(page), []);
      await screenshot(page, `data ${colorScheme}`);
    });
  });

  test(`axe-core finds nothing in any view in ${colorScheme} mode`, async () => {
    await explore(
      async (lens, _, page) => {
        for (const part of ["look", "numbers", "exports"] as const) await lens.unfold(part);
        for (const view of [
          "Importance",
          "Pixels",
          "Classes",
          "Encoded space",
          "Reconstructions",
          "Similarity",
        ]) {
          await lens.view(view);
          assert.deepEqual(await complaints(page), [], view);
        }
        await lens.view("Encoded space");
        await lens.figure.focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await lens.element.locator("[part=image]").waitFor();
        await lens.view("Importance");
        await lens.figure.focus();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Enter");
        await lens.element.getByRole("dialog").waitFor();
        await lens.settle();
        assert.deepEqual(await complaints(page), [], "dimension");
        await screenshot(page, `dimension ${colorScheme}`);
      },
      QUICK,
      { colorScheme },
    );
  });
}

test("with reduced motion nothing moves by itself", async () => {
  await explore(
    async (lens) => {
      await lens.view("Encoded space");
      await lens.unfold("look");
      await lens.choose("Axes", "UMAP");
      const words = lens.element.locator("[part=projection]");
      const frames = new Set<string>();
      while (!(await words.getByText(/has settled/).isVisible())) {
        frames.add(await lens.drawn());
        await lens.page.waitForTimeout(100);
      }
      assert.ok(frames.size <= 2, `${frames.size} different frames`);
    },
    QUICK,
    { reducedMotion: "reduce" },
  );
});
