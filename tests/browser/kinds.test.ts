/** Kinds of autoencoders: chosen by one click, by an address or an attribute, then trained and explained. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { NETWORK_PRESETS } from "../../www/network-presets";
import { complaints } from "./axe";
import { screenshot, visit } from "./harness";
import { coloured, Lens } from "./lens";

/** What the button of the network says of each, in the order of their buttons. */
const LINES: Record<string, string> = {
  "keras-simple": "784 – 32 – 784 · 50 epochs",
  "keras-sparse": "784 – 32 – 784 · 100 epochs · sparsity 0.0001",
  "keras-deep": "784 – 128 – 64 – 32 – 64 – 128 – 784 · 100 epochs",
  "keras-convolutional":
    "convolutional 16 – 8 – 8 – 128 · max-pooling · 50 epochs · batches of 128",
  "keras-denoising":
    "convolutional 32 – 32 – 64 · max-pooling · 100 epochs · Gaussian noise of 0.5 · batches of 128",
  "keras-variational": "784 – 64 – 2 – 64 – 784 · variational · 100 epochs · batches of 32",
  "tensorflow-basic": "784 – 64 – 784 · 10 epochs · loss MSE · batches of 32",
  "tensorflow-denoising":
    "convolutional 16 – 8 – 64 · 10 epochs · Gaussian noise of 0.2 · loss MSE · batches of 32",
  "tensorflow-anomalies":
    "784 – 32 – 16 – 8 – 16 – 32 – 784 · 20 epochs · loss MAE · batches of 512",
  "pytorch-variational": "784 – 400 – 20 – 400 – 784 · variational · 10 epochs · batches of 128",
  paper: "784 – 12 – 784 · 50 epochs",
};

test("a click sets all that makes a kind, starts nothing, and a step back undoes it", async () => {
  await visit({ query: "?engine=cpu&dims=7" }, async (page) => {
    const lens = new Lens(page);
    await lens.unfoldPanel("network");
    const presets = lens.element.locator("[part=presets]");
    const about = presets.getByRole("status");
    await about.getByText("none of these").waitFor();
    assert.equal(await presets.getByRole("button").count(), NETWORK_PRESETS.length);
    for (const [name, line] of Object.entries(LINES)) {
      const preset = NETWORK_PRESETS.find((each) => each.name === name)!;
      const button = presets.getByRole("button", { name: `${preset.title} ${preset.teaches}` });
      await button.click();
      await button.and(page.locator("[aria-pressed=true]")).waitFor();
      assert.equal(await presets.locator("[aria-pressed=true]").count(), 1, name);
      assert.equal(await lens.fold("network").locator(".summary-text").innerText(), line);
      assert.ok((await about.innerText()).includes(preset.differs), name);
      assert.equal(await about.getByRole("link").count(), 1, name);
      assert.equal(await lens.element.getAttribute("phase"), "idle", name);
    }
    await page.goBack();
    await lens.fold("network").getByText(LINES["pytorch-variational"]!).waitFor();
    const shown = await (await lens.field("textbox", "β")).isVisible();
    assert.ok(shown, "a variational network has a β");
    assert.deepEqual(await complaints(page), []);
    await screenshot(page, "kinds");
  });
});

test("an address names a preset, and has what it stands for from then on", async () => {
  const query = "?engine=cpu&preset=keras-denoising&epochs=3";
  await visit({ query }, async (page) => {
    const lens = new Lens(page);
    await page.waitForURL(/noise=gaussian/);
    const { searchParams } = new URL(page.url());
    assert.equal(searchParams.get("preset"), null);
    assert.equal(searchParams.get("epochs"), "3");
    assert.equal(searchParams.get("filters"), "32,32");
    // The same page again, and no step back to what was only short for it.
    await page.reload();
    await lens.fold("network").getByText("max-pooling · 3 epochs").waitFor();
  });
  await visit({ query: "?engine=cpu&preset=keras" }, async (page) => {
    const lens = new Lens(page);
    await lens.element.getByText(/Preset must be one of keras-simple, /).waitFor();
  });
});

test("an attribute and a property name a preset, but for what attributes say themselves", async () => {
  await visit({ query: "?engine=cpu" }, async (page) => {
    const lens = new Lens(page);
    const read = () =>
      lens.element.evaluate((element) => {
        const { preset, epochs, dims, variational, hiddenLayers } = element as unknown as Record<
          string,
          unknown
        >;
        return { preset, epochs, dims, variational, hiddenLayers };
      });
    const set = async (preset: string, until: string) => {
      await lens.element.evaluate((element, preset) => {
        (element as unknown as { preset: string }).preset = preset;
      }, preset);
      await lens.fold("network").getByText(until).waitFor();
    };
    await lens.element.evaluate((element) => element.setAttribute("epochs", "4"));
    await set("pytorch-variational", "variational · 4 epochs");
    assert.deepEqual(await read(), {
      preset: "pytorch-variational",
      epochs: 4,
      dims: 20,
      variational: true,
      hiddenLayers: [400],
    });
    await set("keras-deep", "128 – 64 – 32");
    assert.deepEqual(await read(), {
      preset: "keras-deep",
      epochs: 4,
      dims: 32,
      variational: false,
      hiddenLayers: [128, 64],
    });
  });
});

