/** What a visitor brought, after the page is loaded again: kept, forgotten, or asked for before it is lost. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { csv, type Fixture, set } from "./files";
import { type Options, screenshot, SITE, visit } from "./harness";
import { Lens } from "./lens";

const QUICK = "?engine=cpu&dims=3&epochs=2&permutations=1";
const NAMES = ["cat", "dog", "owl"];
const TOY = { name: "toy.csv", bytes: csv(set(3, 10, 12, 8), (label) => NAMES[label]!) };
const SMALL = { name: "small.csv", bytes: csv(set(2, 20, 4, 4)) };
const TORCH = "tests/models/fixtures/torch/double.pt";

class Visitor extends Lens {
  readonly images = this.element.locator("[part=data] .kept");
  readonly model = this.element.locator("[part=model] .kept");

  /** Gives files to a panel's field for several. */
  async pick(panel: "images" | "network", files: Fixture[]): Promise<void> {
    const payload = files.map(({ name, bytes }) => ({
      name,
      mimeType: "application/octet-stream",
      buffer: Buffer.from(bytes),
    }));
    const field = this.element.locator(`[part=${panel}] input[type=file][multiple]`);
    await field.first().setInputFiles(payload);
  }

  /** Images of which it has to be said how tall they are, and uses them. */
  async bringImages(): Promise<void> {
    await this.pick("images", [TOY]);
    await this.element.getByLabel("Height of an image").fill("12");
    await this.element.getByLabel("Width", { exact: true }).fill("8");
    await this.button("Read again with these").click();
    await this.useThese();
  }

  async useThese(): Promise<void> {
    await this.button("Use these images").click();
    await this.status.getByText(/images to learn from|results below/).waitFor();
  }

  async train() {
    await this.button("Train and explain").click();
    return this.finish(120);
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.reach(["idle", "error"]);
  }
}

function visiting(
  use: (visitor: Visitor, page: Page) => Promise<void>,
  options: Options = {},
): Promise<void> {
  const usual = {
    profile: true,
    query: QUICK,
    expected: /willReadFrequently|mnist\.json was preloaded/,
  };
  return visit({ ...usual, ...options }, async (page) => {
    const visitor = new Visitor(page);
    await visitor.reach(["idle"]);
    await use(visitor, page);
  });
}

/** The names of the browser's databases, and what it stores as texts. */
function stored(page: Page): Promise<string[]> {
  return page.evaluate(async () => [
    ...(await indexedDB.databases()).map(({ name }) => name!),
    ...Object.keys(localStorage),
    ...Object.keys(sessionStorage),
  ]);
}

test("images of one's own survive a reload as they were read, until they are forgotten", async () => {
  await visiting(async (visitor, page) => {
    await visitor.bringImages();
    await visitor.unfoldPanel("images");
    await visitor.images
      .getByText("toy.csv is kept in this browser, and opens again after a reload.")
      .waitFor();
    await screenshot(page, "kept images");
    const before = await visitor.train();

    await visitor.reload();
    await visitor.status.getByText(/images to learn from/).waitFor();
    const after = await visitor.train();
    assert.deepEqual(after.data, before.data);
    assert.deepEqual(after.classes, before.classes);
    assert.deepEqual(after.pixel_importance, before.pixel_importance);
    assert.deepEqual(after.latent_importance, before.latent_importance);

    // Where other images are looked at, they are offered.
    await visitor.unfoldPanel("images");
    await visitor.button(/MNIST digits 0 and 1/).click();
    await visitor.images.getByText("toy.csv is kept in this browser.").waitFor();
    await page.goto(`${SITE}${QUICK}`);
    await visitor.reach(["idle"]);
    await visitor.unfoldPanel("images");
    await visitor.button("Use it").click();
    await visitor.element.getByText(/toy\.csv: 30 images of 12 × 8/).waitFor();
    assert.match(page.url(), /dataset=own&classes=cat,dog,owl/);

    await visitor.button("Forget").click();
    await visitor.images.getByText("toy.csv is no longer kept in this browser.").waitFor();
    assert.ok(await visitor.images.evaluate((line) => line.matches(":focus")));
    await visitor.reload();
    await visitor.status.getByText(/somebody’s own.*choose the same files/s).waitFor();
    assert.equal(await visitor.images.isVisible(), false);
  });
});

test("how values are scaled survives as well", async () => {
  await visiting(async (visitor) => {
    await visitor.pick("images", [SMALL]);
    await visitor.element.getByLabel(/^Values/).selectOption("keep");
    await visitor.button("Read again with these").click();
    await visitor.element
      .locator("[part=preview]")
      .getByText(/0 to 255; kept as they are/)
      .waitFor();
    await visitor.button("Use these images").click();
    // As bytes are stored, nothing can be trained on them here.
    await visitor.element
      .locator("[part=scale]")
      .getByRole("button", { name: "Divide by 255" })
      .click();
    await visitor.status.getByText(/images to learn from/).waitFor();
    await visitor.images.getByText("opens again after a reload").waitFor({ state: "attached" });
    await visitor.reload();
    await visitor.status.getByText(/images to learn from/).waitFor();
  });
});

