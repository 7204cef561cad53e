/** Every example, built by `cargo xtask test examples`: its element runs to the end. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { screenshot, SITE, visit } from "../browser/harness";
import { Lens } from "../browser/lens";
import { jupyter } from "./jupyter";

const ORIGINS = [new URL(SITE).origin];

/** Browsers ask a server for an icon where a page names none. */
async function withoutIcon(page: Page): Promise<void> {
  await page.context().route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
}

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

/** A notebook of the example, all of whose cells are run. Everything comes from the kernel: nothing else is asked for. */
async function notebook(
  name: string,
  use: (page: Page, cells: Cells) => Promise<void>,
): Promise<void> {
  await jupyter(async (origin) => {
    // Without what was open before, in which there may be the same cells.
    const other = { url: `${origin}/lab/tree/${name}?reset`, origins: [origin] };
    // JupyterLab's own, which have nothing to do with what is shown in it.
    const expected = /^warning: /;
    await visit({ other, before: withoutIcon, expected }, async (page) => {
      await page.getByText("Python 3 (ipykernel) | Idle").waitFor({ timeout: 120_000 });
      // The notebook may be ready a moment later than its kernel, and then asks for one.
      await page.addLocatorHandler(page.locator(".jp-Dialog .jp-mod-accept"), (button) =>
        button.click(),
      );
      await page.getByRole("menuitem", { name: "Run", exact: true }).click();
      await page.getByRole("menuitem", { name: "Run All Cells" }).first().click();
      await use(page, new Cells(page));
    });
  });
}

/** Cells by what stands in them. */
class Cells {
  constructor(readonly page: Page) {}

  cell(text: string): Locator {
    return this.page.locator(".jp-CodeCell", { hasText: text }).first();
  }

  async again(text: string): Promise<void> {
    await this.cell(text).locator(".cm-content").click();
    await this.page.keyboard.press("Control+Enter");
  }

  /** Has the explorer below a cell run to its end. */
  async explain(text: string, button: string): Promise<Locator> {
    const lens = this.cell(text).locator("latent-lens");
    await lens.waitFor({ timeout: 120_000 });
    await lens.scrollIntoViewIfNeeded();
    await lens.getByRole("button", { name: button }).click();
    await this.page.waitForFunction(
      (of) => of!.getAttribute("phase") === "done",
      await lens.elementHandle(),
      { timeout: 120_000 },
    );
    return lens;
  }
}

test("Jupyter shows arrays and tables of the kernel, and gets tables back", async () => {
  await notebook("example.ipynb", async (page, cells) => {
    const lens = await cells.explain("lens = Lens(", "Train and explain");
    await cells.again("lens.report.pixel_importance");
    await page.getByText("(64, 4)", { exact: true }).waitFor();
    await cells.again("lens.report.latent_importance if");
    const importance = cells.cell("lens.report.latent_importance if");
    await importance.locator("th", { hasText: "square" }).waitFor();

    // Both ways: what the kernel has set is there, and what is set in the page is in the kernel.
    assert.equal(await lens.getAttribute("view"), "pixels");
    await lens.evaluate((of) => Object.assign(of, { dimension: 2 }));
    await cells.again("lens.selected");
    await page.getByText(/Selected\(dimension=2,/).waitFor();
    await screenshot(page, "example Jupyter");

    const table = await cells.explain("table = Lens(", "Train and explain");
    const columns = await table.evaluate(
      (of) => (of as unknown as { report: { data: { columns?: string[] } } }).report.data.columns,
    );
    assert.deepEqual(columns?.slice(0, 2), ["sepal length", "sepal width"]);
    await screenshot(page, "example Jupyter table");
    const analysed = cells.cell("report = analyse(");
    await analysed.locator("th", { hasText: "square" }).waitFor({ timeout: 120_000 });
  });
});