test("what a kind cannot be is refused at its field, and fields come with what they are about", async () => {
  await visit({ query: "?engine=cpu&variational&sparsity=0.1&loss=mse" }, async (page) => {
    const lens = new Lens(page);
    const sparsity = await lens.field("textbox", "Sparsity");
    await lens.element
      .getByText(/not made sparse: choose one of the two/)
      .first()
      .waitFor();
    assert.equal(await sparsity.getAttribute("aria-invalid"), "true");
    await sparsity.fill("0");
    await lens.button("Train and explain").and(page.locator("[aria-disabled=false]")).waitFor();
    // It is nothing to a variational network, and goes.
    await sparsity.waitFor({ state: "hidden" });

    const output = await lens.field("radio", "Linear");
    await output.check({ force: true });
    await (await lens.field("radio", "Cross-entropy")).check({ force: true });
    await lens.element
      .getByText(/^Cross-entropy needs reconstructions from 0 to 1/)
      .first()
      .waitFor();
    await (await lens.field("radio", "MAE")).check({ force: true });
    await lens.button("Train and explain").and(page.locator("[aria-disabled=false]")).waitFor();

    const dropout = await lens.field("textbox", "Dropout");
    await dropout.fill("0.2");
    await lens.element
      .getByText(/^Dropout leaves out units of hidden layers/)
      .first()
      .waitFor();
    await (await lens.field("textbox", "Hidden layers")).fill("16");
    await lens.button("Train and explain").and(page.locator("[aria-disabled=false]")).waitFor();
    const level = lens.element.getByRole("textbox", {
      name: "Level of noise",
      includeHidden: true,
    });
    assert.ok(await level.isHidden());
    await (await lens.field("radio", "Masking")).check({ force: true });
    await level.waitFor();
    await level.fill("1");
    await lens.element
      .getByText("The share of numbers that are masked must be below 1.")
      .first()
      .waitFor();
  });
});

for (const { name } of NETWORK_PRESETS) {
  test(`${name} is trained and explained`, async () => {
    const query = `?engine=cpu&preset=${name}&epochs=1&held-out=80&explain=8&method=sampled&permutations=1&top=8&autorun`;
    await visit({ query }, async (page) => {
      const lens = new Lens(page);
      // Convolutions of 32 filters take their time.
      const report = await lens.finish(150);
      const line = LINES[name]!.replace(/\d+ epochs/, "1 epoch");
      assert.equal(await lens.fold("network").locator(".summary-text").innerText(), line);
      const { dims, kind } = report.settings;
      assert.deepEqual(report.pixel_importance.mean.shape, [784, dims]);
      assert.equal(report.training.held_out_loss.length, 1);
      assert.equal(kind, line.startsWith("convolutional") ? "convolutional" : "dense");
      assert.ok((await coloured(lens.figure)) > 100, "maps are drawn");
      const { variant } = report.settings as { variant?: Record<string, unknown> };
      assert.equal(variant?.["variational"] ?? false, line.includes("variational"));
      // What is said below the figure is of the kind that it is.
      const said = await lens.element.locator("[part=figure]").innerText();
      for (const [words, of] of [
        ["The network is variational", "variational"],
        ["without the noise that the network was trained", "noise of"],
      ] as const) {
        assert.equal(said.includes(words), line.includes(of), `${name}: ${words}`);
      }
    });
  });
}

test("two kinds stand side by side", async () => {
  const query = "?engine=cpu&epochs=1&explain=40&method=sampled&permutations=1&autorun";
  await visit({ query }, async (page) => {
    const lens = new Lens(page);
    await lens.finish();
    await lens.button("Pin").click();
    const kind = await lens.field("group", "Variational");
    await kind.getByRole("radio", { name: "On", exact: true }).check({ force: true });
    await lens.button("Run again").click();
    const report = await lens.finish();
    assert.ok((report.settings as { variant?: { variational: boolean } }).variant?.variational);
    assert.match(page.url(), /[?&]pinned=[^&]*seed:1/);
    // What differs is said beside the two.
    const differs = lens.element.locator("[part=details] .pinned-details li");
    await differs
      .getByText(/variational/i)
      .first()
      .waitFor();
  });
});