test("a model survives a reload with what was said of it, unless one is trained here instead", async () => {
  await visiting(async (visitor, page) => {
    await visitor.pick("images", [SMALL]);
    await visitor.useThese();
    await visitor.unfoldPanel("network");
    await visitor.pick("network", [{ name: "weights.pt", bytes: await readFile(TORCH) }]);
    await visitor.button("Open with these").click();
    await visitor.status.getByText(/weights\.pt explained in/).waitFor();
    const before = await visitor.finish();
    await visitor.model.getByText("weights.pt is kept in this browser, and opens again").waitFor();

    await visitor.reload();
    await visitor.status.getByText(/40 images to explain weights\.pt on/).waitFor();
    await visitor
      .button(/^(Train and explain|Explain)/)
      .first()
      .click();
    const after = await visitor.finish();
    assert.deepEqual(after.model, before.model);
    assert.deepEqual(after.data, before.data);
    assert.deepEqual(after.pixel_importance, before.pixel_importance);

    // An address by itself names no model, and gives no other numbers than it did.
    await page.goto(`${SITE}${QUICK}`);
    await visitor.reach(["idle"]);
    await visitor.unfoldPanel("network");
    await visitor.model.getByText("weights.pt is kept in this browser.").waitFor();
    await visitor.status.getByText(/images to learn from/).waitFor();
    await visitor.unfoldPanel("images");
    await visitor.images.getByRole("button", { name: "Use it" }).click();
    await visitor.element.getByText(/small\.csv: 40 images of 4 × 4/).waitFor();
    await visitor.unfoldPanel("network");
    await visitor.model.getByRole("button", { name: "Use it" }).click();
    await visitor.status.getByText(/40 images to explain weights\.pt on/).waitFor();

    await visitor.button("Train one here instead").click();
    await visitor.reload();
    await visitor.status.getByText(/images to learn from/).waitFor();
    await visitor.unfoldPanel("network");
    await visitor.model.getByRole("button", { name: "Forget" }).click();
    await visitor.model.getByText("no longer kept").waitFor();
  });
});

test("a tab that is loaded again does not open what another tab has brought since", async () => {
  await visiting(async (visitor, page) => {
    await visitor.bringImages();
    await visitor.unfoldPanel("images");
    await visitor.images.getByText(/is kept in this browser/).waitFor();
    const other = new Visitor(await page.context().newPage());
    await other.page.goto(`${SITE}${QUICK}`);
    await other.reach(["idle"]);
    await other.pick("images", [{ ...SMALL, name: "others.csv" }]);
    await other.useThese();
    await other.unfoldPanel("images");
    await other.images.getByText("others.csv is kept in this browser, and opens again").waitFor();
    await other.page.close();

    await visitor.reload();
    await visitor.status.getByText(/somebody’s own/).waitFor();
    await visitor.unfoldPanel("images");
    await visitor.images.getByRole("button", { name: "Use it" }).click();
    await visitor.element.getByText(/others\.csv: 40 images of 4 × 4/).waitFor();
  });
});

/** Whether the browser asks before it leaves the page; else it does leave it. */
async function asks(page: Page): Promise<boolean> {
  const asked = page.waitForEvent("dialog").then(async (dialog) => {
    assert.equal(dialog.type(), "beforeunload");
    await dialog.dismiss();
    return true;
  });
  const left = page.waitForEvent("close").then(() => false);
  // Of the two one never happens.
  for (const event of [asked, left]) event.catch(() => {});
  await page.close({ runBeforeUnload: true });
  return Promise.race([asked, left]);
}

for (const [what, before] of [
  [
    "storage is forbidden",
    () => {
      for (const name of ["indexedDB", "localStorage", "sessionStorage"]) {
        Object.defineProperty(globalThis, name, {
          get() {
            throw new DOMException("Access is denied.", "SecurityError");
          },
        });
      }
    },
  ],
  [
    "the disk is full",
    () => {
      navigator.storage.estimate = () => Promise.resolve({ quota: 1000, usage: 900 });
    },
  ],
] as const) {
  test(`where ${what}, it is said, and leaving asks first`, async () => {
    await visiting(
      async (visitor, page) => {
        await visitor.bringImages();
        await visitor.unfoldPanel("images");
        await visitor.images
          .getByText(
            /^This browser .*: a reload loses toy\.csv, and leaving the page asks first\.$/,
          )
          .waitFor();
        assert.ok(await asks(page));
        // With other images there is nothing to lose.
        await visitor.unfoldPanel("images");
        await visitor.button(/MNIST digits 0 and 1/).click();
        await visitor.element.getByText(/MNIST digits: 10,000 images/).waitFor();
        assert.equal(await visitor.images.isVisible(), false);
        assert.equal(await asks(page), false);
      },
      { before: (page) => page.addInitScript(before) },
    );
  });
}

test("half of what the page had stored is no obstacle", async () => {
  const before = (page: Page) =>
    page.addInitScript(() => {
      const { pathname } = new URL(".", location.href);
      localStorage.setItem(`latent-lens kept ${pathname}`, '{"images":"to');
    });
  await visiting(async (visitor) => visitor.button("Train and explain").waitFor(), { before });
});

test("an element that is not asked to keeps nothing, and asks nothing", async () => {
  const url = new URL(`embed.html${QUICK}`, SITE).href;
  await visiting(
    async (visitor, page) => {
      await visitor.bringImages();
      assert.deepEqual(await stored(page), []);
      assert.equal(await visitor.images.isVisible(), false);
      assert.equal(await asks(page), false);
    },
    { query: "", other: { url, origins: [new URL(url).origin] } },
  );
});
