/** A notebook of the example in JupyterLab, and its cells. */
import type { Locator, Page } from "playwright-core";

import { visit } from "../browser/harness";
import { withoutIcon } from "./icon";
import { jupyter } from "./jupyter";

/** A notebook of the example, all of whose cells are run. Everything comes from the kernel: nothing else is asked for. */
export async function notebook(
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
export class Cells {
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
