/** A notebook of the example in an application that shows notebooks, and its cells. */
import type { Locator, Page } from "playwright-core";

import { visit } from "../browser/harness";
import { withoutIcon } from "./icon";
import { type Application, jupyter } from "./jupyter";

export type { Application } from "./jupyter";

/** Where an application shows a notebook, and by what it tells that its kernel is ready. */
const SHOWS: Record<Application, (name: string) => string> = {
  // Without what was open before, in which there may be the same cells.
  lab: (name) => `lab/tree/${name}?reset`,
  notebook: (name) => `notebooks/${name}`,
};

/** A notebook of the example, nothing of which is run. */
export async function opened(
  name: string,
  application: Application,
  use: (page: Page) => Promise<void>,
  before: (page: Page) => unknown = () => {},
): Promise<void> {
  await jupyter(application, async (origin) => {
    const other = { url: `${origin}/${SHOWS[application](name)}`, origins: [origin] };
    // The applications' own: what takes them long, what Notebook 7 asks its settings for before they
    // have come, and a widget without a kernel.
    const expected = /^warning: |^uncaught: .*\(reading 'schema'\)|: widget model not found/;
    const prepare = async (page: Page) => {
      await withoutIcon(page);
      await before(page);
    };
    await visit({ other, before: prepare, expected }, async (page) => {
      // Before its kernel is chosen, a notebook is idle, too.
      await page.locator(".jp-KernelName", { hasText: "Python 3" }).waitFor({ timeout: 120_000 });
      await page
        .locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        .waitFor({ timeout: 120_000 });
      await use(page);
    });
  });
}

/** One all of whose cells are run. Everything comes from the kernel: nothing else is asked for. */
export async function notebook(
  name: string,
  application: Application,
  use: (page: Page, cells: Cells) => Promise<void>,
  before?: (page: Page) => unknown,
): Promise<void> {
  const run = async (page: Page) => {
    // The notebook may be ready a moment later than its kernel, and then asks for one.
    await page.addLocatorHandler(page.locator(".jp-Dialog .jp-mod-accept"), (button) =>
      button.click(),
    );
    await page.getByRole("menuitem", { name: "Run", exact: true }).click();
    await page.getByRole("menuitem", { name: "Run All Cells" }).first().click();
    await use(page, new Cells(page));
  };
  await opened(name, application, run, before);
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

  /** Writes a cell below all others, and runs it. */
  async write(text: string): Promise<void> {
    await this.page.locator(".jp-Cell").last().click();
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("b");
    await this.page.keyboard.press("Enter");
    await this.page.keyboard.insertText(text);
    await this.page.keyboard.press("Control+Enter");
  }

  /** Saves the notebook; resolves once that is done. */
  async save(): Promise<void> {
    const written = this.page.waitForResponse(
      (response) => response.request().method() === "PUT" && response.url().includes("/contents/"),
    );
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("Control+s");
    await written;
  }

  /** The explorer below a cell. */
  async lens(text: string): Promise<Locator> {
    const lens = this.cell(text).locator("latent-lens");
    await lens.waitFor({ timeout: 120_000 });
    await lens.scrollIntoViewIfNeeded();
    return lens;
  }

  /** Has it run to its end. */
  async explain(text: string, button: string): Promise<Locator> {
    const lens = await this.lens(text);
    await lens.getByRole("button", { name: button }).click();
    return this.done(text);
  }

  /** Once it has come to its end. */
  async done(text: string): Promise<Locator> {
    const lens = await this.lens(text);
    await this.page.waitForFunction(
      (of) => of!.getAttribute("phase") === "done",
      await lens.elementHandle(),
      { timeout: 120_000 },
    );
    return lens;
  }
}
