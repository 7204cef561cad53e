/** The example's notebooks, run in the applications that show them. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { screenshot, visit } from "../browser/harness";
import { savedFile, toHtml } from "./jupyter";
import { type Application, notebook, opened } from "./notebook";

interface SavedNotebook {
  cells: { outputs?: { data?: Record<string, string[]> }[] }[];
}

for (const [application, title] of [
  ["lab", "JupyterLab"],
  ["notebook", "Notebook 7"],
] as [Application, string][]) {
  test(`${title} shows arrays and tables of the kernel, and gets tables back`, async () => {
    await notebook("example.ipynb", application, async (page, cells) => {
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
      await screenshot(page, `example ${title}`);

      const analysed = cells.cell("report = analyse(");
      await analysed.locator("th", { hasText: "square" }).waitFor({ timeout: 120_000 });
    });
  });
}

test("JupyterLab trains on a table of pandas, whose columns keep their names", async () => {
  await notebook("table.ipynb", "lab", async (page, cells) => {
    const lens = await cells.explain("lens = Lens(", "Train and explain");
    const columns = await lens.evaluate(
      (of) => (of as unknown as { report: { data: { columns?: string[] } } }).report.data.columns,
    );
    assert.deepEqual(columns?.slice(0, 2), ["alcohol", "malic_acid"]);
    await cells.again("nlargest");
    const largest = cells.cell("nlargest");
    await largest.locator("td", { hasText: /^\w+$/ }).first().waitFor();
    await screenshot(page, "example table");
    const analysed = cells.cell("report = analyse(");
    await analysed.locator("th", { hasText: "second grower" }).waitFor({ timeout: 120_000 });
  });
});

for (const [file, library, said] of [
  ["keras.ipynb", "Keras", "The Keras model 'shapes' was saved as .keras"],
  ["pytorch.ipynb", "PyTorch", "The PyTorch module Autoencoder was exported to ONNX"],
] as const) {
  test(`JupyterLab explains an object of ${library}`, async () => {
    await notebook(file, "lab", async (page, cells) => {
      await cells.done("lens = Lens(");
      await cells.cell("lens = Lens(").getByText(said).waitFor();
      await cells.again("lens.report.latent_importance");
      const importance = cells.cell("lens.report.latent_importance");
      await importance.locator("th", { hasText: "cross" }).waitFor();
      await cells.again("found = lens.report.latents");
      const told = await page.getByText(/^\d+ discs, within/).textContent();
      const [, within] = /within (\S+)/.exec(told!)!;
      assert.ok(Number(within) < 1e-4, told!);
      await screenshot(page, `example ${library}`);
    });
  });
}

test("JupyterLab asks functions of the kernel, and shows where they fail", async () => {
  await notebook("functions.ipynb", "lab", async (page, cells) => {
    const lens = await cells.lens("lens = Lens(");
    // What was found before it was cancelled stays, and the next run is a whole one.
    await lens.getByRole("button", { name: "Explain this model" }).click();
    await lens.getByText(/^Shuffling pixel by pixel/).waitFor();
    await lens.getByRole("button", { name: "Cancel" }).click();
    await lens.getByRole("button", { name: "Run again" }).click();
    await cells.done("lens = Lens(");
    await cells.again("lens.report.latent_importance");
    const importance = cells.cell("lens.report.latent_importance");
    await importance.locator("th", { hasText: "square" }).waitFor();
    await screenshot(page, "example functions");

    await cells.write("lens.explain(encode=lambda rows: rows.nothing)");
    await lens
      .getByText(/has no attribute 'nothing'\): correct what it says/)
      .first()
      .waitFor();
    const trace = cells.cell("lens = Lens(").locator(".latent-lens-traceback");
    await trace.getByText(/^Traceback .*lambda rows: rows\.nothing.*AttributeError/s).waitFor();
    await screenshot(page, "example functions traceback");
  });
});

test("a saved notebook shows the last figure where there is no kernel", async () => {
  await notebook("example.ipynb", "lab", async (_, cells) => {
    const output = cells.cell("lens = Lens(").locator(".jp-OutputArea-output");
    await cells.explain("lens = Lens(", "Train and explain");
    const picture = output.locator(".latent-lens-picture img");
    await picture.waitFor({ state: "attached" });
    // The explorer itself is there.
    assert.equal(await picture.isVisible(), false);
    await cells.save();
  });
  const saved = savedFile("example.ipynb");
  const { cells } = JSON.parse(await readFile(saved, "utf8")) as SavedNotebook;
  const outputs = cells.flatMap(({ outputs = [] }) => outputs);
  const pictures = outputs.filter(({ data }) => data?.["text/html"]?.join("").includes("<img"));
  assert.equal(pictures.length, 1);

  // As others are sent it.
  const exported = await toHtml(saved);
  // For formulas, a page of nbconvert's asks for what is not wanted here.
  const cdn = "https://cdnjs.cloudflare.com";
  const before = (page: Page) =>
    page.route(`${cdn}/**`, (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  const other = { url: exported, origins: ["null", cdn] };
  await visit({ other, before }, async (page) => {
    const picture = page.locator(".latent-lens-picture img");
    assert.ok(await picture.evaluate((of: HTMLImageElement) => of.naturalWidth > 300));
    assert.match(
      (await picture.getAttribute("alt"))!,
      /^Ranges of pixel importance, widest first: /,
    );
    await page.getByText("The explorer of latent-lens: run this cell to see it.").waitFor();
    await screenshot(page, "example saved");
  });
  // Where it is opened again, before anything is run.
  await opened("example.ipynb", "lab", async (page) => {
    const picture = page.locator(".latent-lens-picture img");
    await picture.scrollIntoViewIfNeeded();
    assert.ok(await picture.isVisible());
    await screenshot(page, "example opened again");
  });
});

test("what the element consists of comes once, and several explorers share their workers", async () => {
  const arrived = { bytes: 0 };
  await notebook(
    "example.ipynb",
    "lab",
    async (page, cells) => {
      await cells.explain("lens = Lens(", "Train and explain");
      const workers = page.workers().length;
      const first = arrived.bytes;
      assert.ok(first > 2_000_000, `${first} bytes`);
      await cells.write("other = Lens(images, labels, dims=3, epochs=2); other");
      await cells.explain("other = Lens(", "Train and explain");
      assert.ok(arrived.bytes - first < 500_000, `${arrived.bytes - first} bytes more`);
      assert.equal(page.workers().length, workers);
    },
    (page) =>
      page.on("websocket", (socket) =>
        socket.on("framereceived", ({ payload }) => (arrived.bytes += payload.length)),
      ),
  );
});
