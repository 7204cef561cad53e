/** Settings: chosen by a visitor, written in the address, refused where they cannot be used. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Locator } from "playwright-core";

import { screenshot, visit } from "./harness";
import { Lens } from "./lens";

test("what cannot be used is refused at its field, with the reason", async () => {
  await visit({ query: "?engine=cpu" }, async (page) => {
    const lens = new Lens(page);
    for (const [label, text, reason] of [
      ["Latent dimensions", "0", "Latent dimensions must be a whole number from 1 to 512."],
      ["Latent dimensions", "12.5", "Latent dimensions must be a whole number, such as 12."],
      ["Latent dimensions", "", "Latent dimensions must be a whole number, such as 12."],
      ["Hidden layers", "64, x", "Hidden layers must be listed like 512, 128."],
      ["Hidden layers", "9999", "Units of a hidden layer must be a whole number from 1 to 4096."],
      ["Learning rate", "0", "The learning rate must be a number above 0, at most 1."],
      ["Learning rate", "fast", "Learning rate must be a number above 0, such as 0.001."],
      ["Images per step", "0", "Images per step must be a whole number from 1 to 8192."],
      ["Epochs", "99999", "Epochs must be a whole number from 0 to 2000."],
      ["Permutations", "-4", "Permutations must be a whole number, such as 4."],
      ["Seed", "4294967296", "Seed must be a whole number from 0 to 4294967295."],
    ] as const) {
      const field = await lens.field("textbox", label);
      const before = await field.inputValue();
      await field.fill(text);
      await field.blur();
      await lens.element.getByText(reason).first().waitFor();
      assert.equal(await field.getAttribute("aria-invalid"), "true", label);
      assert.equal(await lens.button("Train and explain").getAttribute("aria-disabled"), "true");
      await field.fill(before);
      await field.blur();
      await lens.button("Train and explain").and(page.locator("[aria-disabled=false]")).waitFor();
    }

    for (const digit of ["0", "1"]) {
      await (await lens.field("checkbox", digit)).uncheck({ force: true });
    }
    await lens.element.getByText("Choose at least one class.").first().waitFor();
  });
});

test("how many are held out, and which images are explained, is chosen and in the address", async () => {
  await visit({ query: "?engine=cpu&epochs=1&dims=3&held-out=20" }, async (page) => {
    const lens = new Lens(page);
    const share = await lens.field("textbox", "Held out, %");
    assert.equal(await share.inputValue(), "20");
    const number = await lens.field("textbox", "Explained images: number");
    await number.fill("0");
    await lens.element
      .getByText(/^Explained images must be auto, all, held-out or a number/)
      .first()
      .waitFor();
    await number.fill("50");
    await lens.status.getByText(/held out to test on.* 50 to explain/).waitFor();
    await lens.button("Train and explain").click();
    const report = await lens.finish();
    assert.equal(
      report.classes.reduce((sum, { explained }) => sum + explained, 0),
      50,
    );
    // Of 1001 zeros and 1127 ones, 80 in a hundred.
    assert.deepEqual(
      report.classes.map(({ training }) => training),
      [800, 901],
    );
    assert.match(page.url(), /held-out=20/);
    assert.match(page.url(), /explain=50/);

    await lens.element.getByRole("radio", { name: "All" }).check({ force: true });
    await lens.settle();
    assert.equal(await number.inputValue(), "");
    assert.match(page.url(), /explain=all/);
    await share.fill("99");
    await lens.element
      .getByText(/in per cent, must be a whole number from 1 to 90\.$/)
      .first()
      .waitFor();
  });
});

test("a run that would not fit in memory is refused with what to do", async () => {
  const query = "?engine=cpu&hidden-layers=4096,4096,4096,4096,4096&autorun";
  await visit({ query }, async (page) => {
    const lens = new Lens(page);
    await lens.reach(["error"]);
    assert.match(await lens.status.innerText(), /about 3\.\d GB of memory.*smaller hidden layers/s);
  });
});

test("an address holds the settings, and a chosen setting is what runs", async () => {
  const query =
    "?classes=3,8&dims=5&hidden-layers=16&epochs=2&batch-size=128&learning-rate=0.002&permutations=2&seed=7&engine=cpu&explain-class=8";
  await visit({ query }, async (page) => {
    const lens = new Lens(page);
    const epochs = await lens.field("textbox", "Epochs");
    assert.equal(await epochs.inputValue(), "2");
    await epochs.fill("3");
    await epochs.blur();
    await lens.button("Train and explain").click();
    const report = await lens.finish();
    assert.deepEqual(report.settings, {
      classes: [3, 8],
      kind: "dense",
      dims: 5,
      hidden: [16],
      filters: [8, 16],
      activation: "relu",
      loss: "bce",
      learning_rate: 0.002,
      batch_size: 128,
      epochs: 3,
      explain: "auto",
      held_out: 15,
      permute: "pixel",
      method: "auto",
      permutations: 2,
      seed: 7,
    });
    assert.deepEqual(report.latent_importance.mean.shape, [2, 5]);
    assert.deepEqual(report.classes, [
      { label: 3, name: "3", training: 877, held_out: 155, explained: 155, measured: true },
      { label: 8, name: "8", training: 802, held_out: 142, explained: 142, measured: true },
    ]);
    await lens.element.getByLabel(/class 8 as mean squared error: dimension/).waitFor();
  });
});

test("a refused setting of the figure or of the page is said at its place, and a run goes on", async () => {
  const query =
    "?epochs=1&engine=cpu&method=sampled&permutations=1&view=nix&workers=0&dimension=x&rotate=45";
  await visit({ query }, async (page) => {
    const lens = new Lens(page);
    const [atPage, atFigure] = [0, 1].map((at) =>
      lens.element.locator("[part=refused]").nth(at),
    ) as [Locator, Locator];
    const instead = "The default counts instead.";
    await atPage
      .getByText(`Workers must be auto or a whole number from 1 to 64. ${instead}`)
      .waitFor();
    assert.equal(
      await atFigure.innerText(),
      "View must be one of figure, pixels, opinions, dendrogram, classes, similarity, space, plane, prior, factors, reconstructions, errors, emergence, ranks, networks, controls, fair-test, agreement, pinned, smaller, sizes. " +
        "Rotation must be one of 0, 90, 180, 270. " +
        "Dimension must be a whole number from 1, or empty for none. The defaults count instead.",
    );
    const figure = await lens.element.locator("[part=figure]").boundingBox();
    const line = (await atFigure.boundingBox())!;
    const between = figure!.y - (line.y + line.height);
    assert.ok(between >= 0 && between < 60, `${between} pixels above the figure`);
    await screenshot(page, "refused settings");
    await lens.button("Train and explain").click();
    await lens.finish();

    // What is not there is said, too.
    await lens.element.evaluate((element) => {
      for (const [name, text] of [
        ["view", "figure"],
        ["rotate", "0"],
        ["dimension", "99"],
        ["image", "5000"],
        ["explain-class", "nix"],
      ] as const) {
        element.setAttribute(name, text);
      }
    });
    await atFigure
      .getByText(
        /^There is no class nix; the classes are 0, 1\. There is no dimension 99; there are 12\. There is no image 5000 among the \d+ that are explained\./,
      )
      .waitFor();
    await lens.element.evaluate((element) => {
      for (const name of ["dimension", "image", "explain-class"]) element.removeAttribute(name);
    });
    await atFigure.waitFor({ state: "hidden" });
    await lens.element.evaluate((element) => element.removeAttribute("workers"));
    await atPage.waitFor({ state: "hidden" });
  });
});
