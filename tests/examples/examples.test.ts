/** Every example, built by `cargo xtask test examples`: its element runs to the end. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { screenshot, SITE, visit } from "../browser/harness";
import { Lens } from "../browser/lens";
import { withoutIcon } from "./icon";

const ORIGINS = [new URL(SITE).origin];

/** Has the page's element run, as a reader does. */
async function run(page: Page): Promise<void> {
  const lens = new Lens(page);
  await lens.element.scrollIntoViewIfNeeded();
  await lens.button("Train and explain").click();
  const report = await lens.finish(120);
  assert.ok(Math.max(...report.pixel_importance.mean.data) > 0);
}

for (const [name, address] of [
  ["plain HTML", "html/index.html"],
  ["mdBook", "mdbook/book/lens.html"],
  ["Sphinx", "sphinx/_build/index.html"],
  ["MkDocs", "mkdocs/site/index.html"],
  ["Quarto’s extension, by pandoc", "quarto/index.html"],
] as const) {
  test(`the element runs in ${name}`, async () => {
    const other = { url: SITE + address, origins: ORIGINS };
    await visit({ other, before: withoutIcon }, async (page) => {
      await run(page);
      await screenshot(page, `example ${name}`);
      if (address.startsWith("html")) {
        await page
          .locator("#told")
          .getByText(/^Loss on images it has not seen: 0\.\d{4}$/)
          .waitFor();
      }
    });
  });
}

test("plain HTML trains and measures without the element", async () => {
  const url = `${SITE}html/engine.html`;
  await visit({ other: { url, origins: ORIGINS }, before: withoutIcon }, async (page) => {
    await page.locator("#run").click();
    await page
      .locator("#told")
      .getByText(/^Loss: 0\.\d{4}$/)
      .waitFor();
    // What moves nothing is transparent, what moves most is not.
    const drawn = await page.evaluate(() => {
      const { data } = document.querySelector("canvas")!.getContext("2d")!.getImageData(0, 0, 8, 8);
      return data.filter((_, at) => at % 4 === 3);
    });
    assert.equal(Math.max(...Object.values(drawn)), 255);
    await screenshot(page, "example engine");
  });
});

test("React shows the element, hears its report and trains in an effect", async () => {
  const url = `${SITE}react/dist/index.html`;
  await visit({ other: { url, origins: ORIGINS }, before: withoutIcon }, async (page) => {
    await page.locator("main > label input").fill("5");
    await run(page);
    assert.equal((await new Lens(page).report()).settings.dims, 5);
    await page
      .locator("#told")
      .getByText(/^321 images were held out\.$/)
      .waitFor();
    await page
      .locator("#loss")
      .getByText(/^(0\.\d{3} → ){4}0\.\d{3}$/)
      .waitFor();
    await screenshot(page, "example React");
  });
});

test("Observable plots what the element reports and what the engine gives", async () => {
  const other = { url: `${SITE}observable/dist/index.html`, origins: ORIGINS };
  await visit({ other, before: withoutIcon }, async (page) => {
    await page
      .locator("#noise")
      .getByText(/^0\.\d{4}$/)
      .waitFor();
    await run(page);
    await page.locator("svg path[fill=none], svg [aria-label=line] path").first().waitFor();
    await screenshot(page, "example Observable");
  });
});
