/** The example's notebooks, run in the applications that show them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { screenshot } from "../browser/harness";
import { notebook } from "./notebook";

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
